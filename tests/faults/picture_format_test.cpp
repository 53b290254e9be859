#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/interlaced.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

using namespace camherd;
using namespace camherd::testing;

namespace {

/// Pictures of two fields, each an access unit with packets of its own.
faults::clip_ptr fields_clip() {
  constexpr std::size_t frames = 10;
  faults::clip fields;
  for (const auto& unit : make_field_stream(frames)) {
    const auto bytes = unit.payload.bytes();
    fields.units.emplace_back(bytes.begin(), bytes.end());
  }
  fields.made_of.width = fields.made_of.height = 32;
  fields.made_of.fps = 50;
  fields.made_of.pictures = frames;
  return std::make_shared<const faults::clip>(std::move(fields));
}

/// The camera sends interlaced pictures while its fault lasts, and they are told from others.
void check_interlaced(const faults::fault& one) {
  fault_run run{{one}};
  const auto& watched = run.watch(one.name);
  CHECK(watched.tally().interlaced == 0);
  run.begin();
  run.check_symptoms();
  CHECK(watched.wait_until([](const watch_tally& now) { return now.interlaced > 20; }));
  run.end();
  static_cast<void>(run.finish());
  CHECK(run.watch("good0").tally().interlaced == 0);
}

}  // namespace

TEST_CASE("picture-of-8192x4320", "[faults]") {
  check_fault("picture-of-8192x4320");
}

TEST_CASE("picture-of-16x16", "[faults]") {
  check_fault("picture-of-16x16");
}

TEST_CASE("h265-picture-of-16x16", "[faults]") {
  check_fault("h265-picture-of-16x16");
}

TEST_CASE("picture-of-318x186", "[faults]") {
  check_fault("picture-of-318x186");
}

TEST_CASE("picture-of-odd-size", "[faults]") {
  check_fault("picture-of-odd-size");
}

TEST_CASE("picture-10-bit", "[faults]") {
  check_fault("picture-10-bit");
}

TEST_CASE("h265-picture-10-bit", "[faults]") {
  check_fault("h265-picture-10-bit");
}

TEST_CASE("h265-picture-12-bit", "[faults]") {
  check_fault("h265-picture-12-bit");
}

TEST_CASE("picture-4-2-2", "[faults]") {
  check_fault("picture-4-2-2");
}

TEST_CASE("picture-4-2-2-10-bit", "[faults]") {
  check_fault("picture-4-2-2-10-bit");
}

TEST_CASE("picture-4-4-4", "[faults]") {
  check_fault("picture-4-4-4");
}

TEST_CASE("picture-gray", "[faults]") {
  check_fault("picture-gray");
}

TEST_CASE("picture-interlaced", "[faults]") {
  check_interlaced(fault_named("picture-interlaced"));
}

TEST_CASE("two fields in access units of their own are one frame for consumers", "[faults]") {
  faults::fault fields;
  fields.name = "fields";
  fields.expects = {.state = "streaming",
                    .event = "pictures",
                    .words = "32x32 yuv420p",
                    .recovers = faults::recovery::throughout};
  fields.start =
      [](const faults::camera_stage& where) -> result<std::unique_ptr<faults::faulty_camera>> {
    return faults::stage(where, {{}, fields_clip(), {}}, faults::onset::with_new_connections);
  };
  check_interlaced(fields);
}

TEST_CASE("picture-too-large", "[faults]") {
  check_fault("picture-too-large");
}

TEST_CASE("picture-rgb", "[faults]") {
  check_fault("picture-rgb");
}
