#include "core/base/sent_log.hpp"

#include "core/base/unique_fd.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace camherd {
namespace sent_log_detail {

void unmap::operator()(std::byte* address) const noexcept {
  ::munmap(address, size);
}

}  // namespace sent_log_detail

namespace {

using sent_log_detail::mapping;
using sent_log_detail::unmap;

constexpr std::uint64_t word = sizeof(std::uint64_t);
constexpr std::uint64_t cache_line = 64;
constexpr std::uint32_t max_cameras = 1 << 16;
constexpr std::uint32_t max_slots = 1 << 20;

constexpr std::uint64_t camera_bytes(std::uint32_t slots) noexcept {
  return (word * (1 + std::uint64_t{slots}) + cache_line - 1) / cache_line * cache_line;
}

// Word 0 of a camera is its count, word 1 + n its slot n.
std::atomic_ref<std::uint64_t> word_of(std::byte* base, std::uint32_t camera,
                                       std::uint64_t index) noexcept {
  const auto* header = reinterpret_cast<const sent_log_header*>(base);
  std::byte* at = base + header->header_bytes + camera * header->camera_bytes + word * index;
  return std::atomic_ref<std::uint64_t>{*reinterpret_cast<std::uint64_t*>(at)};
}

std::uint64_t nanoseconds_of(mono_time when) noexcept {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count());
}

result<mapping> map_file(int fd, std::size_t size, int protection) {
  void* address = ::mmap(nullptr, size, protection, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) {
    return system_error(error_kind::internal, "map the sent log", errno);
  }
  return mapping{static_cast<std::byte*>(address), unmap{size}};
}

bool is_sound(const sent_log_header& header, std::uint64_t file_size) noexcept {
  return header.magic == sent_log_header::expected_magic &&
         header.version == sent_log_header::expected_version &&
         header.header_bytes == sizeof(sent_log_header) && header.cameras > 0 &&
         header.cameras <= max_cameras && header.slots > 0 && header.slots <= max_slots &&
         header.camera_bytes == camera_bytes(header.slots) &&
         file_size >= header.header_bytes + header.cameras * header.camera_bytes;
}

}  // namespace

result<sent_log_writer> sent_log_writer::create(const std::string& path,
                                                const sent_log_shape& shape) {
  if (shape.cameras == 0 || shape.cameras > max_cameras || shape.slots == 0 ||
      shape.slots > max_slots) {
    return error{error_kind::invalid_argument, "a sent log needs cameras and slots"};
  }
  // Written aside and renamed, so that nobody sees half a header or loses mapped pages.
  const std::string aside = path + ".new";
  unique_fd fd{::open(aside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (!fd) return system_error(error_kind::internal, "create " + aside, errno);

  sent_log_header header;
  header.cameras = shape.cameras;
  header.slots = shape.slots;
  header.camera_bytes = camera_bytes(shape.slots);
  header.loop_ns = static_cast<std::uint64_t>(shape.loop.count());
  const std::size_t size = header.header_bytes + header.cameras * header.camera_bytes;
  if (const int code = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(size)); code != 0) {
    return system_error(error_kind::internal, "allocate " + aside, code);
  }
  auto map = map_file(fd.get(), size, PROT_READ | PROT_WRITE);
  if (!map) return map.error();
  std::memcpy(map->get(), &header, sizeof header);
  if (std::rename(aside.c_str(), path.c_str()) != 0) {
    return system_error(error_kind::internal, "rename to " + path, errno);
  }
  return sent_log_writer{*std::move(map)};
}

void sent_log_writer::record(std::uint32_t camera, std::uint32_t index,
                             mono_time when) noexcept {
  const auto* header = reinterpret_cast<const sent_log_header*>(map_.get());
  if (camera >= header->cameras) return;
  correct(camera, index, when);
  word_of(map_.get(), camera, 0).fetch_add(1, std::memory_order_release);
}

void sent_log_writer::correct(std::uint32_t camera, std::uint32_t index,
                              mono_time when) noexcept {
  const auto* header = reinterpret_cast<const sent_log_header*>(map_.get());
  if (camera >= header->cameras) return;
  word_of(map_.get(), camera, 1 + index % header->slots)
      .store(nanoseconds_of(when), std::memory_order_release);
}

result<sent_log_reader> sent_log_reader::open(const std::string& path) {
  const unique_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) {
    const auto kind = errno == ENOENT ? error_kind::retry : error_kind::internal;
    return system_error(kind, "open " + path, errno);
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) {
    return system_error(error_kind::internal, "stat " + path, errno);
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size < sizeof(sent_log_header)) {
    return error{error_kind::corrupt, path + ": too short for a sent log"};
  }
  auto map = map_file(fd.get(), size, PROT_READ);
  if (!map) return map.error();
  sent_log_header header;
  std::memcpy(&header, map->get(), sizeof header);
  if (!is_sound(header, size)) {
    return error{error_kind::corrupt, path + ": not a sent log of this version"};
  }
  return sent_log_reader{
      *std::move(map),
      {header.cameras, header.slots,
       std::chrono::nanoseconds{static_cast<std::chrono::nanoseconds::rep>(header.loop_ns)}}};
}

std::uint64_t sent_log_reader::count(std::uint32_t camera) const noexcept {
  if (camera >= shape_.cameras) return 0;
  return word_of(map_.get(), camera, 0).load(std::memory_order_acquire);
}

std::optional<mono_time> sent_log_reader::sent_at(std::uint32_t camera,
                                                  std::uint32_t index) const noexcept {
  if (camera >= shape_.cameras || index >= shape_.slots) return std::nullopt;
  const std::uint64_t at =
      word_of(map_.get(), camera, 1 + std::uint64_t{index}).load(std::memory_order_acquire);
  if (at == 0) return std::nullopt;
  return mono_time{std::chrono::nanoseconds{static_cast<std::chrono::nanoseconds::rep>(at)}};
}

}  // namespace camherd
