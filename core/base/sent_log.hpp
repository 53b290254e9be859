#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace camherd {

// A sent log is a file in shared memory that tells when each picture of each camera was last
// sent. After the header comes, for each camera, a count of pictures sent and then one time for
// each slot (picture index modulo slots): nanoseconds of CLOCK_MONOTONIC, 0 if never. All are
// 64-bit words, written atomically with release order, the time before the count.
// `docs/ref/camherd-sim.md` has the layout for other languages.

/// First bytes of a sent log, in the byte order of the machine.
struct sent_log_header {
  static constexpr std::uint64_t expected_magic = 0x3130544e45534843;  // "CHSENT01"
  static constexpr std::uint32_t expected_version = 1;

  std::uint64_t magic = expected_magic;
  std::uint32_t version = expected_version;
  std::uint32_t header_bytes = 64;  ///< where the first camera begins
  std::uint32_t cameras = 0;        ///< how many cameras follow
  std::uint32_t slots = 0;          ///< slots of each camera
  std::uint64_t camera_bytes = 0;   ///< from one camera to the next
  std::uint64_t loop_ns = 0;        ///< time after which a slot is written again
  std::uint64_t reserved[3] = {};
};
static_assert(sizeof(sent_log_header) == 64);

/// What a sent log is about.
struct sent_log_shape {
  std::uint32_t cameras = 0;
  std::uint32_t slots = 0;  ///< pictures in the loop
  std::chrono::nanoseconds loop{0};
};

namespace sent_log_detail {
struct unmap {
  std::size_t size = 0;
  void operator()(std::byte* address) const noexcept;
};
using mapping = std::unique_ptr<std::byte, unmap>;
}  // namespace sent_log_detail

/// Writes a sent log. One thread at a time may record for a camera; different cameras may be
/// recorded at once.
class sent_log_writer {
 public:
  /// Creates or replaces the file at `path`; a reader of the replaced one keeps what it has.
  /// Errors: `invalid_argument` for a shape without cameras or slots, `internal` if the file
  /// cannot be made.
  [[nodiscard]] static result<sent_log_writer> create(const std::string& path,
                                                      const sent_log_shape& shape);

  /// Picture `index` of `camera` is sent at `when`. Out-of-range cameras are ignored.
  void record(std::uint32_t camera, std::uint32_t index, mono_time when) noexcept;

  /// Picture `index` of `camera`, recorded before, did not leave before `when`.
  void correct(std::uint32_t camera, std::uint32_t index, mono_time when) noexcept;

 private:
  explicit sent_log_writer(sent_log_detail::mapping map) : map_{std::move(map)} {}

  sent_log_detail::mapping map_;
};

/// Reads a sent log while it is written.
class sent_log_reader {
 public:
  /// Errors: `retry` if there is no such file yet, `corrupt` if it is not a sent log.
  [[nodiscard]] static result<sent_log_reader> open(const std::string& path);

  [[nodiscard]] const sent_log_shape& shape() const noexcept { return shape_; }

  /// Pictures sent by `camera` so far.
  [[nodiscard]] std::uint64_t count(std::uint32_t camera) const noexcept;

  /// When picture `index` of `camera` was sent last; empty if never or out of range.
  [[nodiscard]] std::optional<mono_time> sent_at(std::uint32_t camera,
                                                 std::uint32_t index) const noexcept;

 private:
  sent_log_reader(sent_log_detail::mapping map, const sent_log_shape& shape)
      : map_{std::move(map)}, shape_{shape} {}

  sent_log_detail::mapping map_;
  sent_log_shape shape_;
};

}  // namespace camherd
