#pragma once

#include "core/base/access_unit.hpp"
#include "core/base/camera_url.hpp"
#include "core/base/result.hpp"
#include "core/base/source.hpp"
#include "core/media/demuxer_source.hpp"
#include "core/media/ffmpeg/av_ptr.hpp"
#include "core/media/ffmpeg/unit_builder.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>

namespace camherd::ffmpeg {

/// Why libavformat must come back from a call, asked by it again and again.
class interruption {
 public:
  explicit interruption(std::stop_token cancelled) : cancelled_{std::move(cancelled)} {}

  /// The call that begins now may take this long.
  void allow(std::chrono::milliseconds duration) noexcept;

  [[nodiscard]] bool is_cancelled() const noexcept { return cancelled_.stop_requested(); }
  [[nodiscard]] bool is_late() const noexcept;

  /// For AVFormatContext::interrupt_callback, with `this` as its opaque.
  static int callback(void* self) noexcept;

 private:
  std::stop_token cancelled_;
  // Atomic because some of libavformat's protocols ask from threads of their own.
  std::atomic<mono_time> deadline_{};
};

/// One opened URL. Blocking, within its deadlines; one thread at a time.
class demuxer {
 public:
  /// See `make_demuxer_source` for the errors. `cancelled` ends every call with
  /// `end_of_stream`.
  static result<std::unique_ptr<demuxer>> open(const camera_url& url,
                                               const demuxer_options& options,
                                               std::stop_token cancelled);

  /// A picture of the stream, with what a player must know of its place in time.
  struct item {
    access_unit unit;                ///< `rtp_time` is its presentation time, in 1/90000 s
    std::int64_t decode_time = 0;    ///< in 1/90000 s; never falls, unless the stream jumps
    std::int64_t duration = 0;       ///< in 1/90000 s
    std::size_t refused_before = 0;  ///< pictures left out because they were too large
  };

  /// The next picture. Errors: `end_of_stream` at the end and after a cancel, else as `open`.
  result<item> next();

  [[nodiscard]] const stream_info& info() const noexcept { return info_; }

 private:
  demuxer(const demuxer_options& options, std::stop_token cancelled);

  result<void> open_input(const camera_url& url);
  result<void> choose_stream();
  result<void> open_filter();
  [[nodiscard]] error failure(const char* operation, int code) const;
  result<void> read_packet();
  [[nodiscard]] item make_item();

  demuxer_options options_;
  interruption interruption_;  // before the input, which asks it while it closes
  format_context_ptr input_;
  bsf_context_ptr filter_;  // null where packets are Annex B or JPEG already
  packet_ptr packet_;
  AVStream* stream_ = nullptr;  // of `input_`
  AVRational time_base_{1, 90000};
  stream_info info_;
  std::optional<unit_builder> builder_;
  std::optional<std::int64_t> expected_time_;  // decode time of the next picture if it has none
  std::size_t refused_ = 0;
};

}  // namespace camherd::ffmpeg
