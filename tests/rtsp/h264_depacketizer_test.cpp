#include "core/base/bitstream.hpp"
#include "core/rtsp/depacketizer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packet_script.hpp"

#include <algorithm>

using namespace camherd;
using namespace camherd::testing;
using namespace camherd::testing::h264;

namespace {

struct h264_script : packet_script {
  explicit h264_script(const bytes& sets = {}, rtsp::depacketizer_limits limits = {})
      : packet_script{video_codec::h264, sets, limits} {}
};

const bytes announced = annex_b({sps(), pps()});

bytes led(const std::vector<bytes>& nals) {
  return joined({announced, annex_b(nals)});
}

}  // namespace

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
