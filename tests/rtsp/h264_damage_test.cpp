#include "tests/rtsp/h264_script.hpp"
#include "tests/support/catch.hpp"

using namespace camherd;
using namespace camherd::testing;
using namespace camherd::testing::h264;

TEST_CASE("a lost fragment leaves its NAL unit out and marks the picture", "[rtsp][h264]") {
  h264_script camera{announced};
  const auto parts = fu_a(idr(900, slice_place::later), 300);
  camera.send(idr()).send(parts[0]).lose().send(parts[2]).send(parts[3], marker::set);
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.units[0].corrupt);
  CHECK(camera.units[0].keyframe);
  CHECK(camera.payload(0) == led({idr()}));
  CHECK(camera.faults().incomplete_units == 1);
  // Loss is no fault of the format.
  CHECK(camera.faults().malformed_packets == 0);
  camera.next().picture({p_slice()});
  CHECK_FALSE(camera.units[1].corrupt);
}

TEST_CASE("a picture whose slices are all lost is left out and leaves a gap", "[rtsp][h264]") {
  h264_script camera{announced};
  const auto parts = fu_a(p_slice(900), 300);
  camera.picture({idr()});
  camera.send(parts[0]).lose().send(parts[2]).send(parts[3], marker::set).next();
  CHECK(camera.units.size() == 1);
  camera.picture({p_slice()}).picture({p_slice()});
  REQUIRE(camera.units.size() == 3);
  CHECK(camera.units[1].after_gap);
  CHECK_FALSE(camera.units[1].corrupt);
  CHECK_FALSE(camera.units[2].after_gap);
  CHECK(camera.faults().incomplete_units == 1);
}

TEST_CASE("a picture that lost the end of its only slice is left out and counted",
          "[rtsp][h264]") {
  h264_script camera{announced};
  const auto parts = fu_a(p_slice(900), 300);
  camera.picture({idr()}).send(parts[0]).lose(3).next().picture({p_slice()});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[1].after_gap);
  CHECK(camera.faults().incomplete_units == 1);
}

TEST_CASE("loss between pictures marks the next one as after a gap", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture({idr()}).lose(3).next().picture({p_slice()});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[1].after_gap);
  CHECK_FALSE(camera.units[1].corrupt);
}

TEST_CASE("a picture that lost its end is corrupt, and the next one after a gap",
          "[rtsp][h264]") {
  h264_script camera{announced};
  camera.send(idr()).lose().next().picture({p_slice()});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[0].corrupt);
  CHECK(camera.units[1].after_gap);
  CHECK_FALSE(camera.units[1].corrupt);
}

TEST_CASE("a picture that lost its first slice is corrupt", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture({idr()}).lose().picture({p_slice(9, slice_place::later)});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[1].corrupt);
  CHECK(camera.units[1].after_gap);
}

TEST_CASE("a stream joined in the middle of a NAL unit begins without an error",
          "[rtsp][h264]") {
  h264_script camera{announced};
  const auto parts = fu_a(p_slice(900), 300);
  camera.send(parts[2]).send(parts[3], marker::set).next().picture({idr()});
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.payload(0) == led({idr()}));
  CHECK(camera.errors.empty());
}

TEST_CASE("a restart forgets the open picture", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture({idr()}).send(p_slice()).restart().next(1'000'000'000).picture({p_slice(5)});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.payload(1) == annex_b({p_slice(5)}));
  CHECK(camera.units[1].after_gap);
}

TEST_CASE("a restart emits a picture that only waited for its timestamp to end",
          "[rtsp][h264]") {
  h264_script camera{announced};
  camera.send(idr()).restart().next().send(p_slice());
  REQUIRE(camera.units.size() == 1);
  CHECK_FALSE(camera.units[0].corrupt);
}

TEST_CASE("flush forgets a picture whose marker has not come", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture({idr()}).send(p_slice()).flush();
  CHECK(camera.units.size() == 1);
}

TEST_CASE("a fragmented NAL unit without end is left out", "[rtsp][h264]") {
  h264_script camera{announced};
  const auto parts = fu_a(p_slice(600), 300);
  camera.picture({idr()}).send(p_slice()).send(parts[0]).send(p_slice(7, slice_place::later),
                                                              marker::set);
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[1].corrupt);
  CHECK(camera.payload(1) == annex_b({p_slice(), p_slice(7, slice_place::later)}));
  REQUIRE(camera.errors.size() == 1);
  CHECK(camera.errors[0].kind() == error_kind::corrupt);
  CHECK(camera.errors[0].message() ==
        "RTP packet 65533: the last fragmented NAL unit has no end");
}

TEST_CASE("a marker stands in for a forgotten end bit", "[rtsp][h264]") {
  h264_script camera{announced};
  for (int i = 0; i < 2; ++i) {
    auto parts = fu_a(idr(600), 300);
    parts.back()[1] &= 0xbf;
    camera.picture(parts);
  }
  camera.flush();
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.payload(1) == led({idr(600)}));
  CHECK_FALSE(camera.units[1].corrupt);
}

TEST_CASE("fragments that break the format are named and damage their picture",
          "[rtsp][h264]") {
  h264_script camera{announced};
  const auto parts = fu_a(p_slice(900), 300);
  camera.picture({idr()});

  SECTION("a fragment that did not begin") {
    camera.send(p_slice()).send(parts[1], marker::set);
    CHECK(camera.errors.at(0).message().find("did not begin") != std::string::npos);
  }
  SECTION("another type in the middle") {
    auto other = parts[1];
    other[1] = (other[1] & 0xe0) | 5;
    camera.send(p_slice()).send(parts[0]).send(other).send(parts[2]).send(parts[3],
                                                                          marker::set);
    CHECK(camera.errors.at(0).message().find("type changes") != std::string::npos);
  }
  SECTION("a second start") {
    camera.send(p_slice()).send(parts[0]).send(parts[0]).send(parts[3], marker::set);
    CHECK(camera.errors.at(0).message().find("has no end") != std::string::npos);
  }
  SECTION("no header") {
    camera.send(p_slice()).send({0x5c}, marker::set);
    CHECK(camera.errors.at(0).message().find("FU-A without header") != std::string::npos);
  }
  SECTION("the forbidden bit") {
    auto broken = parts[0];
    broken[0] |= 0x80;
    camera.send(p_slice()).send(broken).send(parts[1]).send(parts[3], marker::set);
    CHECK(camera.errors.at(0).message().find("without a valid header") != std::string::npos);
  }
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[1].corrupt);
  CHECK(camera.errors.size() == 1);
  CHECK(camera.faults().malformed_packets == 1);
}

TEST_CASE("an aggregate that lies about sizes keeps what is whole", "[rtsp][h264]") {
  h264_script camera{announced};
  auto packet = stap_a({idr(), idr(9, slice_place::later)});
  packet.pop_back();
  camera.send(packet, marker::set);
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.units[0].corrupt);
  CHECK(camera.payload(0) == led({idr()}));
  CHECK(camera.errors.size() == 1);
}

TEST_CASE("broken NAL units do no harm to their neighbours", "[rtsp][h264]") {
  h264_script camera{announced};
  const bytes undefined{0x1e, 1, 2, 3};
  const bytes lone_header{0x41};
  auto forbidden = p_slice();
  forbidden[0] |= 0x80;
  camera.send(undefined).send(idr());
  SECTION("an undefined type carries no picture") {
    camera.send(idr(4, slice_place::later), marker::set);
    CHECK_FALSE(camera.units.at(0).corrupt);
    CHECK(camera.payload(0) == led({idr(), idr(4, slice_place::later)}));
  }
  SECTION("a slice without content") {
    camera.send(lone_header, marker::set);
    CHECK(camera.units.at(0).corrupt);
    CHECK(camera.payload(0) == led({idr()}));
  }
  SECTION("the forbidden bit") {
    camera.send(forbidden, marker::set);
    CHECK(camera.units.at(0).corrupt);
    CHECK(camera.payload(0) == led({idr()}));
  }
}

TEST_CASE("packets without payload are ignored but their losses count", "[rtsp][h264]") {
  h264_script camera{announced};
  camera.send(idr()).lose().next(77).send({}, marker::set);
  CHECK(camera.units.empty());
  camera.next(2923).picture({p_slice()});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[0].corrupt);
  CHECK(camera.units[1].after_gap);
}

TEST_CASE("a packet whose end is doubtful damages its picture", "[rtsp][h264]") {
  h264_script camera{announced};
  SECTION("as the last one") {
    camera.doubt_next().send(idr(), marker::set).next();
  }
  SECTION("as one of several slices") {
    camera.doubt_next().send(idr()).send(idr(9, slice_place::later), marker::set).next();
  }
  SECTION("as the end of a slice's fragments") {
    const auto parts = fu_a(idr(900), 500);
    camera.send(parts[0]).doubt_next().send(parts[1]);
    camera.send(idr(9, slice_place::later), marker::set).next();
  }
  SECTION("as one of several slices, found out later") {
    camera.send(idr()).doubt_last().send(idr(9, slice_place::later), marker::set).next();
  }
  SECTION("as a parameter set") {
    camera.doubt_next().send(sps()).send(pps()).send(idr(), marker::set).next();
  }
  camera.picture({p_slice()});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[0].corrupt);
  CHECK_FALSE(camera.units[1].corrupt);
}

TEST_CASE("a last packet whose end is doubted later is a gap before the next picture",
          "[rtsp][h264]") {
  h264_script camera{announced};
  camera.picture({idr()}).doubt_last().picture({p_slice()}).picture({p_slice()});
  REQUIRE(camera.units.size() == 3);
  CHECK_FALSE(camera.units[0].corrupt);
  CHECK(camera.units[1].after_gap);
  CHECK_FALSE(camera.units[2].after_gap);
}
