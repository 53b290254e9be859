#include "core/rtsp/rtcp.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace camherd;
using namespace camherd::rtsp;
using namespace std::chrono_literals;

namespace {

using bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t ntp_of_1970 = 2'208'988'800;
const wall_time in_2024 = std::chrono::sys_days{std::chrono::year{2024} / 5 / 6} + 7h;

std::uint64_t ntp_from(wall_time time) {
  const auto since = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch());
  return (static_cast<std::uint64_t>(since.count()) + ntp_of_1970) << 32;
}

bytes sender_report_packet() {
  return {0x80, 200, 0, 6, 1,    2, 3, 4, 0xe9, 0, 0, 1, 0x80, 0,
          0,    0,   0, 0, 0x10, 0, 0, 0, 0,    9, 0, 0, 1,    0};
}

bytes joined(const bytes& a, const bytes& b) {
  auto both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

const bytes source_description{0x81, 202, 0, 2, 1, 2, 3, 4, 1, 1, 'x', 0};
const bytes goodbye{0x82, 203, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8};

}  // namespace

TEST_CASE("a sender report is read out of a compound", "[rtsp][rtcp]") {
  const bytes unknown{0x80, 77, 0, 0};
  const auto contents =
      parse_rtcp(joined(unknown, joined(source_description, sender_report_packet())));
  REQUIRE(contents);
  REQUIRE(contents->report);
  CHECK(contents->report->ssrc == 0x01020304);
  CHECK(contents->report->ntp_time == 0xe900000180000000);
  CHECK(contents->report->rtp_time == 0x1000);
  CHECK_FALSE(contents->bye);
}

TEST_CASE("a BYE names who leaves", "[rtsp][rtcp]") {
  const auto contents = parse_rtcp(joined(sender_report_packet(), goodbye));
  REQUIRE(contents);
  CHECK(contents->bye);
  CHECK(contents->bye_ssrcs == std::vector<std::uint32_t>{0x01020304, 0x05060708});
  const auto anonymous = parse_rtcp(bytes{0x80, 203, 0, 0});
  REQUIRE(anonymous);
  CHECK(anonymous->bye);
  CHECK(anonymous->bye_ssrcs.empty());
}

TEST_CASE("a few bytes after the last RTCP packet are tolerated", "[rtsp][rtcp]") {
  const auto contents = parse_rtcp(joined(sender_report_packet(), {0, 0, 0}));
  REQUIRE(contents);
  CHECK(contents->report);
}

TEST_CASE("RTCP packets with lengths that lie are corrupt", "[rtsp][rtcp]") {
  auto raw = sender_report_packet();
  SECTION("nothing") {
    raw.clear();
  }
  SECTION("version") {
    raw[0] = 0;
  }
  SECTION("length past the end") {
    raw[3] = 7;
  }
  SECTION("short sender report") {
    raw[3] = 5;
    raw.resize(24);
  }
  SECTION("short BYE") {
    raw = {0x83, 203, 0, 1, 1, 2, 3, 4};
  }
  SECTION("junk behind") {
    raw = joined(raw, {0x80, 200, 0, 6});
  }
  const auto contents = parse_rtcp(raw);
  REQUIRE_FALSE(contents);
  CHECK(contents.error().kind() == error_kind::corrupt);
}

TEST_CASE("a receiver report is a compound with CNAME", "[rtsp][rtcp]") {
  rtp_receiver::report report;
  report.ssrc = 0xaabbccdd;
  report.fraction_lost = 64;
  report.cumulative_lost = -2;
  report.highest_sequence = 0x00010002;
  report.jitter = 300;
  const auto made = make_receiver_report(0x11223344, report, 0x55667788, 0x10000, "cam");
  const bytes expected{0x81, 201,  0,    7,     // receiver report, one block
                       0x11, 0x22, 0x33, 0x44,  //
                       0xaa, 0xbb, 0xcc, 0xdd,  //
                       64,   0xff, 0xff, 0xfe,  // loss
                       0,    1,    0,    2,     // highest sequence number
                       0,    0,    1,    44,    // jitter
                       0x55, 0x66, 0x77, 0x88,  // last sender report
                       0,    1,    0,    0,     // since then
                       0x81, 202,  0,    3,     // source description
                       0x11, 0x22, 0x33, 0x44,  //
                       1,    3,    'c',  'a',   //
                       'm',  0,    0,    0};
  CHECK(made == expected);
  CHECK(parse_rtcp(made));
}

TEST_CASE("a CNAME of any length makes a well-formed compound", "[rtsp][rtcp]") {
  for (std::size_t length = 0; length < 300; ++length) {
    const std::string cname(length, 'n');
    const auto made = make_receiver_report(1, {}, 0, 0, cname);
    REQUIRE(made.size() % 4 == 0);
    REQUIRE(parse_rtcp(made));
    REQUIRE(made.back() == 0);
    REQUIRE(made[41] == std::min<std::size_t>(length, 255));
  }
}

TEST_CASE("NTP time becomes calendar time", "[rtsp][rtcp]") {
  CHECK(wall_from_ntp(ntp_from(in_2024)) == in_2024);
  CHECK(wall_from_ntp(ntp_from(in_2024) | 0x80000000) == in_2024 + 500ms);
  CHECK(wall_from_ntp(ntp_of_1970 << 32) == wall_time{});
  CHECK(wall_from_ntp(0) == wall_time{});
  CHECK(wall_from_ntp(std::uint64_t{86400} << 32) == wall_time{});
}

TEST_CASE("capture times are counted from the last sender report", "[rtsp][rtcp]") {
  capture_clock clock{90000};
  CHECK(clock.captured_at(0) == wall_time{});
  clock.update({1, ntp_from(in_2024), 0xfffffff0});
  CHECK(clock.captured_at(0xfffffff0) == in_2024);
  CHECK(clock.captured_at(0xfffffff0 + 90000) == in_2024 + 1s);
  CHECK(clock.captured_at(0xfffffff0 - 45000) == in_2024 - 500ms);
  clock.reset();
  CHECK(clock.captured_at(0) == wall_time{});
}

TEST_CASE("a camera clock that was never set gives no capture time", "[rtsp][rtcp]") {
  capture_clock clock{90000};
  clock.update({1, (ntp_of_1970 + 3600) << 32, 0});
  CHECK(clock.captured_at(0) == wall_time{});
  clock.update({1, 0, 0});
  CHECK(clock.captured_at(0) == wall_time{});
  capture_clock no_rate{0};
  no_rate.update({1, ntp_from(in_2024), 0});
  CHECK(no_rate.captured_at(0) == wall_time{});
}
