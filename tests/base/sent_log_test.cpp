#include "core/base/sent_log.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace std::chrono_literals;
using camherd::error_kind;
using camherd::mono_time;
using camherd::sent_log_reader;
using camherd::sent_log_writer;

namespace {

class temporary_path {
 public:
  explicit temporary_path(const std::string& name)
      : path_{std::filesystem::temp_directory_path() /
              ("camherd-" + std::to_string(::getpid()) + "-" + name)} {}
  ~temporary_path() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  temporary_path(const temporary_path&) = delete;
  temporary_path& operator=(const temporary_path&) = delete;

  [[nodiscard]] std::string string() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

constexpr mono_time noon{12h};

}  // namespace

TEST_CASE("a reader sees what the writer records, while it records", "[base][sent_log]") {
  const temporary_path path{"sent"};
  auto writer = sent_log_writer::create(path.string(), {.cameras = 3, .slots = 5, .loop = 2s});
  REQUIRE(writer);
  const auto reader = sent_log_reader::open(path.string());
  REQUIRE(reader);
  CHECK(reader->shape().cameras == 3);
  CHECK(reader->shape().slots == 5);
  CHECK(reader->shape().loop == 2s);
  CHECK_FALSE(reader->sent_at(1, 4));
  CHECK(reader->count(1) == 0);

  writer->record(1, 4, noon);
  writer->record(1, 0, noon + 1s);
  CHECK(reader->sent_at(1, 4) == noon);
  CHECK(reader->sent_at(1, 0) == noon + 1s);
  CHECK(reader->count(1) == 2);
  CHECK_FALSE(reader->sent_at(0, 4));
  CHECK_FALSE(reader->sent_at(2, 4));
}

TEST_CASE("a slot keeps the last time its picture was sent", "[base][sent_log]") {
  const temporary_path path{"again"};
  auto writer = sent_log_writer::create(path.string(), {.cameras = 1, .slots = 4, .loop = 1s});
  REQUIRE(writer);
  const auto reader = sent_log_reader::open(path.string());
  REQUIRE(reader);
  writer->record(0, 2, noon);
  writer->record(0, 6, noon + 1s);  // index 6 is slot 2 of 4
  CHECK(reader->sent_at(0, 2) == noon + 1s);
  writer->correct(0, 2, noon + 2s);
  CHECK(reader->sent_at(0, 2) == noon + 2s);
  CHECK(reader->count(0) == 2);
}

TEST_CASE("numbers out of range are ignored", "[base][sent_log]") {
  const temporary_path path{"range"};
  auto writer = sent_log_writer::create(path.string(), {.cameras = 1, .slots = 1, .loop = 1s});
  REQUIRE(writer);
  writer->record(1, 0, noon);
  writer->correct(7, 0, noon);
  const auto reader = sent_log_reader::open(path.string());
  REQUIRE(reader);
  CHECK(reader->count(0) == 0);
  CHECK(reader->count(1) == 0);
  CHECK_FALSE(reader->sent_at(1, 0));
  CHECK_FALSE(reader->sent_at(0, 1));
}

TEST_CASE("a new log replaces an old one under its readers' feet safely", "[base][sent_log]") {
  const temporary_path path{"replace"};
  auto first = sent_log_writer::create(path.string(), {.cameras = 1, .slots = 9, .loop = 1s});
  REQUIRE(first);
  first->record(0, 3, noon);
  const auto old_reader = sent_log_reader::open(path.string());
  REQUIRE(old_reader);
  auto second = sent_log_writer::create(path.string(), {.cameras = 1, .slots = 1, .loop = 1s});
  REQUIRE(second);
  CHECK(old_reader->sent_at(0, 3) == noon);
  const auto new_reader = sent_log_reader::open(path.string());
  REQUIRE(new_reader);
  CHECK(new_reader->shape().slots == 1);
}

TEST_CASE("a log that is not there yet may come later", "[base][sent_log]") {
  const temporary_path path{"missing"};
  const auto reader = sent_log_reader::open(path.string());
  REQUIRE_FALSE(reader);
  CHECK(reader.error().kind() == error_kind::retry);
}

TEST_CASE("files that are no sent log are refused", "[base][sent_log]") {
  const temporary_path path{"corrupt"};
  const auto write = [&path](const std::string& bytes) {
    std::ofstream{path.string(), std::ios::binary | std::ios::trunc} << bytes;
  };
  SECTION("too short") {
    write("CHSENT01");
  }
  SECTION("another magic") {
    write(std::string(4096, 'x'));
  }
  SECTION("cut off after the header") {
    REQUIRE(sent_log_writer::create(path.string(), {.cameras = 8, .slots = 99, .loop = 1s}));
    std::filesystem::resize_file(path.string(), 64);
  }
  SECTION("a count of slots that does not fit") {
    REQUIRE(sent_log_writer::create(path.string(), {.cameras = 1, .slots = 4, .loop = 1s}));
    std::fstream file{path.string(), std::ios::binary | std::ios::in | std::ios::out};
    file.seekp(20);
    file.write("\xff\xff\x0f\0", 4);
  }
  const auto reader = sent_log_reader::open(path.string());
  REQUIRE_FALSE(reader);
  CHECK(reader.error().kind() == error_kind::corrupt);
}

TEST_CASE("a log without cameras or slots is refused", "[base][sent_log]") {
  const temporary_path path{"empty"};
  CHECK_FALSE(sent_log_writer::create(path.string(), {.cameras = 0, .slots = 4, .loop = 1s}));
  CHECK_FALSE(sent_log_writer::create(path.string(), {.cameras = 4, .slots = 0, .loop = 1s}));
}
