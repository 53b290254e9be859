#include "apps/camherd-sim/faults/clip.hpp"

#include "core/base/bitstream.hpp"
#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <gst/gst.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace camherd;
using namespace camherd::faults;
using namespace camherd::testing;

// An encoder may ignore what it is told: these look at what came out.

namespace {

/// What a camera with that fault shows while it lasts.
clip_ptr shown_by(const std::string& name) {
  gst_init(nullptr, nullptr);
  const auto good = make_clip();
  REQUIRE(good);
  const auto camera = fault_named(name).start({0, *good});
  REQUIRE(camera);
  return (*camera)->clips().back();
}

/// How many slices each picture has of which `holds`.
std::vector<std::size_t> slices_of(const clip& pictures,
                                   const std::function<bool(nal_role)>& holds) {
  std::vector<std::size_t> counts;
  for (const auto& unit : pictures.units) {
    const auto nals = nal_units(unit);
    counts.push_back(static_cast<std::size_t>(std::count_if(
        nals.begin(), nals.end(),
        [&](const byte_vector& nal) { return holds(role_of(pictures.made_of.codec, nal)); })));
  }
  return counts;
}

std::size_t pictures_with(const std::vector<std::size_t>& counts, std::size_t slices) {
  return static_cast<std::size_t>(std::count(counts.begin(), counts.end(), slices));
}

bool is_keyframe_slice(nal_role role) {
  return role == nal_role::keyframe_slice;
}

}  // namespace

TEST_CASE("clips with B pictures have two of them between others", "[faults]") {
  for (const auto* name :
       {"b-pictures", "b-pictures-suddenly", "b-pictures-h265", "loss-in-b-pictures"}) {
    INFO(name);
    const auto pictures = shown_by(name);
    const auto disposable =
        slices_of(*pictures, [](nal_role role) { return role == nal_role::disposable_slice; });
    // I P B B P B B P B B
    CHECK(pictures_with(disposable, 1) == pictures->units.size() * 6 / 10);
  }
}

TEST_CASE("clips with slices have as many in each picture", "[faults]") {
  for (const auto& [name, slices] :
       {std::pair{"several-slices", 4U}, std::pair{"marker-on-every-slice", 4U},
        std::pair{"marker-never-with-slices", 4U}, std::pair{"loss-in-slices", 4U},
        std::pair{"several-slices-h265", 3U}, std::pair{"marker-on-every-slice-h265", 3U}}) {
    INFO(name);
    const auto pictures = shown_by(name);
    CHECK(pictures_with(slices_of(*pictures, is_slice), slices) == pictures->units.size());
  }
}

TEST_CASE("clips without keyframes have none but the first", "[faults]") {
  for (const auto* name :
       {"keyframe-interval-of-one-hour", "keyframe-never-after-loss", "intra-refresh",
        "intra-refresh-without-idr", "keyframes-without-idr", "loss-in-open-groups"}) {
    INFO(name);
    const auto pictures = shown_by(name);
    const auto keyframes = slices_of(*pictures, is_keyframe_slice);
    CHECK(keyframes.front() > 0);
    CHECK(pictures_with(keyframes, 0) == pictures->units.size() - 1);
  }
}

TEST_CASE("every keyframe of a clip has its parameter sets before it", "[faults]") {
  for (const auto* name : {"b-pictures", "b-pictures-h265", "codec-changes",
                           "h265-resolution-changes-in-stream"}) {
    INFO(name);
    const auto pictures = shown_by(name);
    const auto keyframes = slices_of(*pictures, is_keyframe_slice);
    for (std::size_t number = 0; number < keyframes.size(); ++number) {
      const auto sets = parameter_sets_in(pictures->made_of.codec, pictures->units[number]);
      CHECK(sets.empty() == (keyframes[number] == 0));
    }
  }
}

TEST_CASE("a clip whose profile changes has both profiles", "[faults]") {
  constexpr std::uint8_t sps = 7;
  const auto pictures = shown_by("profile-changes-in-stream");
  std::set<std::uint8_t> profiles;
  for (const auto& unit : pictures->units) {
    for (const auto& nal : parameter_sets_in(video_codec::h264, unit)) {
      if ((nal[0] & 0x1fU) == sps) profiles.insert(nal[1]);  // profile_idc
    }
  }
  CHECK(profiles == std::set<std::uint8_t>{66, 100});
}
