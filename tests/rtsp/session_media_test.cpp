#include "core/rtsp/media_pipeline.hpp"
#include "tests/rtsp/session_fixture.hpp"

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;
using rtsp::transport;

namespace {

/// NTP time of 2026-01-01 00:00:00 UTC.
constexpr std::uint64_t ntp_2026 = (1767225600ULL + 2208988800ULL) << 32;

}  // namespace

TEST_CASE("access units arrive whole, in order and numbered over every transport",
          "[rtsp][session]") {
  struct way {
    transport asked;
    bool tls;
    bool ipv6;
    std::string name;
  };
  const auto how = GENERATE(
      way{transport::tcp, false, false, "tcp"}, way{transport::tcp, false, true, "tcp"},
      way{transport::tcp, true, false, "tls"}, way{transport::udp, false, false, "udp"},
      way{transport::udp, false, true, "udp"}, way{transport::automatic, false, false, "udp"},
      way{transport::automatic, true, false, "tls"});
  script told;
  told.tls = how.tls;
  told.ipv6 = how.ipv6;
  scripted_camera camera{told};
  viewer view{camera.url(), over(how.asked)};
  for (std::uint8_t i = 0; i < 20; ++i) {
    camera.send(i == 0 ? keyframe_unit(i) : picture_unit(i, 2500));
  }
  REQUIRE(view->wait_for_units(20));
  const auto units = view->units();
  for (std::uint8_t i = 0; i < 20; ++i) {
    CHECK(units[i].sequence == i);
    CHECK(units[i].keyframe == (i == 0));
    CHECK(units[i].rtp_time - units[0].rtp_time == i * 15000);
    CHECK(bytes_of(units[i]) == (i == 0 ? keyframe_unit(i) : picture_unit(i, 2500)));
    CHECK_FALSE(units[i].corrupt);
    CHECK(units[i].received_at <= std::chrono::steady_clock::now());
    CHECK(units[i].received_at > mono_time{});
    CHECK(units[i].captured_at == wall_time{});
  }
  REQUIRE(view->infos().size() == 1);
  const auto info = view->infos()[0];
  CHECK(info.transport == how.name);
  CHECK(info.codec == video_codec::h264);
  CHECK(info.server == "scripted camera");
  CHECK(info.declared_fps == 6);
  CHECK(info.parameter_sets == test_parameter_sets());
  (void)view.stop();
  const auto counted = view.session().statistics();
  CHECK(counted.packets_lost == 0);
  CHECK(counted.packets >= 20);
}

TEST_CASE("packets that come before the answer to PLAY are used", "[rtsp][session]") {
  script told;
  told.pictures_before_play_answer = true;
  scripted_camera camera{told};
  camera.send(keyframe_unit(1));
  viewer view{camera.url()};
  REQUIRE(view->wait_for_units(1));
}

TEST_CASE("a camera that does not answer PLAY but sends pictures is believed",
          "[rtsp][session]") {
  script told;
  told.on["PLAY"] = {{reaction::act::silence, 200, "", {}}};
  scripted_camera camera{told};
  rtsp::session_options options;
  options.response_timeout = 1s;
  viewer view{camera.url(), options};
  camera.send(keyframe_unit(1));
  REQUIRE(view->wait_for_notice("but packets arrive"));
  CHECK(view.stop().kind() == error_kind::end_of_stream);
}

TEST_CASE("the marker bit may be missing or everywhere", "[rtsp][session]") {
  script told;
  told.media.marker = GENERATE(marker_mode::never, marker_mode::always);
  scripted_camera camera{told};
  viewer view{camera.url()};
  // The first picture may go on finding out that markers mean nothing.
  for (std::uint8_t i = 0; i < 4; ++i) camera.send(keyframe_unit(i));
  REQUIRE(view->wait_for_units(3));
  const auto units = view->units();
  CHECK(std::any_of(units.begin(), units.end(), [](const access_unit& unit) {
    return bytes_of(unit) == keyframe_unit(2);
  }));
}

TEST_CASE("sequence numbers may wrap around", "[rtsp][session]") {
  script told;
  told.media.first_sequence = 65533;
  told.media.first_timestamp = 0xffffffff - 20000;
  scripted_camera camera{told};
  viewer view{camera.url(), over(GENERATE(transport::tcp, transport::udp))};
  for (std::uint8_t i = 0; i < 5; ++i) camera.send(keyframe_unit(i));
  REQUIRE(view->wait_for_units(5));
  CHECK(view->units()[4].rtp_time - view->units()[0].rtp_time == 60000);
  (void)view.stop();
  CHECK(view.session().statistics().packets_lost == 0);
}

TEST_CASE("a change to the SSRC that SETUP announced is believed at once", "[rtsp][session]") {
  script told;
  told.transport_answer = "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=55667788";
  scripted_camera camera{told};
  viewer view{camera.url()};
  camera.send(keyframe_unit(1));
  camera.change_ssrc(0x55667788);
  camera.send(keyframe_unit(2));
  REQUIRE(view->wait_for_units(2));
  CHECK(bytes_of(view->units()[1]) == keyframe_unit(2));
}

TEST_CASE("a change of SSRC in mid-stream goes on once the old source is silent",
          "[rtsp][session]") {
  scripted_camera camera;
  viewer view{camera.url()};
  camera.send(keyframe_unit(1));
  REQUIRE(view->wait_for_units(1));
  camera.change_ssrc(0x55667788);
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  do {
    camera.send(keyframe_unit(2, 100));
  } while (!view->wait_for_units(2, 20ms) && std::chrono::steady_clock::now() < deadline);
  CHECK(view->units().size() >= 2);
}

TEST_CASE("sender reports of the stream give capture time", "[rtsp][session]") {
  scripted_camera camera;
  viewer view{camera.url(), over(GENERATE(transport::tcp, transport::udp))};
  camera.send(keyframe_unit(1));
  REQUIRE(view->wait_for_units(1));
  camera.send_rtcp(sender_report_bytes(0x99999999, ntp_2026 + (5ULL << 32), 915000));
  camera.send_rtcp(sender_report_bytes(0x11223344, ntp_2026, 915000));
  // Over UDP a report on its own port may be overtaken by pictures.
  bool known = false;
  for (std::uint8_t i = 1; i < 100 && !known; ++i) {
    camera.send(picture_unit(i));
    REQUIRE(view->wait_for_units(i + 1U));
    const auto unit = view->units()[i];
    known = unit.captured_at != wall_time{};
    const auto expected = wall_time{1767225600s} + (i - 1) * 15000 * 1s / 90000;
    if (known) CHECK(std::chrono::abs(unit.captured_at - expected) < 1ms);
  }
  CHECK(known);
}

TEST_CASE("BYE of the stream's source ends the session in good order", "[rtsp][session]") {
  scripted_camera camera;
  viewer view{camera.url()};
  camera.send(keyframe_unit(1));
  camera.send_rtcp(bye_bytes(0x99999999));
  camera.send(picture_unit(2));
  REQUIRE(view->wait_for_units(2));
  camera.send_rtcp(bye_bytes(0x11223344));
  CHECK(view.end().kind() == error_kind::end_of_stream);
  CHECK(camera.requests("TEARDOWN").size() == 1);
}

TEST_CASE("receiver reports go back to the camera", "[rtsp][session]") {
  scripted_camera camera;
  auto options = over(GENERATE(transport::tcp, transport::udp));
  options.report_interval = 50ms;
  viewer view{camera.url(), options};
  camera.send(keyframe_unit(1));
  // A report with a block about our source; over UDP empty ones come before, to open the path.
  const auto about_us = [](const byte_vector& report) {
    return report.size() > 12 && report[1] == 201 && (report[0] & 0x1f) == 1 &&
           report[8] == 0x11 && report[9] == 0x22 && report[10] == 0x33 && report[11] == 0x44;
  };
  CHECK(camera.wait_until([&] {
    const auto all = camera.reports();
    return std::any_of(all.begin(), all.end(), about_us);
  }));
}

TEST_CASE("what does not belong to the video does no harm over TCP", "[rtsp][session]") {
  script told;
  told.faults.stranger_before = {1, 4};
  told.faults.garbage_before = {2, 5};
  scripted_camera camera{told};
  viewer view{camera.url()};
  for (std::uint8_t i = 0; i < 8; ++i) camera.send(keyframe_unit(i, 500));
  REQUIRE(view->wait_for_units(8));
  CHECK(view->count_notices("channel 9") == 1);
  CHECK(view->count_notices("neither RTSP nor RTP") == 1);
}

TEST_CASE("a picture with garbage inside is corrupt, as a packet of it may be cut",
          "[rtsp][session]") {
  script told;
  // The SPS, the PPS, and four fragments are the first six.
  told.faults.garbage_before = {1, 4};
  scripted_camera camera{told};
  viewer view{camera.url()};
  camera.send(keyframe_unit(1, 4500));
  camera.send(keyframe_unit(2, 4500));
  REQUIRE(view->wait_for_units(2));
  CHECK(view->units()[0].corrupt);
  CHECK_FALSE(view->units()[1].corrupt);
}

TEST_CASE("a picture whose last packet has garbage behind it is corrupt", "[rtsp][session]") {
  script told;
  told.impair = []() -> impairment {
    return [ends = 0](byte_vector packet) mutable -> std::vector<wire_piece> {
      const bool ends_picture = (packet[1] & 0x80) != 0;
      if (!ends_picture || ++ends != 2) return {{wire_piece::kind::rtp, std::move(packet)}};
      // Its frame ends five bytes early.
      const auto size = static_cast<std::uint8_t>(packet.size() - 5);
      packet.insert(packet.begin(), {'$', 0, 0, size});
      return {{wire_piece::kind::bytes, std::move(packet)}};
    };
  };
  scripted_camera camera{told};
  viewer view{camera.url()};
  for (std::uint8_t i = 0; i < 4; ++i) camera.send(keyframe_unit(i, 100));
  REQUIRE(view->wait_for_units(4));
  const auto units = view->units();
  for (std::size_t i = 0; i < 4; ++i) CHECK(units[i].corrupt == (i == 1));
}

TEST_CASE("a picture that there is no memory for ends its session", "[rtsp][session]") {
  class starved final : public source_listener {
   public:
    explicit starved(std::shared_ptr<collector> to) : to_{std::move(to)} {}
    void on_stream(const stream_info& info) override { to_->on_stream(info); }
    void on_access_unit(access_unit unit) override {
      if (unit.sequence == 1) throw std::bad_alloc{};
      to_->on_access_unit(std::move(unit));
    }
    void on_notice(const std::string& text) override { to_->on_notice(text); }
    void on_ended(const error& reason) override { to_->on_ended(reason); }

   private:
    std::shared_ptr<collector> to_;
  };
  const auto over = GENERATE(transport::tcp, transport::udp);
  scripted_camera camera;
  rtsp::io_pool pool{1};
  auto heard = std::make_shared<collector>();
  rtsp::session_options options;
  options.transport = over;
  rtsp::make_session(pool, *camera_url::parse(camera.url()), options,
                     std::make_shared<starved>(heard))
      ->start();
  for (std::uint8_t i = 0; i < 3; ++i) camera.send(keyframe_unit(i));
  REQUIRE(heard->wait_for_end());
  CHECK(heard->ended().kind() == error_kind::internal);
  CHECK(contains(heard->ended().message(), "no memory for its pictures"));
  CHECK(heard->units().size() == 1);
  // In good order.
  CHECK(camera.wait_for("TEARDOWN"));
}

TEST_CASE("damaged packets are reported and never fatal", "[rtsp][session]") {
  script told;
  told.faults.broken = {4};
  scripted_camera camera{told};
  viewer view{camera.url()};
  for (std::uint8_t i = 0; i < 5; ++i) camera.send(keyframe_unit(i, 500));
  CHECK(view->wait_for_notice("damaged packet"));
  CHECK(view.stop().kind() == error_kind::end_of_stream);
}

TEST_CASE("the end of the connection in mid-packet is for another try", "[rtsp][session]") {
  script told;
  told.faults.cut_at = 4;
  scripted_camera camera{told};
  viewer view{camera.url()};
  for (std::uint8_t i = 0; i < 3; ++i) camera.send(keyframe_unit(i, 500));
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), "after RTP packet 103: the camera closed the connection"));
}

TEST_CASE("over UDP late packets are put in place, lost ones counted, strangers left out",
          "[rtsp][session][udp]") {
  script told;
  told.faults.late = {6};
  told.faults.doubled = {8};
  told.faults.lost = {10};
  told.faults.stranger_before = {12, 13};
  scripted_camera camera{told};
  viewer view{camera.url(), over(transport::udp)};
  // A keyframe takes five packets: the parameter sets, and three parts of the picture.
  for (std::uint8_t i = 0; i < 6; ++i) camera.send(keyframe_unit(i));
  REQUIRE(view->wait_for_units(6));
  (void)view.stop();
  const auto units = view->units();
  CHECK(bytes_of(units[1]) == keyframe_unit(1));
  CHECK(bytes_of(units[5]) == keyframe_unit(5));
  const auto counted = view.session().statistics();
  CHECK(counted.packets_lost == 1);
  CHECK(counted.packets_reordered == 1);
  CHECK(counted.packets_duplicate == 1);
  CHECK(camera.wait_until([&] { return camera.path_openers() == 1; }));
}

TEST_CASE("over UDP the end of the RTSP connection is for another try",
          "[rtsp][session][udp]") {
  scripted_camera camera;
  viewer view{camera.url(), over(transport::udp)};
  camera.send(keyframe_unit(1));
  REQUIRE(view->wait_for_units(1));
  camera.hang_up();
  CHECK(view.end().kind() == error_kind::retry);
}

TEST_CASE("UDP asked for and refused is named", "[rtsp][session][udp]") {
  script told;
  told.udp = udp_mode::refused;
  scripted_camera camera{told};
  viewer view{camera.url(), over(transport::udp)};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::unsupported);
  CHECK(contains(reason.message(), "try transport tcp"));
}

TEST_CASE("UDP that brings nothing is reported", "[rtsp][session][udp]") {
  script told;
  told.udp = udp_mode::silent;
  scripted_camera camera{told};
  auto options = over(transport::udp);
  options.udp_probe_time = 50ms;
  viewer view{camera.url(), options};
  CHECK(view->wait_for_notice("transport tcp passes it"));
}

TEST_CASE("automatic goes on over TCP when UDP is refused or brings nothing",
          "[rtsp][session][udp]") {
  script told;
  told.udp = GENERATE(udp_mode::refused, udp_mode::silent);
  scripted_camera camera{told};
  auto options = over(transport::automatic);
  options.udp_probe_time = 100ms;
  viewer view{camera.url(), options};
  REQUIRE(camera.wait_until([&] { return camera.connections() == 2; }));
  REQUIRE(camera.wait_until([&] {
    const auto plays = camera.requests("PLAY");
    return !plays.empty() && plays.back().connection == 1;
  }));
  camera.send(keyframe_unit(1));
  REQUIRE(view->wait_for_units(1));
  CHECK(view->infos()[0].transport == "tcp");
  CHECK(view->units()[0].sequence == 0);
  CHECK(view->count_notices("UDP failed") == 1);
  CHECK(camera.requests("TEARDOWN").size() == (told.udp == udp_mode::silent ? 1 : 0));
}

TEST_CASE("a receive buffer that the kernel cuts is reported once a process",
          "[rtsp][session]") {
  scripted_camera camera;
  rtsp::io_pool pool{1};
  auto options = over(GENERATE(transport::tcp, transport::udp));
  options.receive_buffer_bytes = 1 << 30;
  auto heard = std::make_shared<collector>();
  for (int i = 0; i < 2; ++i) {
    heard = std::make_shared<collector>();
    const auto session =
        rtsp::make_session(pool, *camera_url::parse(camera.url()), options, heard);
    session->start();
    REQUIRE(camera.wait_for("PLAY", static_cast<std::size_t>(i) + 1));
    session->stop();
    REQUIRE(heard->wait_for_end());
    CHECK(heard->count_notices("sysctl -w net.core.rmem_max=1073741824") == (i == 0 ? 1 : 0));
  }
  CHECK_FALSE(pool.claim_buffer_notice());
}

TEST_CASE("faults in swarms are worded at most once a second, with their number",
          "[rtsp][pipeline]") {
  rtsp::fault_digest digest;
  const error fault{error_kind::corrupt, "packet 7 is short"};
  const mono_time start{1h};
  CHECK(digest.add(start, fault) == "a damaged packet: packet 7 is short");
  CHECK_FALSE(digest.due(start + 2s));
  CHECK_FALSE(digest.add(start + 100ms, fault));
  CHECK_FALSE(digest.add(start + 200ms, fault));
  CHECK_FALSE(digest.due(start + 999ms));
  CHECK(digest.due(start + 1s) == "2 damaged packets, the latest: packet 7 is short");
}
