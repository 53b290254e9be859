#include "tests/rtsp/stream_parser_fixture.hpp"
#include "tests/support/catch.hpp"

#include <string>

namespace camherd::rtsp {

TEST_CASE("a Content-Length that is no length is refused", "[rtsp][message_body]") {
  const auto with = [](const std::string& lengths) {
    return "RTSP/1.0 200 OK\r\n" + lengths + "\r\nabcdefghi";
  };
  for (const auto* bad : {"-1", "x", "", "262145", "99999999999999999999999", "+3", "0x10"}) {
    INFO(bad);
    const auto out = parse(with("Content-Length: "s + bad + "\r\n"));
    if (bad == "0x10"s) {
      CHECK(out.items.front() == "200 OK|Content-Length=0x10|");
      continue;
    }
    CHECK(out.error.find("Content-Length") != std::string::npos);
  }
  CHECK(error_of(with("Content-Length: 3\r\nContent-Length: 4\r\n")).find("two different") !=
        std::string::npos);
  CHECK(parse(with("Content-Length: 9\r\nContent-length: 9\r\n")).error.empty());
  CHECK(response_of(with("Content-Length: 9 bytes\r\n")).body == "abcdefghi");
}

TEST_CASE("a Content-Length too large ends where the next item begins",
          "[rtsp][message_body]") {
  const std::string head =
      "RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: 200\r\n\r\n";
  const std::string sdp = "v=0\r\ns=RTSP/1.0 session at $5\r\nm=video 0 RTP/AVP 26\r\n";
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
    INFO("reads of " << size);
    const auto answer = parse(head + sdp + ok, size);
    REQUIRE(answer.items.size() == 2);
    CHECK(answer.items[0].find(sdp + "|cut") != std::string::npos);
    CHECK(answer.items[1] == "200 OK|CSeq=7|");
    const auto media = parse(head + sdp + packet(0, 50) + packet(0, 500), size);
    REQUIRE(media.items.size() == 3);
    CHECK(media.items[0].find(sdp + "|cut") != std::string::npos);
    CHECK(media.garbage == 0);
    CHECK(parse(head + ok, size).items.size() == 2);
  }
}

TEST_CASE("a Content-Length a little too large does not eat the next item",
          "[rtsp][message_body]") {
  const std::string sdp = "v=0\r\nm=video 0 RTP/AVP 26\r\n";
  for (std::size_t excess = 1; excess < 40; ++excess) {
    const auto head =
        "RTSP/1.0 200 OK\r\nContent-Length: " + std::to_string(sdp.size() + excess) +
        "\r\n\r\n";
    for (const std::size_t size : {std::size_t{1}, std::size_t{4096}}) {
      INFO(excess << " too many, reads of " << size);
      const auto out = parse(head + sdp + ok + packet(0, 20), size);
      REQUIRE(out.items.size() == 3);
      CHECK(out.items[1] == "200 OK|CSeq=7|");
      CHECK(parse(head + sdp + packet(0, 20) + packet(0, 20), size).items.size() == 3);
    }
  }
}

TEST_CASE("a body that is no text is believed", "[rtsp][message_body]") {
  const auto body = "ab\nRTSP/1.0 200 OK\n$\x01\x00\x00"s;
  const auto head =
      "RTSP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n";
  CHECK(response_of(head + body).body == body);
}

TEST_CASE("a Content-Length too small leaves the rest as garbage", "[rtsp][message_body]") {
  const auto out = parse(
      "RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\n"
      "v=0\r\nm=audio 0 RTP/AVP 0\r\na=control:x\r\n" +
      ok);
  REQUIRE(out.items.size() == 2);
  CHECK(out.items[0].ends_with("|v=0\r\n"));
  CHECK(out.garbage == 34);
}

TEST_CASE("an incomplete body can be taken when nothing more comes", "[rtsp][message_body]") {
  stream_parser parser;
  CHECK_FALSE(parser.awaits_response_body());
  CHECK_FALSE(parser.take_incomplete_response());
  push(parser, "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 100\r\n\r\nv=0\r\nm=x");
  auto next = parser.next();
  REQUIRE(next);
  CHECK_FALSE(*next);
  CHECK(parser.awaits_response_body());
  const auto answer = parser.take_incomplete_response();
  REQUIRE(answer);
  CHECK(answer->cseq == 2U);
  CHECK(answer->body == "v=0\r\nm=x");
  CHECK(answer->body_cut_short);
  CHECK_FALSE(parser.awaits_response_body());
  CHECK_FALSE(parser.take_incomplete_response());

  push(parser, "late rest of the body\r\n" + ok);
  next = parser.next();
  REQUIRE(next);
  REQUIRE(*next);
  CHECK(text_of(**next) == "200 OK|CSeq=7|");
  CHECK(parser.garbage_bytes() == 23);
}

TEST_CASE("an SDP without a Content-Length ends with the next item or by request",
          "[rtsp][message_body]") {
  const std::string describe =
      "RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\n";
  const auto out = parse(describe + ok);
  REQUIRE(out.items.size() == 2);
  CHECK(out.items[0].ends_with("|v=0\r\nm=video 0 RTP/AVP 26\r\n"));
  stream_parser parser;
  push(parser, describe);
  REQUIRE(parser.next());
  const auto answer = parser.take_incomplete_response();
  REQUIRE(answer);
  CHECK(answer->body == "v=0\r\nm=video 0 RTP/AVP 26\r\n");
  CHECK_FALSE(answer->body_cut_short);
}

TEST_CASE("a message without a Content-Length has no body", "[rtsp][message_body]") {
  CHECK(parse("RTSP/1.0 200 OK\r\nContent-Type: text/parameters\r\n\r\n" + ok).items.size() ==
        2);
  CHECK(parse("ANNOUNCE rtsp://h RTSP/1.0\r\nContent-Type: application/sdp\r\n\r\n" + ok)
            .items.size() == 2);
}

TEST_CASE("a request with an incomplete body is not taken for a response",
          "[rtsp][message_body]") {
  stream_parser parser;
  push(parser, "ANNOUNCE rtsp://h RTSP/1.0\r\nContent-Length: 9\r\n\r\nabc");
  REQUIRE(parser.next());
  CHECK_FALSE(parser.awaits_response_body());
  CHECK_FALSE(parser.take_incomplete_response());
}

TEST_CASE("bodies of unknown length have a limit", "[rtsp][message_body]") {
  message_limits limits;
  limits.max_body_bytes = 1000;
  const auto out =
      parse("RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\n\r\n" + std::string(2000, 'x'),
            100, limits);
  CHECK(out.error.find("over the limit of 1000 bytes") != std::string::npos);
}

}  // namespace camherd::rtsp
