#include "core/base/bitstream.hpp"
#include "core/rtsp/depacketizer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packet_script.hpp"

using namespace camherd;
using namespace camherd::testing;
using namespace camherd::testing::h265;

namespace {

struct h265_script : packet_script {
  explicit h265_script(const bytes& sets = {}) : packet_script{video_codec::h265, sets} {}
};

const bytes announced = annex_b({vps(), sps(), pps()});

bytes led(const std::vector<bytes>& nals) {
  return joined({announced, annex_b(nals)});
}

}  // namespace

TEST_CASE("H.265 pictures in single, aggregated and fragmented NAL units", "[rtsp][h265]") {
  h265_script camera{announced};
  const auto key = slice(idr_w_radl, 4000);
  camera.picture(fu(key, 1300));
  camera.picture({slice(trail_r)});
  camera.picture({aggregate({slice(trail_n), slice(trail_n, 7, slice_place::later)})});
  REQUIRE(camera.units.size() == 3);
  CHECK(camera.payload(0) == led({key}));
  CHECK(camera.units[0].keyframe);
  CHECK(camera.payload(1) == annex_b({slice(trail_r)}));
  CHECK(camera.units[1].reference);
  CHECK_FALSE(camera.units[1].keyframe);
  CHECK(camera.payload(2) == annex_b({slice(trail_n), slice(trail_n, 7, slice_place::later)}));
  CHECK_FALSE(camera.units[2].reference);
  CHECK(camera.errors.empty());
}

TEST_CASE("H.265 sets sent before each keyframe are neither doubled nor emitted alone",
          "[rtsp][h265]") {
  h265_script camera;
  for (int i = 0; i < 2; ++i) {
    camera.send(vps(), marker::set).send(sps(), marker::set).send(pps(), marker::set).next(1);
    camera.picture({header(delimiter_type), slice(cra)});
  }
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.payload(0) == led({slice(cra)}));
  CHECK(camera.payload(1) == led({slice(cra)}));
  CHECK(camera.units[1].keyframe);
  CHECK_FALSE(camera.units[1].after_gap);
}

TEST_CASE("the id of an H.265 SPS is found behind sub-layers", "[rtsp][h265]") {
  const auto first = sps(0, 1, 2);
  const auto second = sps(3, 1, 6);
  h265_script camera{annex_b({vps(), first, second, pps(0, 0), pps(1, 3)})};
  camera.picture({sps(3, 9, 6), slice(idr_w_radl)});
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.payload(0) ==
        annex_b({vps(), first, sps(3, 9, 6), pps(0, 0), slice(idr_w_radl)}));
}

TEST_CASE("a lost H.265 fragment marks the picture", "[rtsp][h265]") {
  h265_script camera{announced};
  const auto parts = fu(slice(idr_w_radl, 900, slice_place::later), 300);
  camera.send(slice(idr_w_radl)).send(parts[0]).lose().send(parts[2], marker::set).next();
  camera.picture({slice(trail_r)});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[0].corrupt);
  CHECK(camera.payload(0) == led({slice(idr_w_radl)}));
  CHECK_FALSE(camera.units[1].corrupt);
}

TEST_CASE("an H.265 picture that lost its first slice segment is corrupt", "[rtsp][h265]") {
  h265_script camera{announced};
  camera.picture({slice(idr_w_radl)}).lose();
  camera.picture({slice(trail_r, 9, slice_place::later)});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[1].corrupt);
}

TEST_CASE("H.265 packets that break the format are named", "[rtsp][h265]") {
  h265_script camera{announced};
  const auto [packet, kind, damages] = GENERATE(table<bytes, error_kind, bool>({
      {bytes{50 << 1, 1, 0, 0}, error_kind::unsupported, true},
      {bytes{51 << 1, 1, 0}, error_kind::corrupt, false},
      {bytes{2}, error_kind::corrupt, false},
      {bytes{49 << 1, 1}, error_kind::corrupt, true},
      {bytes{48 << 1, 1, 0, 9, 2, 1}, error_kind::corrupt, true},
      {bytes{trail_r << 1, 0, 0xaf, 5}, error_kind::corrupt, true},
      {bytes{trail_r << 1, 1}, error_kind::corrupt, true},
      {bytes{sps_type << 1, 1, 7}, error_kind::corrupt, false},
  }));
  camera.send(slice(idr_w_radl)).send(packet, marker::set);
  REQUIRE(camera.errors.size() == 1);
  CHECK(camera.errors[0].kind() == kind);
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.units[0].corrupt == damages);
}

TEST_CASE("a byte stream inside one H.265 NAL unit is split", "[rtsp][h265]") {
  h265_script camera;
  const auto stream = annex_b({vps(), sps(), pps(), slice(idr_w_radl, 500)});
  SECTION("in a single packet") {
    camera.picture({stream});
  }
  SECTION("in fragments") {
    camera.picture(fu(bytes(stream.begin() + 4, stream.end()), 11));
  }
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.payload(0) == led({slice(idr_w_radl, 500)}));
  CHECK(camera.errors.empty());
}

TEST_CASE("a marker on every H.265 slice segment is found out", "[rtsp][h265]") {
  h265_script camera{announced};
  for (int i = 0; i < 3; ++i) {
    camera.send(slice(trail_r), marker::set)
        .send(slice(trail_r, 5, slice_place::later), marker::set)
        .next();
  }
  camera.flush();
  REQUIRE(camera.units.size() == 4);
  CHECK(camera.units[1].corrupt);
  CHECK_FALSE(camera.units[2].corrupt);
  CHECK(camera.payload(3) == annex_b({slice(trail_r), slice(trail_r, 5, slice_place::later)}));
}
