#pragma once

#include "core/base/access_unit.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace camherd::testing {

enum class picture : unsigned char { key, reference, disposable };

/// An access unit without a meaningful payload, of `bytes` bytes.
[[nodiscard]] inline access_unit make_unit(picture kind, std::uint64_t sequence, mono_time at,
                                           std::size_t bytes = 100) {
  access_unit unit;
  for (std::size_t i = 0; i < bytes; ++i) unit.payload.append(static_cast<std::uint8_t>(i));
  unit.keyframe = kind == picture::key;
  unit.reference = kind != picture::disposable;
  unit.sequence = sequence;
  unit.received_at = at;
  unit.rtp_time = static_cast<std::int64_t>(sequence) * 15000;
  return unit;
}

/// Units as a camera sends them: a keyframe every `gop` pictures, references between, evenly
/// spaced.
class unit_stream {
 public:
  unit_stream(double fps, std::size_t gop, mono_time start = mono_time{std::chrono::hours{1}})
      : interval_{std::chrono::duration_cast<mono_time::duration>(
            std::chrono::duration<double>{1.0 / fps})},
        gop_{gop},
        start_{start} {}

  [[nodiscard]] access_unit next() {
    const auto number = next_++;
    return make_unit(number % gop_ == 0 ? picture::key : picture::reference, number,
                     start_ + static_cast<int>(number) * interval_);
  }

 private:
  mono_time::duration interval_;
  std::size_t gop_;
  mono_time start_;
  std::uint64_t next_ = 0;
};

}  // namespace camherd::testing
