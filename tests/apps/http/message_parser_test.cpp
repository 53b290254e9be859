#include "apps/camherd/http/message_parser.hpp"

#include "tests/support/catch.hpp"

using namespace camherd::http;
using progress = message_parser::progress;

namespace {

struct outcome {
  progress end = progress::head;
  unsigned status = 0;  // of a failure
  request_head head;
  std::string body;
  std::string rest;  // not taken

  friend bool operator==(const outcome& a, const outcome& b) {
    return a.end == b.end && a.status == b.status && a.head.target == b.head.target &&
           a.head.fields == b.head.fields && a.body == b.body;
  }
};

/// Feeds `text` in portions of `portion` bytes.
outcome parse(std::string_view text, std::size_t portion = SIZE_MAX,
              const limits& bounds = {}) {
  message_parser parser{bounds};
  outcome seen;
  std::string waiting;
  for (;;) {
    const auto before = parser.now();
    waiting.erase(0, parser.feed(waiting));
    if (parser.now() == progress::failed || parser.now() == progress::complete) break;
    if (parser.now() == progress::head_done && before != progress::head_done) continue;
    if (text.empty()) break;
    const auto size = std::min(portion, text.size());
    waiting += text.substr(0, size);
    text.remove_prefix(size);
  }
  seen.end = parser.now();
  if (seen.end == progress::failed) seen.status = parser.failure().status;
  seen.head = parser.head();
  if (seen.end == progress::complete) seen.body = parser.take_body();
  seen.rest = waiting + std::string{text};
  return seen;
}

unsigned refused(std::string_view fields) {
  const auto seen = parse("POST / HTTP/1.1\r\nHost: h\r\n" + std::string{fields} +
                          "\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
  return seen.end == progress::failed ? seen.status : 0;
}

}  // namespace

TEST_CASE("a chunked body that is empty may come in any portions", "[http][parser]") {
  for (const std::size_t portion : {1, 2, 3, 4, 5, 6}) {
    INFO(portion);
    const auto seen = parse(
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", portion);
    CHECK(seen.end == progress::complete);
    CHECK(seen.body.empty());
  }
}

TEST_CASE("a request without a body is complete with its head", "[http][parser]") {
  const auto seen =
      parse("GET /a?b HTTP/1.1\r\nHost: h\r\nX-Some-Thing:  with blanks \r\n\r\n");
  REQUIRE(seen.end == progress::complete);
  CHECK(seen.head.method == "GET");
  CHECK(seen.head.target == "/a?b");
  CHECK(seen.head.keep_alive);
  CHECK_FALSE(seen.head.has_body);
  CHECK(seen.head.fields == std::vector<field>{{"host", "h"}, {"x-some-thing", "with blanks"}});
}

TEST_CASE("a body comes by its length or in chunks", "[http][parser]") {
  CHECK(parse("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello").body == "hello");
  CHECK(parse("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
              "2;ext=\"1\"\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: x\r\n\r\n")
            .body == "hello");
  const auto empty = parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  CHECK(empty.end == progress::complete);
  CHECK_FALSE(empty.head.has_body);
}

TEST_CASE("however a request is cut into portions, it means the same", "[http][parser]") {
  for (const std::string text :
       {"\r\n\r\nPOST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        "1\r\nd\r\n0\r\n\r\n",
        "PUT /x HTTP/1.0\r\nContent-Length: 10\r\n\r\n0123456789",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0",
        "nonsense\r\n\r\n", "GET / HTTP/3.0\r\n\r\n"}) {
    INFO(text);
    const auto whole = parse(text);
    CHECK(whole.end != progress::head);
    for (const std::size_t portion : {1, 2, 3, 7}) CHECK(parse(text, portion) == whole);
  }
}

TEST_CASE("what follows a request is left for the next one", "[http][parser]") {
  const auto seen = parse("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxyGET /b");
  CHECK(seen.body == "xy");
  CHECK(seen.rest == "GET /b");
}

TEST_CASE("a request whose end is ambiguous is refused", "[http][parser][hostile]") {
  CHECK(refused("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") == 400);
  CHECK(refused("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") == 400);
  CHECK(refused("Content-Length: 5\r\nContent-Length: 6\r\n") == 400);
  CHECK(refused("Content-Length: 5\r\nContent-Length: 5\r\n") == 400);
  CHECK(refused("Content-Length: 5, 5\r\n") == 400);
  CHECK(refused("Content-Length: +5\r\n") == 400);
  CHECK(refused("Content-Length: -1\r\n") == 400);
  CHECK(refused("Content-Length: 0x5\r\n") == 400);
  CHECK(refused("Content-Length: 99999999999999999999\r\n") == 400);
  CHECK(refused("Content-Length:\r\n") == 400);
  CHECK(refused("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") == 400);
  CHECK(refused("Transfer-Encoding: gzip, chunked\r\n") == 400);
  CHECK(refused("Transfer-Encoding: chunked, identity\r\n") == 400);
  CHECK(refused("Transfer-Encoding: xchunked\r\n") == 400);
  CHECK(refused("Transfer-Encoding : chunked\r\n") == 400);
  CHECK(refused("Transfer-Encoding:\x0b"
                "chunked\r\n") == 400);
  CHECK(parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").status == 400);
}

TEST_CASE("a request names one host", "[http][parser][hostile]") {
  CHECK(refused("Host: other\r\n") == 400);
  CHECK(parse("GET / HTTP/1.1\r\n\r\n").status == 400);
  CHECK(parse("GET / HTTP/1.0\r\n\r\n").end == progress::complete);
}

TEST_CASE("bytes that cannot become a request are refused at once", "[http][parser][hostile]") {
  CHECK(parse("\x16\x03\x01\x02").status == 400);  // TLS
  CHECK(parse(std::string(1, '\0')).status == 400);
  CHECK(parse("GET / HTTP/2.0\r\n\r\n").status == 505);
  CHECK(parse("GET / HTTP/1.1\nHost: h\n\nGET").end != progress::complete);
  CHECK(parse("GET  / HTTP/1.1\r\nHost: h\r\n\r\n").status == 400);
  CHECK(parse("GET / HTTP/1.1\r\nHost: h\r\nbad name: x\r\n\r\n").status == 400);
  CHECK(parse("GET / HTTP/1.1\r\nHost: h\r\nX: a\x01z\r\n\r\n").status == 400);
  CHECK(parse("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status == 505);
}

TEST_CASE("a header is bounded in bytes and in fields", "[http][parser][hostile]") {
  limits bounds;
  bounds.header_bytes = 1024;
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (const std::size_t portion : {std::size_t{1}, std::size_t{100}, SIZE_MAX}) {
    INFO(portion);
    CHECK(parse(start + "X: " + std::string(2000, 'x') + "\r\n\r\n", portion, bounds).status ==
          431);
    std::string many = start;
    for (int i = 0; i < 90; ++i) many += "X" + std::to_string(i) + ": 0123456789\r\n";
    CHECK(parse(many + "\r\n", portion, bounds).status == 431);
    CHECK(parse("GET /" + std::string(2000, 'x'), portion, bounds).status == 431);
    CHECK(parse(std::string(2000, '\n'), portion, bounds).status == 431);
  }
  bounds = {};
  bounds.header_fields = 3;
  CHECK(parse(start + "A: 1\r\nB: 2\r\n\r\n", SIZE_MAX, bounds).end == progress::complete);
  CHECK(parse(start + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n", SIZE_MAX, bounds).status == 431);
}

TEST_CASE("a body is bounded, however it comes", "[http][parser][hostile]") {
  limits bounds;
  bounds.body_bytes = 10;
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  CHECK(parse(start + "Content-Length: 10\r\n\r\n0123456789", 1, bounds).body.size() == 10);
  CHECK(parse(start + "Content-Length: 11\r\n\r\n", 1, bounds).status == 413);
  const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n";
  CHECK(parse(chunked + "6\r\n012345\r\n4\r\n6789\r\n0\r\n\r\n", 1, bounds).body.size() == 10);
  CHECK(parse(chunked + "6\r\n012345\r\n6\r\n678901\r\n0\r\n\r\n", 1, bounds).status == 413);
  CHECK(parse(chunked + "FFFFFFFF\r\n", 1, bounds).status == 413);
  CHECK(parse(chunked + "FFFFFFFFFFFFFFFFF\r\n", 1, bounds).end == progress::failed);
}

TEST_CASE("an endless extension of a chunk is refused", "[http][parser][hostile]") {
  const std::string text =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;x=" +
      std::string(40000, 'x');
  CHECK(parse(text, 1000).status == 400);
}

TEST_CASE("a client may ask before it sends a body", "[http][parser]") {
  const auto start = std::string{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"};
  CHECK(parse(start + "Expect: 100-continue\r\n\r\nxy").head.expects_continue);
  CHECK(parse(start + "Expect: miracle\r\n\r\nxy").status == 417);
}
