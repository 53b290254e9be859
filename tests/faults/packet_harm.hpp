#pragma once

#include "tests/e2e/herd_run.hpp"

#include <cstdint>
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

}  // namespace camherd::testing
