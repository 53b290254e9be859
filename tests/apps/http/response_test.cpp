#include "apps/camherd/http/response.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace camherd;
using namespace camherd::http;

namespace {

bool has_line(const written_response& written, const std::string& line) {
  return written.head.find("\r\n" + line + "\r\n") != std::string::npos;
}

head_context to(std::string_view path) {
  head_context context;
  context.keep_alive = true;
  context.instance = path;
  return context;
}

}  // namespace

TEST_CASE("every answer carries the headers that keep browsers safe", "[http][response]") {
  for (const auto& answer : {response::json("{}"), refuse(404, "x"), response{}}) {
    const auto written = write_response(answer, {});
    CHECK(written.head.find("\r\nContent-Security-Policy: default-src 'self';") !=
          std::string::npos);
    CHECK(has_line(written, "X-Content-Type-Options: nosniff"));
    CHECK(has_line(written, "Referrer-Policy: same-origin"));
    CHECK(has_line(written, "Cross-Origin-Resource-Policy: same-origin"));
    CHECK(has_line(written, "Cache-Control: no-store"));
    CHECK(written.head.find("unsafe") == std::string::npos);
  }
}

TEST_CASE("an answer that says how it may be kept is believed", "[http][response]") {
  const auto written =
      write_response(response::text("x").with("cache-control", "no-cache"), {});
  CHECK(has_line(written, "cache-control: no-cache"));
  CHECK_FALSE(has_line(written, "Cache-Control: no-store"));
}

TEST_CASE("a problem says what RFC 9457 asks for", "[http][response]") {
  const auto written = write_response(refuse(409, "it exists already"), to("/api/v1/cameras"));
  CHECK(has_line(written, "Content-Type: application/problem+json"));
  const auto text = nlohmann::json::parse(written.content.bytes());
  CHECK(text == nlohmann::json{{"type", "about:blank"},
                               {"title", "Conflict"},
                               {"status", 409},
                               {"detail", "it exists already"},
                               {"instance", "/api/v1/cameras"}});
  CHECK(has_line(written, "Content-Length: " + std::to_string(written.content.size())));
}

TEST_CASE("a problem of its own type has its own title", "[http][response]") {
  const auto written =
      write_response(refuse(409, {"urn:camherd:in-file", "The camera is in the file", ""}), {});
  const auto text = nlohmann::json::parse(written.content.bytes());
  CHECK(text["type"] == "urn:camherd:in-file");
  CHECK(text["title"] == "The camera is in the file");
  CHECK_FALSE(text.contains("detail"));
}

TEST_CASE("what a client sent cannot break out of an answer", "[http][response][hostile]") {
  const auto header =
      write_response(response{}.with("Location", "/x\r\nSet-Cookie: a=b\r\n\r\n <script>"), {});
  CHECK(has_line(header, "Location: /x??Set-Cookie: a=b???? <script>"));
  const auto problem = write_response(refuse(400, "no \"<b>\"\n\xff camera"),
                                      to("/\"}" + std::string(1000, 'x')));
  const auto text = nlohmann::json::parse(problem.content.bytes());
  CHECK(text["detail"] == "no \"<b>\"\n\xEF\xBF\xBD camera");
  CHECK(text["instance"].get<std::string>().size() == 256);
}

TEST_CASE("an answer to HEAD has the length of the body but not the body", "[http][response]") {
  auto context = to("/");
  context.to_head = true;
  const auto written = write_response(response::text("hello"), context);
  CHECK(has_line(written, "Content-Length: 5"));
  CHECK(written.content.size() == 0);
}

TEST_CASE("an answer without a body has no length", "[http][response]") {
  for (const unsigned status : {204U, 304U}) {
    const auto written = write_response({status, {}, std::string{"x"}, std::nullopt}, {});
    CHECK(written.head.find("Content-Length") == std::string::npos);
    CHECK(written.content.size() == 0);
  }
}

TEST_CASE("the connection is said to stay or to close", "[http][response]") {
  head_context context;
  CHECK(has_line(write_response({}, context), "Connection: close"));
  context.keep_alive = true;
  CHECK(write_response({}, context).head.find("Connection:") == std::string::npos);
  context.http_1_0 = true;
  CHECK(has_line(write_response({}, context), "Connection: keep-alive"));
}

TEST_CASE("the date is written in the one form that HTTP knows", "[http][response]") {
  head_context context;
  context.now = wall_time{std::chrono::seconds{784111777}};
  CHECK(has_line(write_response({}, context), "Date: Sun, 06 Nov 1994 08:49:37 GMT"));
}

TEST_CASE("answers share their bytes", "[http][response]") {
  const auto picture = std::make_shared<const std::vector<std::uint8_t>>(1000);
  const auto a = write_response(response::bytes("image/jpeg", body{picture}), {});
  const auto b = write_response(response::bytes("image/jpeg", body{picture}), {});
  CHECK(a.content.bytes().data() == b.content.bytes().data());
}
