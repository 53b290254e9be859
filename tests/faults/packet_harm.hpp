#pragma once

#include "apps/camherd-sim/faults/impairments.hpp"
#include "tests/e2e/herd_run.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace camherd::testing {

/// The course of a fault of packets in mid-session that costs no picture: camherd shows each of
/// the camera's from before it until after it.
void check_unfelt(const std::string& name);

/// The course of a fault of packets that costs some, at least `packets` while it lasts: each is
/// counted.
void check_loss(const std::string& name, std::uint64_t packets);

/// The course of a fault of packets through which `packets` go at least, and which is felt as
/// is expected of it.
void check_harm(const std::string& name, std::uint64_t packets);

/// The same for one that costs no picture while it lasts, but maybe when it ends.
void check_unfelt_while_it_lasts(const std::string& name, std::uint64_t packets);

/// The course of a fault from one session to the next of which no picture is lost, but those
/// before a session's first keyframe.
void check_nothing_dropped(const std::string& name);

/// What `/metrics` says of a camera's packets.
struct packet_counts {
  std::uint64_t lost = 0;
  std::uint64_t reordered = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t late = 0;

  friend bool operator==(const packet_counts&, const packet_counts&) = default;
};

/// The course of a fault of packets, after which the camera's counters come to what `right`
/// says was done to them, and stay there.
void check_counts(const std::string& name,
                  const std::function<bool(const packet_counts& shown,
                                           const faults::harm_tally& done)>& right);

}  // namespace camherd::testing
