#include "core/frame/segment.hpp"

#include "tests/support/catch.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

using namespace camherd;

TEST_CASE("a segment is as large as asked, in whole pages, zeroed and writable by its maker",
          "[frame][segment]") {
  const auto made = segment::create(5000);
  REQUIRE(made);
  CHECK(made->bytes().size() == 8192);
  CHECK(made->bytes()[8191] == 0);
  made->bytes()[8191] = 7;
  CHECK(made->bytes()[8191] == 7);
}

TEST_CASE("the memory of a segment is allocated before its first use", "[frame][segment]") {
  const auto made = segment::create(64 * 4096);
  REQUIRE(made);
  struct stat status {};
  REQUIRE(::fstat(made->fd(), &status) == 0);
  CHECK(status.st_blocks * 512 >= 64 * 4096);
}

TEST_CASE("a segment's descriptor lets others read and nothing else", "[frame][segment]") {
  const auto made = segment::create(4096);
  REQUIRE(made);
  made->bytes()[10] = 42;

  void* const readable = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, made->fd(), 0);
  REQUIRE(readable != MAP_FAILED);
  CHECK(static_cast<const unsigned char*>(readable)[10] == 42);
  made->bytes()[10] = 43;
  CHECK(static_cast<const unsigned char*>(readable)[10] == 43);
  ::munmap(readable, 4096);

  CHECK(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, made->fd(), 0) == MAP_FAILED);
  CHECK(::write(made->fd(), "x", 1) == -1);
  CHECK(::ftruncate(made->fd(), 0) == -1);
  CHECK(::ftruncate(made->fd(), 1 << 20) == -1);
  CHECK(::fcntl(made->fd(), F_ADD_SEALS, F_SEAL_WRITE) == -1);
}

TEST_CASE("a segment of no size or an impossible one is an error", "[frame][segment]") {
  const auto none = segment::create(0);
  REQUIRE_FALSE(none);
  CHECK(none.error().kind() == error_kind::internal);
  CHECK_FALSE(segment::create(SIZE_MAX));
  CHECK_FALSE(segment::create(SIZE_MAX / 4));
}

TEST_CASE("a moved segment keeps its memory and its descriptor", "[frame][segment]") {
  auto made = segment::create(4096);
  REQUIRE(made);
  made->bytes()[0] = 9;
  segment moved = *std::move(made);
  CHECK(moved.bytes()[0] == 9);
  auto other = segment::create(8192);
  REQUIRE(other);
  moved = *std::move(other);
  CHECK(moved.bytes().size() == 8192);
  CHECK(moved.bytes()[0] == 0);
  CHECK(::fcntl(moved.fd(), F_GETFD) >= 0);
}
