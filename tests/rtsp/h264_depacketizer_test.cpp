#include "core/base/bitstream.hpp"
#include "tests/rtsp/h264_script.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace camherd;
using namespace camherd::testing;
using namespace camherd::testing::h264;

TEST_CASE("an access unit ends at the marker without waiting", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.send(idr(), marker::set);
  REQUIRE(camera.units.size() == 1);
  const auto& unit = camera.units[0];
  CHECK(camera.payload(0) == led({idr()}));
  CHECK(unit.codec == video_codec::h264);
  CHECK(unit.keyframe);
  CHECK(unit.reference);
  CHECK_FALSE(unit.corrupt);
  CHECK_FALSE(unit.after_gap);
  CHECK(unit.clock_rate == 90000);
  CHECK(unit.received_at == camera.now());
}

TEST_CASE("an access unit without marker ends at the next timestamp", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.send(idr()).send(idr(9, slice_place::later));
  const auto last = camera.now();
  camera.next().send(p_slice());
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.payload(0) == led({idr(), idr(9, slice_place::later)}));
  CHECK_FALSE(camera.units[0].corrupt);
  CHECK(camera.units[0].received_at == last);
}

TEST_CASE("timestamps go on over their wrap-around", "[rtsp][h264]") {
  h264_script camera{announced};
  const std::int64_t first = camera.timestamp();
  for (int i = 0; i < 4; ++i) camera.picture({p_slice()});
  REQUIRE(camera.units.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(camera.units[i].rtp_time == first + 3000 * static_cast<std::int64_t>(i));
  }
}

TEST_CASE("fragments are joined and end in padding", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture(fu_a(idr(5000), 1400)).picture(fu_a(p_slice(3000), 700));
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.payload(0) == led({idr(5000)}));
  CHECK(camera.payload(1) == annex_b({p_slice(3000)}));
  CHECK(camera.units[1].reference);
  CHECK_FALSE(camera.units[1].keyframe);
  for (const auto& unit : camera.units) {
    const auto* const end = unit.payload.data() + unit.payload.size();
    CHECK(std::all_of(end, end + padded_bytes::padding, [](auto byte) { return byte == 0; }));
  }
  CHECK(camera.errors.empty());
}

TEST_CASE("aggregated NAL units are taken apart", "[rtsp][h264]") {
  h264_script camera;
  camera.picture({stap_a({delimiter, sps(), pps(), sei, idr()})});
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.payload(0) == led({sei, idr()}));
}

TEST_CASE("a picture nobody refers to is no reference", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture({disposable()});
  REQUIRE(camera.units.size() == 1);
  CHECK_FALSE(camera.units[0].reference);
  CHECK_FALSE(camera.units[0].keyframe);
}

TEST_CASE("parameter sets with a marker and timestamp of their own join the next picture",
          "[rtsp][h264]") {
  // Reolink: SPS with the marker, PPS, then the slice with another timestamp.
  h264_script camera;
  camera.send(sps(), marker::set).send(pps()).next();
  camera.picture({idr()});
  // Later its sets carry the timestamp of the picture before.
  camera.send(p_slice(), marker::set).send(sps(0, 7), marker::set).send(pps()).next();
  camera.picture({idr()});
  camera.picture({p_slice()});
  REQUIRE(camera.units.size() == 4);
  CHECK(camera.payload(0) == led({idr()}));
  CHECK(camera.payload(2) == annex_b({sps(0, 7), pps(), idr()}));
  CHECK(camera.payload(3) == annex_b({p_slice()}));
  for (const auto& unit : camera.units) {
    CHECK_FALSE(unit.corrupt);
    CHECK_FALSE(unit.after_gap);
  }
  CHECK(camera.errors.empty());
}

TEST_CASE(
    "parameter sets that come in separate marked packets before the slice are not doubled",
    "[rtsp][h264]") {
  // Hikvision, Dahua: every NAL unit in a packet of its own, the same timestamp.
  h264_script camera{announced};
  for (int i = 0; i < 2; ++i) {
    camera.send(sps(), marker::set).send(pps(), marker::set).send(sei, marker::set);
    camera.picture({idr()});
  }
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.payload(1) == led({sei, idr()}));
  // The marker is still trusted.
  camera.send(p_slice(), marker::set);
  CHECK(camera.units.size() == 3);
}

TEST_CASE("a marker on every fragment is found out before it does harm", "[rtsp][h264]") {
  h264_script camera{announced};
  for (int i = 0; i < 3; ++i) {
    for (const auto& part : fu_a(idr(900), 300)) camera.send(part, marker::set);
    camera.next();
  }
  camera.flush();
  REQUIRE(camera.units.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(camera.payload(i) == led({idr(900)}));
    CHECK_FALSE(camera.units[i].corrupt);
    CHECK_FALSE(camera.units[i].after_gap);
  }
}

TEST_CASE("a marker on every slice costs one picture, then timestamps decide", "[rtsp][h264]") {
  h264_script camera{announced};
  for (int i = 0; i < 3; ++i) {
    camera.send(idr(), marker::set).send(idr(8, slice_place::later), marker::set).next();
  }
  camera.flush();
  REQUIRE(camera.units.size() == 4);
  CHECK(camera.units[1].corrupt);
  for (std::size_t i : {2U, 3U}) {
    CHECK(camera.payload(i) == led({idr(), idr(8, slice_place::later)}));
    CHECK_FALSE(camera.units[i].corrupt);
  }
}

TEST_CASE("fields of a frame may share a timestamp and each end at a marker", "[rtsp][h264]") {
  h264_script camera{announced};
  for (int i = 0; i < 3; ++i) {
    camera.send(p_slice(), marker::set).send(p_slice(), marker::set).next();
    CHECK(camera.units.size() == 2U * static_cast<unsigned>(i) + 2);
  }
  CHECK(std::none_of(camera.units.begin(), camera.units.end(),
                     [](const auto& unit) { return unit.corrupt; }));
}

TEST_CASE("one fragment may be start and end at once", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture(fu_a(idr(100), 1000));
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.payload(0) == led({idr(100)}));
  CHECK_FALSE(camera.units[0].corrupt);
}

TEST_CASE("interleaved mode is refused by name", "[rtsp][h264]") {
  const std::uint8_t type = GENERATE(25, 26, 27, 29);
  h264_script camera{announced};
  camera.send({type, 0, 0, 0, 5}, marker::set);
  REQUIRE(camera.errors.size() == 1);
  CHECK(camera.errors[0].kind() == error_kind::unsupported);
  CHECK(camera.errors[0].message().find("interleaved") != std::string::npos);
}

TEST_CASE("a byte stream inside one NAL unit is split", "[rtsp][h264]") {
  h264_script camera;
  const auto stream = annex_b({sps(), pps(), idr(800)});
  SECTION("in a single packet, with a start code before it") {
    camera.picture({stream});
  }
  SECTION("in a single packet, from the first NAL unit on") {
    camera.picture({bytes(stream.begin() + 4, stream.end())});
  }
  SECTION("in fragments, a start code cut in two (V380)") {
    camera.picture(fu_a(bytes(stream.begin() + 4, stream.end()), sps().size() + 1));
  }
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.payload(0) == led({idr(800)}));
  CHECK(camera.units[0].keyframe);
  CHECK_FALSE(camera.units[0].corrupt);
  CHECK(camera.errors.empty());
}

TEST_CASE("zero bytes after a NAL unit are cut off", "[rtsp][h264]") {
  h264_script camera{announced};
  const bytes zeros(5);
  camera.picture({joined({idr(), zeros})}).picture(fu_a(joined({p_slice(500), zeros}), 502));
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.payload(0) == led({idr()}));
  CHECK(camera.payload(1) == annex_b({p_slice(500)}));
}

TEST_CASE("a recovery point before intra slices is a keyframe", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture({recovery_point(0), i_slice()});
  camera.picture({recovery_point(0), p_slice()});
  camera.picture({recovery_point(4), i_slice()});
  camera.picture({i_slice()});
  REQUIRE(camera.units.size() == 4);
  CHECK(camera.units[0].keyframe);
  CHECK(camera.payload(0) == led({recovery_point(0), i_slice()}));
  CHECK_FALSE(camera.units[1].keyframe);
  CHECK_FALSE(camera.units[2].keyframe);
  CHECK_FALSE(camera.units[3].keyframe);
}

TEST_CASE("a recovery point whose picture was lost does not make another a keyframe",
          "[rtsp][h264]") {
  h264_script camera{announced};
  camera.send(recovery_point(0)).lose().next().picture({i_slice()});
  REQUIRE(camera.units.size() == 1);
  CHECK_FALSE(camera.units[0].keyframe);
  CHECK(camera.units[0].after_gap);
}

TEST_CASE("an access unit past the limit is given up up to its end", "[rtsp][h264]") {
  rtsp::depacketizer_limits limits;
  limits.max_access_unit_bytes = 2000;
  h264_script camera{announced, limits};
  SECTION("in fragments") {
    camera.picture(fu_a(idr(5000), 500));
  }
  SECTION("in slices") {
    camera.picture({idr(1500), p_slice(700, slice_place::later), p_slice(10)});
  }
  CHECK(camera.units.empty());
  CHECK(camera.faults().oversized_units == 1);
  CHECK(camera.faults().malformed_packets == 0);
  REQUIRE(camera.errors.size() == 1);
  CHECK(camera.errors[0].message().find("limit of 2000 bytes") != std::string::npos);
  camera.picture(fu_a(p_slice(900), 500));
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.units[0].after_gap);
  CHECK_FALSE(camera.units[0].corrupt);
}

TEST_CASE("pictures without slices never end and never pile up", "[rtsp][h264]") {
  rtsp::depacketizer_limits limits;
  limits.max_access_unit_bytes = 300;
  h264_script camera{{}, limits};
  for (int i = 0; i < 1000; ++i) camera.picture({sei});
  CHECK(camera.units.empty());
  CHECK(camera.faults().oversized_units > 10);
}

TEST_CASE("what the depacketizer says of a unit is what its bytes say", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture({idr(), idr(5, slice_place::later)})
      .picture({disposable()})
      .picture({recovery_point(0), i_slice()})
      .picture({sei, p_slice()})
      .picture({p_slice(), idr(5, slice_place::later)})
      .picture({idr(), p_slice(5, slice_place::later)});
  REQUIRE(camera.units.size() == 6);
  for (auto& unit : camera.units) {
    auto again = unit;
    classify(again);
    CHECK(again.keyframe == unit.keyframe);
    CHECK(again.reference == unit.reference);
  }
}
