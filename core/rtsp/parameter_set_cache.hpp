#pragma once

#include "core/base/access_unit.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace camherd::rtsp {

/// The parameter sets in force of an H.264 or H.265 stream, one for each kind and id. All sets
/// together never pass `max_bytes` as Annex B.
class parameter_set_cache {
 public:
  enum class verdict : unsigned char {
    unchanged,
    changed,
    malformed,  ///< no id to be read, or an id that may not be
    too_large,  ///< the sets received for one access unit pass the limit
  };

  parameter_set_cache(video_codec codec, std::size_t max_bytes)
      : codec_{codec}, max_bytes_{max_bytes} {}

  /// Takes the set `nal` (without start code). A different SPS of the same id removes the PPS
  /// that refer to it, but for those received in the same access unit.
  verdict put(std::span<const std::uint8_t> nal);

  /// From now on sets belong to another access unit.
  void next_unit() noexcept { ++unit_; }

  /// All sets as Annex B, each before those that refer to it. Valid until the next `put`. They
  /// count as delivered.
  [[nodiscard]] std::span<const std::uint8_t> deliver_all();

  /// Whether there are sets that no access unit has carried.
  [[nodiscard]] bool has_undelivered() const noexcept { return undelivered_; }

  /// The sets that no access unit has carried, as Annex B. They count as delivered.
  [[nodiscard]] std::vector<std::uint8_t> deliver_new();

 private:
  /// `rank` orders the kinds by who refers to whom; `parent` is the SPS a PPS refers to.
  struct identity {
    std::uint8_t rank = 0;
    std::uint32_t id = 0;
    std::uint32_t parent = 0;
  };
  struct entry {
    identity who;
    std::vector<std::uint8_t> nal;
    std::uint64_t unit = 0;  // received last in this one
    bool delivered = false;
  };

  [[nodiscard]] std::optional<identity> identify(std::span<const std::uint8_t> nal) const;
  [[nodiscard]] bool is_sps(const identity& who) const noexcept;
  [[nodiscard]] bool is_pps(const identity& who) const noexcept;
  [[nodiscard]] bool make_room(std::size_t bytes);
  void mark_delivered() noexcept;

  video_codec codec_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;       // of all entries as Annex B
  std::vector<entry> entries_;  // by rank and id
  std::uint64_t unit_ = 1;
  bool undelivered_ = false;
  bool stale_ = false;                 // annex_b_ is not of entries_
  std::vector<std::uint8_t> annex_b_;  // of all entries
};

}  // namespace camherd::rtsp
