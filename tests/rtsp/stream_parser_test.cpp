#include "tests/rtsp/stream_parser_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixtures.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace camherd::rtsp {

TEST_CASE("a response is read", "[rtsp][stream_parser]") {
  const auto answer = response_of(
      "RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 5\r\nServer: x y\r\n\r\nv=0\r\n");
  CHECK(answer.status == 200);
  CHECK(answer.ok());
  CHECK(answer.reason == "OK");
  CHECK(answer.cseq == 3U);
  CHECK(answer.headers.find("server") == "x y");
  CHECK(answer.body == "v=0\r\n");
  CHECK_FALSE(answer.body_cut_short);
}

TEST_CASE("status lines of cameras are understood", "[rtsp][stream_parser]") {
  CHECK(parse("RTSP/1.0 404\r\n\r\n").items == std::vector<std::string>{"404 |"});
  CHECK(parse("RTSP/1.0 404 \r\n\r\n").items == std::vector<std::string>{"404 |"});
  CHECK(parse("rtsp/1.0  454   Session: not  found, sorry\n\n").items ==
        std::vector<std::string>{"454 Session: not  found, sorry|"});
  CHECK(parse("RTSP/2.0 551 \x1b[31mred\x07\r\n\r\n").items ==
        std::vector<std::string>{"551 ?[31mred?|"});
}

TEST_CASE("header fields of cameras are understood", "[rtsp][stream_parser]") {
  const auto answer = response_of(
      "RTSP/1.0 200 OK\nCSeq:1 \nNo colon here\n: no name\nSession : \t  42;timeout=60\n"
      "Folded: a\n  b\r\n\tc\n continued\nEmpty:\nEscape: a\x1b[0m\x01\nLast: \xc3\xa4\n\n");
  CHECK(answer.cseq == 1U);
  CHECK(answer.headers.find("Session") == "42;timeout=60");
  CHECK(answer.headers.find("Folded") == "a b c continued");
  CHECK(answer.headers.find("Empty") == "");
  CHECK(answer.headers.find("Escape") == "a?[0m?");
  CHECK(answer.headers.find("Last") == "\xc3\xa4");
  CHECK(answer.headers.fields().size() == 6);
}

TEST_CASE("a CSeq that is no number is no CSeq", "[rtsp][stream_parser]") {
  CHECK_FALSE(response_of("RTSP/1.0 200 OK\r\nCSeq: x\r\n\r\n").cseq);
  CHECK_FALSE(response_of("RTSP/1.0 200 OK\r\nCSeq: 99999999999\r\n\r\n").cseq);
  CHECK_FALSE(response_of("RTSP/1.0 200 OK\r\n\r\n").cseq);
}

TEST_CASE("requests of the server are read", "[rtsp][stream_parser]") {
  stream_parser parser;
  push(parser,
       "ANNOUNCE rtsp://h/x RTSP/1.0\r\nCSeq: 9\r\nContent-Length: 3\r\n\r\nv=0"
       "options * RTSP/1.0\r\nCSeq: 10\r\n\r\n");
  auto first = parser.next();
  REQUIRE(first);
  REQUIRE(*first);
  const auto announce = std::get<request>(**first);
  CHECK(announce.method == "ANNOUNCE");
  CHECK(announce.uri == "rtsp://h/x");
  CHECK(announce.cseq == 9U);
  CHECK(announce.body == "v=0");
  auto second = parser.next();
  REQUIRE(second);
  REQUIRE(*second);
  CHECK(std::get<request>(**second).method == "OPTIONS");
  CHECK(std::get<request>(**second).uri == "*");
}

TEST_CASE("interleaved packets point into the buffer", "[rtsp][stream_parser]") {
  stream_parser parser;
  const auto bytes = packet(1, 40, 'a');
  const auto room = parser.prepare(bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  parser.commit(bytes.size());
  const auto next = parser.next();
  REQUIRE(next);
  REQUIRE(*next);
  const auto& item = std::get<interleaved_packet>(**next);
  CHECK(item.channel == 1);
  CHECK(item.payload.size() == 40);
  CHECK(item.payload.data() == room.data() + 4);
}

TEST_CASE("packets may be empty, largest, and on any channel", "[rtsp][stream_parser]") {
  const auto out = parse("$\x00\x00\x00"s + packet('\xff', 65535) + ok);
  REQUIRE(out.items.size() == 3);
  CHECK(out.items[0] == "$0 ");
  CHECK(out.items[1].size() == 5 + 65535);
  CHECK(out.items[2] == "200 OK|CSeq=7|");
  CHECK(out.garbage == 0);
}

TEST_CASE("items are the same however the stream is cut", "[rtsp][stream_parser]") {
  const auto stream =
      "\r\n\n" + ok + packet(0, 300, '$') + packet(1, 28) + "\r\n" +
      "RTSP/1.0 200 OK\nContent-Type: application/sdp\nContent-Length: 30\n\nv=0\nm=video 0" +
      "\nRTSP/1.0 454 Gone\r\nX: a\r\n b\r\n\r\n" + "garbage $\x01\x02 more garbage\r\n"s +
      packet(2, 100) + packet(3, 100) + "\x00\x01\x02$RTSP/RTSP/1.0 x"s + packet(0, 12) +
      "GET_PARAMETER rtsp://h RTSP/1.0\r\nContent-Length: 4\r\n\r\nping" + "a=rest\r\n" + ok;
  const auto whole = parse(stream);
  CHECK(whole.error.empty());
  CHECK(whole.items.size() == 10);
  CHECK(whole.garbage == 53);
  for (std::size_t size = 1; size < 400; ++size) {
    const auto cut = parse(stream, size);
    INFO("reads of " << size);
    REQUIRE(cut.items == whole.items);
    REQUIRE(cut.garbage == whole.garbage);
  }
}

TEST_CASE("empty lines between items are no garbage", "[rtsp][stream_parser]") {
  const auto out = parse("\r\n\r\n" + ok + "\r\n\n\r\n" + packet(0, 20) + "\r\n" + ok);
  CHECK(out.items.size() == 3);
  CHECK(out.garbage == 0);
}

TEST_CASE("garbage is skipped and counted", "[rtsp][stream_parser]") {
  for (const auto& junk :
       {"junk"s, "\x00\xff\x00"s, "PLAYER ONE"s, "RTS"s, "a=control:$\x01\r\n"s}) {
    const auto before_answer = parse(ok + junk + ok);
    INFO(junk);
    CHECK(before_answer.items.size() == 2);
    CHECK(before_answer.garbage == junk.size());
    const auto before_packet = parse(ok + junk + packet(0, 20) + packet(1, 20) + ok);
    CHECK(before_packet.items.size() == 4);
    CHECK(before_packet.garbage == junk.size());
  }
}

TEST_CASE("after garbage a dollar sign that is no packet is not believed",
          "[rtsp][stream_parser]") {
  const auto real = packet(0, 30) + packet(0, 31);
  const auto expected = parse(real + ok).items;
  const std::vector<std::string> decoys{
      "!$\x40\x00\x10"s,                     // a channel nobody uses
      "!$\x00\x00\x04\x80"s,                 // shorter than any RTCP packet
      "!$\x00\x00\x14\x12"s,                 // not version 2
      "!$\x00\x00\x14\x80 no item follows",  // length leads nowhere
      "!$\x00\x00\x0c\x80___________$\x77"s  // length leads to no packet either
  };
  for (const auto& decoy : decoys) {
    INFO(decoy);
    const auto out = parse(decoy + real + ok);
    CHECK(out.items == expected);
    CHECK(out.garbage == decoy.size());
  }
}

TEST_CASE("after garbage a packet waits until something confirms it", "[rtsp][stream_parser]") {
  stream_parser parser;
  outcome out;
  push(parser, "??" + packet(0, 100, 'a'));
  REQUIRE(drain(parser, out));
  CHECK(out.items.empty());
  push(parser, "$");
  REQUIRE(drain(parser, out));
  CHECK(out.items.empty());
  push(parser, "\x01");
  REQUIRE(drain(parser, out));
  CHECK(out.items.size() == 1);
}

TEST_CASE("garbage behind a packet is seen as soon as it is there", "[rtsp][stream_parser]") {
  const auto seen = [](const std::string& behind) {
    stream_parser parser;
    push(parser, packet(0, 100) + behind);
    REQUIRE(parser.next());
    return parser.garbage_follows();
  };
  CHECK(seen("\x01"));
  CHECK(seen("\r\n??"));
  CHECK(seen("ROGUE"));
  CHECK_FALSE(seen(""));
  CHECK_FALSE(seen("\r\n"));
  CHECK_FALSE(seen("$"));
  CHECK_FALSE(seen("RT"));
  CHECK_FALSE(seen(ok));
}

TEST_CASE("a message confirms the packet before it", "[rtsp][stream_parser]") {
  CHECK(parse("?" + packet(0, 100) + ok).items.size() == 2);
  CHECK(parse("?" + packet(0, 100) + "OPTIONS * RTSP/1.0\r\n\r\n").items.size() == 2);
}

TEST_CASE("too much garbage ends the connection", "[rtsp][stream_parser]") {
  message_limits limits;
  limits.max_garbage_bytes = 100;
  CHECK(parse(std::string(100, '!') + ok, 1000, limits).items.size() == 1);
  const auto out = parse(ok + std::string(101, '!') + ok, 1000, limits);
  CHECK(out.items.size() == 1);
  CHECK(out.error.find("more than 100 bytes in a row") != std::string::npos);
  CHECK(out.error.find("of the connection") != std::string::npos);
  const auto scattered = std::string(60, '!') + ok;
  CHECK(parse(scattered + scattered + scattered, 1000, limits).items.size() == 3);
}

TEST_CASE("an error names the byte and comes again", "[rtsp][stream_parser]") {
  stream_parser parser;
  outcome out;
  push(parser, ok + "RTSP/1.0 20 OK\r\n\r\n");
  CHECK_FALSE(drain(parser, out));
  CHECK(out.items.size() == 1);
  CHECK(out.error == "RTSP status line without a status of three digits, at byte " +
                         std::to_string(ok.size()) + " of the connection");
  push(parser, ok);
  const auto again = parser.next();
  REQUIRE_FALSE(again);
  CHECK(again.error().kind() == error_kind::corrupt);
  CHECK(again.error().message() == out.error);
}

TEST_CASE("malformed status lines are refused", "[rtsp][stream_parser]") {
  CHECK(error_of("RTSP/1.0 OK\r\n\r\n").find("without version and status") !=
        std::string::npos);
  CHECK(error_of("RTSP/x\r\n\r\n").find("without version and status") != std::string::npos);
  CHECK(error_of("RTSP/1.0 2000\r\n\r\n").find("three digits") != std::string::npos);
  CHECK(error_of("RTSP/1.0 020 OK\r\n\r\n").find("three digits") != std::string::npos);
  error_of("RTSP/1.0" + std::string(1000, ' ') + "200 OK\r\n\r\n");
}

TEST_CASE("a peer that speaks another protocol is named", "[rtsp][stream_parser]") {
  for (const auto& [bytes, name] : {std::pair{"HTTP/1.1 400 Bad Request\r\n\r\n"s, "HTTP"s},
                                    std::pair{"\x15\x03\x01\x00\x02\x02\x46"s, "TLS"s}}) {
    for (const std::size_t size : {std::size_t{1}, bytes.size()}) {
      CHECK(parse(bytes, size).error.find(name) != std::string::npos);
    }
    stream_parser parser;
    push(parser, bytes);
    const auto next = parser.next();
    REQUIRE_FALSE(next);
    CHECK(next.error().kind() == error_kind::unsupported);
    CHECK(parse(ok + bytes + ok).items.size() == 2);
  }
}

TEST_CASE("headers have limits", "[rtsp][stream_parser]") {
  message_limits limits;
  limits.max_header_bytes = 200;
  limits.max_header_fields = 3;
  const std::string endless = "RTSP/1.0 200 OK\r\nX: " + std::string(300, 'x');
  for (const std::size_t size : {std::size_t{1}, std::size_t{1000}}) {
    CHECK(parse(endless, size, limits).error.find("over the limit of 200 bytes") !=
          std::string::npos);
    CHECK(parse(endless + "\r\n\r\n", size, limits).error.find("over the limit of 200") !=
          std::string::npos);
  }
  CHECK(parse("RTSP/1.0 200 OK\r\na:1\r\nb:2\r\nc:3\r\n\r\n", 99, limits).items.size() == 1);
  CHECK(error_of("RTSP/1.0 200 OK\r\na:1\r\nb:2\r\nc:3\r\nd:4\r\n\r\n", limits)
            .find("more than 3 header fields") != std::string::npos);
}

TEST_CASE("the buffer stays small however much passes through it", "[rtsp][stream_parser]") {
  std::string stream;
  for (int i = 0; i < 2000; ++i) stream += packet(0, 1400);
  const auto small = parse(stream, 4096);
  CHECK(small.items.size() == 2000);
  CHECK(small.buffer <= 2 * (1404 + 4096));

  // The worst within the limits: a body of the largest size that never ends, byte by byte.
  const auto body =
      parse("RTSP/1.0 200 OK\r\nContent-Length: 262144\r\n\r\n" + std::string(262143, 'R'), 1);
  CHECK(body.error.empty());
  CHECK(body.buffer <= 2 * (262144 + 1));

  // Garbage that always looks as if a packet might begin.
  std::string decoys;
  for (int i = 0; i < 20000; ++i) decoys += "$\x00\xff\xff\x80"s;
  const auto garbage = parse("!" + decoys, 1500);
  CHECK(garbage.buffer <= 2 * (65535 + 100 + 1500));
}

TEST_CASE("a long header in small pieces does not take quadratic time",
          "[rtsp][stream_parser]") {
  message_limits limits;
  limits.max_header_bytes = 4 * 1024 * 1024;
  limits.max_header_fields = 10;
  const auto out =
      parse("RTSP/1.0 200 OK\r\nX: " + std::string(2'000'000, 'x') + "\r\n\r\n", 2, limits);
  CHECK(out.items.size() == 1);
}

TEST_CASE("answers of real cameras are read", "[rtsp][stream_parser][fixtures]") {
  using namespace camherd::testing;
  for (const auto* name : {"bunny_describe",
                           "bunny_play",
                           "bunny_setup",
                           "dahua_describe_h264_aac_onvif",
                           "dahua_describe_h265_pcma",
                           "dahua_options",
                           "dahua_play",
                           "dahua_setup",
                           "foscam_describe",
                           "gw_main_describe",
                           "gw_main_play",
                           "gw_main_setup_audio",
                           "gw_main_setup_video",
                           "hikvision_describe",
                           "hikvision_play",
                           "hikvision_setup",
                           "hikvision_setup_ssrc_space",
                           "longse_unauthorized",
                           "reolink_describe",
                           "reolink_describe_control_first",
                           "reolink_play",
                           "reolink_setup",
                           "reolink_teardown"}) {
    const auto text = read_fixture("camera-responses/"s + name + ".txt");
    if (!text) return;
    INFO(name);
    const auto out = parse(*text + ok);
    CHECK(out.error.empty());
    REQUIRE(out.items.size() == 2);
    CHECK(out.items[1] == "200 OK|CSeq=7|");
    CHECK(out.garbage == 0);
    CHECK(parse(*text + ok, 1).items == out.items);

    const auto answer = response_of(*text + ok);
    CHECK(answer.cseq);
    CHECK_FALSE(answer.body_cut_short);
    if (const auto transport = answer.headers.find("Transport")) {
      const auto parsed = parse_transport(*transport);
      REQUIRE(parsed);
      CHECK(parsed->tcp);
      CHECK(parsed->interleaved_rtp);
    }
    if (const auto session = answer.headers.find("Session")) CHECK(parse_session(*session));
    if (const auto info = answer.headers.find("RTP-Info")) {
      const auto entries = parse_rtp_info(*info);
      CHECK_FALSE(entries.empty());
      CHECK(std::all_of(entries.begin(), entries.end(), [](const rtp_info_entry& entry) {
        return !entry.url.empty() && entry.sequence && entry.rtp_time;
      }));
    }
  }
}

TEST_CASE("a recorded interleaved stream is cut without garbage",
          "[rtsp][stream_parser][fixtures]") {
  const auto bytes = testing::read_fixture("camera-responses/bunny.rtsp");
  if (!bytes) return;
  const auto whole = parse(*bytes);
  CHECK(whole.error.empty());
  CHECK(whole.garbage == 0);
  CHECK(whole.items.size() > 100);
  CHECK(parse(*bytes, 1).items == whole.items);
  CHECK(parse(*bytes, 1499).items == whole.items);

  // Joined in the middle of a packet, it loses no more than a few packets.
  const auto joined = parse(std::string_view{*bytes}.substr(300));
  CHECK(joined.error.empty());
  CHECK(joined.items.size() + 3 >= whole.items.size());
}

}  // namespace camherd::rtsp
