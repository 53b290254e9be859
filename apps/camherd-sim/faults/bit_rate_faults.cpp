#include "apps/camherd-sim/faults/fault_catalogue.hpp"
#include "apps/camherd-sim/faults/unit_edits.hpp"

namespace camherd::faults {
namespace {

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

/// The good clip with every picture in the first half of each loop `factor` times as large.
conduct_maker spiking(std::size_t factor) {
  return [factor](const camera_stage& where) -> result<conduct> {
    conduct how;
    how.feed = [pictures = where.pictures, factor](std::uint64_t number) {
      const auto count = pictures->units.size();
      const auto& unit = pictures->units[number % count];
      if (number % count >= count / 2) return std::vector<fed_unit>{{unit, {}}};
      const auto padding = h264_padding(unit.size() * (factor - 1));
      return std::vector<fed_unit>{{with_nal_before_slices(unit, padding), {}}};
    };
    return how;
  };
}

/// One picture of each loop has 20 MB.
conduct_maker with_a_giant(std::uint64_t which) {
  return [which](const camera_stage& where) -> result<conduct> {
    conduct how;
    how.feed = [pictures = where.pictures, which](std::uint64_t number) {
      const auto at = number % pictures->units.size();
      const auto& unit = pictures->units[at];
      if (at != which) return std::vector<fed_unit>{{unit, {}}};
      return std::vector<fed_unit>{
          {with_nal_before_slices(unit, h264_padding(20 * mebibyte)), {}}};
    };
    return how;
  };
}

fault allowing_32_mib(fault one) {
  one.settings = "max_access_unit_size: 32MiB";
  return one;
}

}  // namespace

fault_list bit_rate_faults() {
  const expectation refused{.state = "streaming",
                            .event = "notice",
                            .words = "the access unit passes the limit of 16777216 bytes",
                            .counter = "dropped.awaiting_keyframe",
                            .recovers = recovery::throughout};
  const expectation streams_on{
      .state = "streaming", .event = "connected", .recovers = recovery::throughout};
  return {
      picture_fault("bit-rate-spike-of-50", 17,
                    "sends 50 times its bit rate for every other second.", streams_on,
                    spiking(50), onset::at_once),
      picture_fault("access-unit-of-20-mb", 17, "sends a picture of 20 MB every 2 s.", refused,
                    with_a_giant(5), onset::at_once),
      picture_fault("keyframe-of-20-mb", 17, "sends a keyframe of 20 MB every 2 s.", refused,
                    with_a_giant(10), onset::at_once),
      allowing_32_mib(picture_fault("access-unit-of-20-mb-allowed", 17,
                                    "sends a picture of 20 MB every 2 s.", streams_on,
                                    with_a_giant(5), onset::at_once)),
  };
}

}  // namespace camherd::faults
