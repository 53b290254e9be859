#include "core/rtsp/message.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <vector>

namespace camherd::rtsp {

using namespace std::string_literals;

TEST_CASE("a request is serialized with its CSeq and its length", "[rtsp][message]") {
  request asked;
  asked.method = "DESCRIBE";
  asked.uri = "rtsp://h/x?a=b";
  asked.headers.add("Accept", "application/sdp");
  CHECK(asked.serialize(3) ==
        "DESCRIBE rtsp://h/x?a=b RTSP/1.0\r\nCSeq: 3\r\nAccept: application/sdp\r\n\r\n");
  asked.body = "abc";
  CHECK(asked.serialize(4) ==
        "DESCRIBE rtsp://h/x?a=b RTSP/1.0\r\nCSeq: 4\r\nAccept: application/sdp\r\n"
        "Content-Length: 3\r\n\r\nabc");
}

TEST_CASE("no value can smuggle a line into a message", "[rtsp][message]") {
  request asked;
  asked.method = "OPTIONS";
  asked.uri = "rtsp://h/\r\nA: b";
  asked.headers.add("X", "y\nTeardown: z\0"s);
  CHECK(asked.serialize(1) ==
        "OPTIONS rtsp://h/??A: b RTSP/1.0\r\nCSeq: 1\r\nX: y?Teardown: z?\r\n\r\n");
}

TEST_CASE("a request of the server can be answered", "[rtsp][message]") {
  response answer;
  answer.status = 200;
  answer.reason = "OK";
  answer.cseq = 12;
  CHECK(answer.serialize() == "RTSP/1.0 200 OK\r\nCSeq: 12\r\n\r\n");
}

TEST_CASE("header fields are found whatever their case", "[rtsp][message]") {
  header_list headers;
  headers.add("WWW-Authenticate", "Basic");
  headers.add("Www-authenticate", "Digest");
  CHECK(headers.find("www-AUTHENTICATE") == "Basic");
  CHECK(headers.find_all("WWW-Authenticate") ==
        std::vector<std::string_view>{"Basic", "Digest"});
  CHECK_FALSE(headers.find("WWW"));
}

TEST_CASE("Transport headers of cameras are read", "[rtsp][message]") {
  const auto hikvision =
      parse_transport("RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=4cacc3d1;mode=\"play\"");
  REQUIRE(hikvision);
  CHECK(hikvision->tcp);
  CHECK(hikvision->interleaved_rtp == 0);
  CHECK(hikvision->interleaved_rtcp == 1);
  CHECK(hikvision->ssrc == 0x4cacc3d1U);

  const auto udp = parse_transport(
      "rtp/avp;UNICAST; Client_Port = 5000-5001 ; Server_Port=6970 - 6971;"
      "destination=10.0.0.1;source=10.0.0.2;ssrc= 0xd6d6627");
  REQUIRE(udp);
  CHECK_FALSE(udp->tcp);
  CHECK(udp->server_rtp_port == 6970);
  CHECK(udp->server_rtcp_port == 6971);
  CHECK(udp->source == "10.0.0.2");
  CHECK(udp->ssrc == 0xd6d6627U);

  const auto list = parse_transport("RTP/AVP/TCP;interleaved=4;mode=\"PLAY,x\",RTP/AVP;a=b");
  REQUIRE(list);
  CHECK(list->interleaved_rtp == 4);
  CHECK_FALSE(list->interleaved_rtcp);
  const auto bare = parse_transport(";;interleaved=2-3;;");
  REQUIRE(bare);
  CHECK(bare->tcp);
  CHECK(bare->interleaved_rtp == 2);
}

TEST_CASE("what a Transport header gets wrong is left out", "[rtsp][message]") {
  const auto odd = parse_transport(
      "RTP/AVP/TCP;unicast;interleaved=256-257;ssrc=123456789;server_port=70000;source=");
  REQUIRE(odd);
  CHECK(odd->tcp);
  CHECK_FALSE(odd->interleaved_rtp);
  CHECK_FALSE(odd->ssrc);
  CHECK_FALSE(odd->server_rtp_port);
  CHECK_FALSE(odd->source);
  for (const auto* text : {"", ";", "unicast", "x\x1b=y"}) {
    const auto nothing = parse_transport(text);
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().kind() == error_kind::corrupt);
    CHECK(nothing.error().message().find('\x1b') == std::string::npos);
  }
}

TEST_CASE("Session headers of cameras are read", "[rtsp][message]") {
  const auto timeout_of = [](std::string_view text) {
    const auto session = parse_session(text);
    REQUIRE(session);
    CHECK(session->id == "9a90");
    return session->timeout_seconds;
  };
  CHECK(timeout_of("9a90") == 60);
  CHECK(timeout_of("  9a90  ;") == 60);
  CHECK(timeout_of("9a90;timeout=120") == 120);
  CHECK(timeout_of("9a90 ; Timeout = 30 ; x=y") == 30);
  CHECK(timeout_of("9a90;x;timeout=\"15\"") == 15);
  for (const auto* nonsense : {"0", "-5", "abc", "", "99999999999"}) {
    CHECK(timeout_of("9a90;timeout="s + nonsense) == 60);
  }
  for (const auto* text : {"", "  ", ";timeout=60"}) {
    const auto none = parse_session(text);
    REQUIRE_FALSE(none);
    CHECK(none.error().kind() == error_kind::corrupt);
  }
}

TEST_CASE("RTP-Info headers of cameras are read", "[rtsp][message]") {
  const auto entries = parse_rtp_info(
      "url=trackID=1;seq=16852;rtptime=1070938629;ssrc=dcc4a0d8, "
      "URL = rtsp://h/a,b;c=d?url=x&y=z ; Seq = 3,url=\"rtsp://h/q\";rtptime=0;seq=65536");
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].url == "trackID=1");
  CHECK(entries[0].sequence == 16852);
  CHECK(entries[0].rtp_time == 1070938629U);
  CHECK(entries[1].url == "rtsp://h/a,b;c=d?url=x&y=z");
  CHECK(entries[1].sequence == 3);
  CHECK_FALSE(entries[1].rtp_time);
  CHECK(entries[2].url == "rtsp://h/q");
  CHECK_FALSE(entries[2].sequence);
  CHECK(entries[2].rtp_time == 0U);
}

TEST_CASE("RTP-Info without a URL still tells its numbers", "[rtsp][message]") {
  const auto entries = parse_rtp_info("seq=5;rtptime=6");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].url.empty());
  CHECK(entries[0].sequence == 5);
  CHECK(entries[0].rtp_time == 6U);
  CHECK(parse_rtp_info("").empty());
  CHECK(parse_rtp_info(",;,").empty());
  CHECK(parse_rtp_info("nonsense").empty());
  CHECK(parse_rtp_info("url=;rtptime=4294967296").empty());
}

}  // namespace camherd::rtsp
