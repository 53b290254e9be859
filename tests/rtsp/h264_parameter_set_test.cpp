#include "tests/rtsp/h264_script.hpp"
#include "tests/support/catch.hpp"

using namespace camherd;
using namespace camherd::testing;
using namespace camherd::testing::h264;

TEST_CASE("parameter sets received in band replace the announced ones", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture({sps(0, 9), pps(0, 0, 9), idr()}).picture({idr()});
  REQUIRE(camera.units.size() == 2);
  const auto expected = annex_b({sps(0, 9), pps(0, 0, 9), idr()});
  CHECK(camera.payload(0) == expected);
  CHECK(camera.payload(1) == expected);
}

TEST_CASE("parameter sets of several ids lead the keyframe in order", "[rtsp][h264]") {
  h264_script camera;
  camera.picture({stap_a({pps(300 % 256, 1), sps(1), pps(0, 0), sps(0), pps(2, 1)}), idr()});
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.payload(0) ==
        annex_b({sps(0), sps(1), pps(0, 0), pps(2, 1), pps(44, 1), idr()}));
}

TEST_CASE("a different SPS removes the PPS made for the old one", "[rtsp][h264]") {
  h264_script camera{annex_b({sps(0), sps(1), pps(0, 0), pps(1, 1), pps(2, 0)})};
  camera.picture({pps(2, 0), sps(0, 5), idr()});
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.payload(0) == annex_b({sps(0, 5), sps(1), pps(1, 1), pps(2, 0), idr()}));
}

TEST_CASE("a set that changes between keyframes leads the picture it came with",
          "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture({idr()})
      .picture({sps(), pps(0, 0, 3), p_slice()})
      .picture({sps(), pps(0, 0, 3), p_slice()});
  REQUIRE(camera.units.size() == 3);
  CHECK(camera.payload(1) == annex_b({pps(0, 0, 3), p_slice()}));
  CHECK(camera.payload(2) == annex_b({p_slice()}));
}

TEST_CASE("cached parameter sets are bounded, the latest win", "[rtsp][h264]") {
  rtsp::depacketizer_limits limits;
  limits.max_parameter_set_bytes = 40;
  h264_script camera{announced, limits};
  camera.picture({sps(3), pps(3, 3), idr()});
  for (std::uint32_t id = 0; id < 20; ++id) camera.send(pps(id, 3));
  camera.picture({idr()});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.payload(1).size() <= 40 + annex_b({idr()}).size());
  CHECK(camera.errors.size() > 5);
}

TEST_CASE("a parameter set that cannot be read is named and left out", "[rtsp][h264]") {
  h264_script camera;
  camera.picture({{0x67, 0x42}, sps(32), pps(256, 0), {0x68}, idr()});
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.payload(0) == annex_b({idr()}));
  CHECK(camera.errors.size() == 4);
  CHECK_FALSE(camera.units[0].corrupt);
}
