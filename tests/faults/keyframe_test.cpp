#include "apps/camherd-sim/faults/unit_edits.hpp"
#include "tests/apps/http/raw_client.hpp"
#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <gst/gst.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

using namespace camherd;
using namespace camherd::testing;

namespace {

/// A good camera, at first; while its fault lasts it sends large pictures, and no keyframe.
std::unique_ptr<faults::faulty_camera> camera_without_keyframes(const faults::clip_ptr& good) {
  faults::clip_wish one_keyframe;
  one_keyframe.gop = 90'000;
  const auto long_group = faults::make_clip(one_keyframe);
  REQUIRE(long_group);
  faults::conduct faulty;
  faulty.feed = [pictures = *long_group](std::uint64_t number) {
    constexpr std::size_t padding = 2000;
    const auto& units = pictures->units;
    const auto& unit = units[1 + number % (units.size() - 1)];
    return std::vector<faults::fed_unit>{
        {faults::with_nal_before_slices(unit, faults::h264_padding(padding)), {}}};
  };
  return faults::stage({0, good}, faulty, faults::onset::at_once);
}

/// Runs camherd without a report, which would make it a consumer of every picture.
const std::vector<std::string> without_report{"sh", "-c", "exec \"$1\" \"$2\" \"$3\"", "sh"};

}  // namespace

TEST_CASE("keyframe-missing", "[faults]") {
  check_fault("keyframe-missing");
}

TEST_CASE("keyframe-interval-of-one-hour", "[faults]") {
  check_fault("keyframe-interval-of-one-hour");
}

TEST_CASE("keyframe-interval-of-one-hour-unread", "[faults]") {
  using namespace std::chrono_literals;
  gst_init(nullptr, nullptr);
  const auto pictures = faults::make_clip();
  REQUIRE(pictures);
  const auto rare = camera_without_keyframes(*pictures);
  const auto good = faults::stage({0, *pictures}, {});
  const auto expected = fault_named("keyframe-interval-of-one-hour-unread");
  herd_run herd{"  rare: {url: '" + rare->url() + "', " + expected.settings +
                    "}\n  good: {url: '" + good->url() + "', idle: full}\n",
                {},
                without_report};
  const auto clean = std::make_shared<const clean_pictures>(good->clips());
  const watched_camera watched{"good", herd.runtime_dir(), clean};
  REQUIRE(watched.shows(10));
  CHECK(herd.logs("rare", "idle"));
  rare->begin();
  CHECK(herd.logs("rare", expected.expects.event, expected.expects.words));
  {
    consumer::options wanted;
    wanted.runtime_dir = herd.runtime_dir();
    consumer::camera late{"rare", wanted};
    // Rather than a picture whose references are gone.
    CHECK_FALSE(late.next(1s));
    CHECK(to_string(late.state()) == expected.expects.state);
    rare->end();
    const auto first = late.next(child_process::patience);
    REQUIRE(first);
    CHECK(clean->find(*first));
  }
  const auto answer = fetch(herd.http_port(), "/api/v1/cameras/rare",
                            "Authorization: Bearer " + std::string{api_token} + "\r\n");
  INFO(answer);
  const auto shown = nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n")));
  CHECK(shown["dropped"]["queue_overflow"] > 0);
  CHECK(sum_of(shown["restarts"].get<std::map<std::string, std::uint64_t>>()) == 0);
  CHECK(watched.tally().gaps == 0);
  herd.process().send_signal(SIGTERM);
  CHECK(herd.process().wait() == process_exit{0, 0});
}

TEST_CASE("keyframe-never-after-loss", "[faults]") {
  check_fault("keyframe-never-after-loss");
}

TEST_CASE("intra-refresh", "[faults]") {
  check_fault("intra-refresh");
}

TEST_CASE("intra-refresh-without-idr", "[faults]") {
  check_fault("intra-refresh-without-idr");
}

TEST_CASE("keyframes-without-idr", "[faults]") {
  check_fault("keyframes-without-idr");
}

TEST_CASE("h265-keyframes-without-idr", "[faults]") {
  check_fault("h265-keyframes-without-idr");
}
