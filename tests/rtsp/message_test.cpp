#include "core/rtsp/message.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fixtures.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace camherd::rtsp {
namespace {

using namespace std::string_literals;

void push(stream_parser& parser, std::string_view bytes) {
  const auto room = parser.prepare(bytes.size());
  REQUIRE(room.size() >= bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  parser.commit(bytes.size());
}

std::string text_of(const stream_parser::item& item) {
  std::string text;
  const auto add_fields = [&](const header_list& headers) {
    for (const auto& field : headers.fields()) text += "|" + field.name + "=" + field.value;
  };
  if (const auto* answer = std::get_if<response>(&item)) {
    text = std::to_string(answer->status) + " " + answer->reason;
    add_fields(answer->headers);
    text += "|" + answer->body + (answer->body_cut_short ? "|cut" : "");
  } else if (const auto* asked = std::get_if<request>(&item)) {
    text = asked->method + " " + asked->uri;
    add_fields(asked->headers);
    text += "|" + asked->body;
  } else {
    const auto& packet = std::get<interleaved_packet>(item);
    text = "$" + std::to_string(packet.channel) + " ";
    text.append(packet.payload.begin(), packet.payload.end());
  }
  return text;
}

struct outcome {
  std::vector<std::string> items;
  std::string error;
  std::uint64_t garbage = 0;
  std::size_t buffer = 0;
};

bool drain(stream_parser& parser, outcome& out) {
  for (;;) {
    const auto next = parser.next();
    if (!next) {
      out.error = next.error().message();
      return false;
    }
    if (!*next) return true;
    out.items.push_back(text_of(**next));
  }
}

// What the parser makes of `bytes` that come in reads of `read_size`.
outcome parse(std::string_view bytes, std::size_t read_size, message_limits limits = {}) {
  stream_parser parser{limits};
  outcome out;
  while (!bytes.empty()) {
    const auto size = std::min(read_size, bytes.size());
    push(parser, bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (!drain(parser, out)) break;
  }
  out.garbage = parser.garbage_bytes();
  out.buffer = parser.buffer_bytes();
  return out;
}

outcome parse(std::string_view bytes) {
  return parse(bytes, bytes.size());
}

// An RTP packet by its first byte, `size` bytes in all, in its interleaved frame.
std::string packet(char channel, std::size_t size, char fill = 'x') {
  std::string payload(size, fill);
  payload[0] = '\x80';
  return "$"s + channel + static_cast<char>(size >> 8) + static_cast<char>(size & 255) +
         payload;
}

const std::string ok = "RTSP/1.0 200 OK\r\nCSeq: 7\r\n\r\n";

response response_of(std::string_view bytes) {
  stream_parser parser;
  push(parser, bytes);
  auto next = parser.next();
  REQUIRE(next);
  REQUIRE(*next);
  REQUIRE(std::holds_alternative<response>(**next));
  return std::get<response>(**next);
}

std::string error_of(std::string_view bytes, message_limits limits = {}) {
  const auto out = parse(bytes, bytes.size(), limits);
  CHECK_FALSE(out.error.empty());
  return out.error;
}

}  // namespace

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

TEST_CASE("a response is read", "[rtsp][message]") {
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

TEST_CASE("status lines of cameras are understood", "[rtsp][message]") {
  CHECK(parse("RTSP/1.0 404\r\n\r\n").items == std::vector<std::string>{"404 |"});
  CHECK(parse("RTSP/1.0 404 \r\n\r\n").items == std::vector<std::string>{"404 |"});
  CHECK(parse("rtsp/1.0  454   Session: not  found, sorry\n\n").items ==
        std::vector<std::string>{"454 Session: not  found, sorry|"});
  CHECK(parse("RTSP/2.0 551 \x1b[31mred\x07\r\n\r\n").items ==
        std::vector<std::string>{"551 ?[31mred?|"});
}

TEST_CASE("header fields of cameras are understood", "[rtsp][message]") {
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

TEST_CASE("a CSeq that is no number is no CSeq", "[rtsp][message]") {
  CHECK_FALSE(response_of("RTSP/1.0 200 OK\r\nCSeq: x\r\n\r\n").cseq);
  CHECK_FALSE(response_of("RTSP/1.0 200 OK\r\nCSeq: 99999999999\r\n\r\n").cseq);
  CHECK_FALSE(response_of("RTSP/1.0 200 OK\r\n\r\n").cseq);
}

TEST_CASE("requests of the server are read", "[rtsp][message]") {
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

TEST_CASE("interleaved packets point into the buffer", "[rtsp][message]") {
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

TEST_CASE("packets may be empty, largest, and on any channel", "[rtsp][message]") {
  const auto out = parse("$\x00\x00\x00"s + packet('\xff', 65535) + ok);
  REQUIRE(out.items.size() == 3);
  CHECK(out.items[0] == "$0 ");
  CHECK(out.items[1].size() == 5 + 65535);
  CHECK(out.items[2] == "200 OK|CSeq=7|");
  CHECK(out.garbage == 0);
}

TEST_CASE("items are the same however the stream is cut", "[rtsp][message]") {
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

TEST_CASE("empty lines between items are no garbage", "[rtsp][message]") {
  const auto out = parse("\r\n\r\n" + ok + "\r\n\n\r\n" + packet(0, 20) + "\r\n" + ok);
  CHECK(out.items.size() == 3);
  CHECK(out.garbage == 0);
}

TEST_CASE("garbage is skipped and counted", "[rtsp][message]") {
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

TEST_CASE("after garbage a dollar sign that is no packet is not believed", "[rtsp][message]") {
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

TEST_CASE("after garbage a packet waits until something confirms it", "[rtsp][message]") {
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

TEST_CASE("a message confirms the packet before it", "[rtsp][message]") {
  CHECK(parse("?" + packet(0, 100) + ok).items.size() == 2);
  CHECK(parse("?" + packet(0, 100) + "OPTIONS * RTSP/1.0\r\n\r\n").items.size() == 2);
}

TEST_CASE("too much garbage ends the connection", "[rtsp][message]") {
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

TEST_CASE("an error names the byte and comes again", "[rtsp][message]") {
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

TEST_CASE("malformed status lines are refused", "[rtsp][message]") {
  CHECK(error_of("RTSP/1.0 OK\r\n\r\n").find("without version and status") !=
        std::string::npos);
  CHECK(error_of("RTSP/x\r\n\r\n").find("without version and status") != std::string::npos);
  CHECK(error_of("RTSP/1.0 2000\r\n\r\n").find("three digits") != std::string::npos);
  CHECK(error_of("RTSP/1.0 020 OK\r\n\r\n").find("three digits") != std::string::npos);
  error_of("RTSP/1.0" + std::string(1000, ' ') + "200 OK\r\n\r\n");
}

TEST_CASE("a peer that speaks another protocol is named", "[rtsp][message]") {
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

TEST_CASE("headers have limits", "[rtsp][message]") {
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

TEST_CASE("a Content-Length that is no length is refused", "[rtsp][message]") {
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

TEST_CASE("a Content-Length too large ends where the next item begins", "[rtsp][message]") {
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

TEST_CASE("a Content-Length a little too large does not eat the next item", "[rtsp][message]") {
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

TEST_CASE("a body that is no text is believed", "[rtsp][message]") {
  const auto body = "ab\nRTSP/1.0 200 OK\n$\x01\x00\x00"s;
  const auto head =
      "RTSP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n";
  CHECK(response_of(head + body).body == body);
}

TEST_CASE("a Content-Length too small leaves the rest as garbage", "[rtsp][message]") {
  const auto out = parse(
      "RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\n"
      "v=0\r\nm=audio 0 RTP/AVP 0\r\na=control:x\r\n" +
      ok);
  REQUIRE(out.items.size() == 2);
  CHECK(out.items[0].ends_with("|v=0\r\n"));
  CHECK(out.garbage == 34);
}

TEST_CASE("an incomplete body can be taken when nothing more comes", "[rtsp][message]") {
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
          "[rtsp][message]") {
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

TEST_CASE("a message without a Content-Length has no body", "[rtsp][message]") {
  CHECK(parse("RTSP/1.0 200 OK\r\nContent-Type: text/parameters\r\n\r\n" + ok).items.size() ==
        2);
  CHECK(parse("ANNOUNCE rtsp://h RTSP/1.0\r\nContent-Type: application/sdp\r\n\r\n" + ok)
            .items.size() == 2);
}

TEST_CASE("a request with an incomplete body is not taken for a response", "[rtsp][message]") {
  stream_parser parser;
  push(parser, "ANNOUNCE rtsp://h RTSP/1.0\r\nContent-Length: 9\r\n\r\nabc");
  REQUIRE(parser.next());
  CHECK_FALSE(parser.awaits_response_body());
  CHECK_FALSE(parser.take_incomplete_response());
}

TEST_CASE("bodies of unknown length have a limit", "[rtsp][message]") {
  message_limits limits;
  limits.max_body_bytes = 1000;
  const auto out =
      parse("RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\n\r\n" + std::string(2000, 'x'),
            100, limits);
  CHECK(out.error.find("over the limit of 1000 bytes") != std::string::npos);
}

TEST_CASE("the buffer stays small however much passes through it", "[rtsp][message]") {
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

TEST_CASE("a long header in small pieces does not take quadratic time", "[rtsp][message]") {
  message_limits limits;
  limits.max_header_bytes = 4 * 1024 * 1024;
  limits.max_header_fields = 10;
  const auto out =
      parse("RTSP/1.0 200 OK\r\nX: " + std::string(2'000'000, 'x') + "\r\n\r\n", 2, limits);
  CHECK(out.items.size() == 1);
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

TEST_CASE("answers of real cameras are read", "[rtsp][message][fixtures]") {
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

TEST_CASE("a recorded interleaved stream is cut without garbage", "[rtsp][message][fixtures]") {
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
