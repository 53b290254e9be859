#include "core/base/bitstream.hpp"

#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace camherd::testing;
using namespace camherd;

namespace {

std::optional<faults::byte_vector> fixture(const std::string& name) {
  const char* const folder = std::getenv("CAMHERD_FIXTURES");
  const std::filesystem::path root =
      folder != nullptr ? folder : CAMHERD_SOURCE_DIR "/../shared/fixtures";
  std::ifstream file{root / "clips" / name, std::ios::binary};
  if (!file) return std::nullopt;
  return faults::byte_vector{std::istreambuf_iterator<char>{file}, {}};
}

/// A stream of H.264 with one slice in each picture.
faults::clip clip_of(const faults::byte_vector& stream) {
  faults::clip all;
  faults::byte_vector unit;
  for (const auto& nal : faults::nal_units(stream)) {
    unit.insert(unit.end(), {0, 0, 0, 1});
    unit.insert(unit.end(), nal.begin(), nal.end());
    if (is_slice(role_of(video_codec::h264, nal))) {
      all.units.push_back(std::exchange(unit, {}));
    }
  }
  all.made_of.pictures = static_cast<unsigned>(all.units.size());
  return all;
}

/// The pictures of a stream that a loss takes with it: the first, and the keyframe after them.
struct lost_part {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// What `lost` leaves of `whole`.
faults::clip_ptr intact_part(const faults::clip& whole, const lost_part& lost) {
  const auto at = [&](std::size_t picture) {
    return whole.units.begin() + static_cast<std::ptrdiff_t>(picture);
  };
  faults::clip part{whole.made_of, {at(0), at(lost.from)}};
  part.units.insert(part.units.end(), at(lost.to), whole.units.end());
  if (lost.from == 0) {
    faults::byte_vector sets;
    for (const auto& nal : faults::parameter_sets_in(video_codec::h264, whole.units.front())) {
      sets.insert(sets.end(), {0, 0, 0, 1});
      sets.insert(sets.end(), nal.begin(), nal.end());
    }
    part.units.front().insert(part.units.front().begin(), sets.begin(), sets.end());
  }
  part.made_of.pictures = static_cast<unsigned>(part.units.size());
  return std::make_shared<const faults::clip>(std::move(part));
}

/// Shows a whole stream in a loop, in which a loss spoils some pictures: none of these passes
/// for good.
void check_lost_picture(const std::string& name, const lost_part& spoiled) {
  const auto stream = fixture(name + ".h264");
  if (!stream) {
    WARN("../shared/fixtures is not there: " << name << " is not shown");
    return;
  }
  const bool flags = GENERATE(false, true);
  auto whole = clip_of(*stream);
  REQUIRE(whole.units.size() > spoiled.to);
  const auto intact = intact_part(whole, spoiled);
  const auto sent = std::make_shared<const faults::clip>(std::move(whole));
  faults::fault lost;
  lost.name = name;
  lost.settings = flags ? "corrupt: flag" : "corrupt: withhold";
  lost.expects = {.state = "streaming",
                  .event = "pictures",
                  .words = "176x144",
                  .counter = flags ? "" : "dropped.corrupt",
                  .recovers = faults::recovery::throughout};
  lost.start =
      [&](const faults::camera_stage& where) -> result<std::unique_ptr<faults::faulty_camera>> {
    return faults::stage(where, {{}, intact, faults::in_a_loop(sent)},
                         faults::onset::with_new_connections);
  };
  fault_run run{{lost}};
  run.begin();
  run.check_symptoms();
  // Once around, so that the loss is among them.
  CHECK(run.watch(name).shows(intact->units.size()));
  run.end();
  static_cast<void>(run.finish());
  CHECK((run.watch(name).tally().flagged > 0) == flags);
}

}  // namespace

TEST_CASE("every-10th-byte-flipped", "[faults]") {
  check_fault("every-10th-byte-flipped");
}

TEST_CASE("every-100th-byte-flipped", "[faults]") {
  check_fault("every-100th-byte-flipped");
}

TEST_CASE("a-picture-in-ten-flipped", "[faults]") {
  check_fault("a-picture-in-ten-flipped");
}

TEST_CASE("slices-truncated", "[faults]") {
  check_fault("slices-truncated");
}

TEST_CASE("a-picture-in-ten-truncated", "[faults]") {
  check_fault("a-picture-in-ten-truncated");
}

TEST_CASE("a-picture-in-ten-without-its-end", "[faults]") {
  check_fault("a-picture-in-ten-without-its-end");
}

TEST_CASE("slices-of-noise", "[faults]") {
  check_fault("slices-of-noise");
}

TEST_CASE("a-picture-in-ten-missing", "[faults]") {
  check_fault("a-picture-in-ten-missing");
}

TEST_CASE("h265-a-picture-in-ten-missing", "[faults]") {
  check_fault("h265-a-picture-in-ten-missing");
}

TEST_CASE("h265-headers-flipped", "[faults]") {
  check_fault("h265-headers-flipped");
}

TEST_CASE("no picture after a lost IDR passes for good until the next one", "[faults]") {
  check_lost_picture("jvt-idr-lost", {0, 27});
}

TEST_CASE("no picture after a lost P picture passes for good until the next IDR", "[faults]") {
  check_lost_picture("jvt-p-lost", {1, 29});
}
