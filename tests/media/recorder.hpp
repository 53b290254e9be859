#pragma once

#include "core/media/decoder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/encoder.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace camherd::testing {

/// Remembers what a decoder reports. Lets go of the slots unless told to keep the frames.
class recorder final : public decode_listener {
 public:
  struct shown {
    frame_metadata metadata;
    std::uint32_t width;
    std::uint32_t height;
    pixel_format format;
    std::optional<std::size_t> index;
  };
  struct drop {
    std::uint64_t unit;
    drop_reason reason;
    friend bool operator==(const drop&, const drop&) = default;
  };

  void on_frame(frame f) override {
    frames.push_back({f.metadata, f.width, f.height, f.format, shown_index(f)});
    fates.push_back(f.metadata.unit_sequence);
    if (compare_with) errors.push_back(error_against(f, *compare_with, *frames.back().index));
    if (kept.size() < keep) kept.push_back(std::move(f));
  }
  void on_discarded(std::uint64_t unit, drop_reason reason) override {
    drops.push_back({unit, reason});
    fates.push_back(unit);
  }
  void on_merged(std::uint64_t unit) override {
    merged.push_back(unit);
    fates.push_back(unit);
  }

  /// What the frames show, in the order they came.
  [[nodiscard]] std::vector<std::size_t> indices() const {
    std::vector<std::size_t> all;
    for (const auto& f : frames) all.push_back(f.index.value_or(9999));
    return all;
  }

  /// True if each of `count` units, numbered from 0, was reported once.
  [[nodiscard]] bool accounts_for(std::size_t count) const {
    auto sorted = fates;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      if (sorted[i] != i) return false;
    }
    return sorted.size() == count;
  }

  std::vector<shown> frames;
  std::vector<drop> drops;
  std::vector<std::uint64_t> merged;
  std::vector<std::uint64_t> fates;
  std::vector<frame> kept;
  std::size_t keep = 0;
  const clip_options* compare_with =
      nullptr;  // then `errors` has the mean square error of each
  std::vector<double> errors;
};

inline std::unique_ptr<decoder> decoder_for(video_codec codec, decoder_options options = {},
                                            std::uint32_t generation = 0) {
  auto made = make_decoder(codec, options, generation);
  REQUIRE(made);
  return *std::move(made);
}

/// 0, 1, .. count - 1.
inline std::vector<std::size_t> count_to(std::size_t count) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(i);
  return all;
}

/// Decodes all of `units` one after the other and returns how many frames had come after each.
inline std::vector<std::size_t> decode_all(decoder& d, const std::vector<access_unit>& units,
                                           recorder& heard) {
  std::vector<std::size_t> frames_after;
  const auto before = heard.fates.size() + d.in_flight();
  for (const auto& unit : units) {
    static_cast<void>(d.decode(unit, heard));
    frames_after.push_back(heard.frames.size());
    CHECK(heard.fates.size() + d.in_flight() == before + frames_after.size());
  }
  return frames_after;
}

}  // namespace camherd::testing
