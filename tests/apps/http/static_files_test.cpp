#include "apps/camherd/http/static_files.hpp"

#include "apps/camherd/http/exchange.hpp"
#include "apps/camherd/http/target.hpp"
#include "tests/support/catch.hpp"

#include <fstream>
#include <iterator>

namespace camherd {
std::span<const http::static_file> test_site();
}

using namespace camherd;
using namespace camherd::http;

namespace {

std::string text_of(const std::string& name) {
  std::ifstream in{std::string{CAMHERD_SOURCE_DIR} + "/tests/apps/http/site/" + name};
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Asks for `path` as a client with these headers. The handlers of files answer at once.
response get(const std::string& path, std::vector<field> headers = {}) {
  router routes;
  serve_files(routes, test_site());
  const auto found = routes.find(method::get, parse_target(path)->segments);
  REQUIRE(found.found != nullptr);
  CHECK(found.who == audience::everyone);
  request asked;
  asked.headers = std::move(headers);
  response seen;
  const auto gate = std::make_shared<io_gate>([](const io_gate::task& task) { task(); });
  const auto owed = std::make_shared<exchange>(
      gate, limits{}, std::make_shared<std::atomic<std::uint64_t>>(0),
      [&](response r, const opened_stream&) { seen = std::move(r); });
  found.found->run(std::move(asked), responder{owed});
  return seen;
}

std::string header(const response& r, std::string_view name) {
  const auto* const value = find_field(r.headers, name);
  return value == nullptr ? "" : *value;
}

}  // namespace

TEST_CASE("every file of the folder is in the program as it is", "[http][files]") {
  std::vector<std::string> paths;
  for (const auto& file : test_site()) {
    paths.emplace_back(file.path);
    CHECK(file.bytes == text_of(std::string{file.path}));
  }
  CHECK(paths ==
        std::vector<std::string>{"app.js", "empty.txt", "icons/dot.svg", "index.html"});
}

TEST_CASE("a file is served with its type, and the index also as the folder", "[http][files]") {
  CHECK(get("/icons/dot.svg").content.bytes() == text_of("icons/dot.svg"));
  CHECK(header(get("/icons/dot.svg"), "Content-Type") == "image/svg+xml");
  CHECK(get("/").content.bytes() == text_of("index.html"));
  CHECK(get("/index.html").content.bytes() == text_of("index.html"));
  CHECK(header(get("/"), "Content-Type") == "text/html; charset=utf-8");
  CHECK(get("/empty.txt").content.size() == 0);
}

TEST_CASE("a file that did not change is not sent again", "[http][files]") {
  const auto first = get("/app.js");
  const auto tag = header(first, "ETag");
  CHECK(header(first, "Cache-Control") == "no-cache");
  for (const auto& known : {tag, "W/" + tag, "\"x\", " + tag, std::string{"*"}}) {
    INFO(known);
    const auto again = get("/app.js", {{"if-none-match", known}});
    CHECK(again.status == 304);
    CHECK(again.content.size() == 0);
    CHECK(header(again, "ETag") == tag);
  }
  CHECK(get("/app.js", {{"if-none-match", "\"other\""}}).status == 200);
  CHECK(header(get("/"), "ETag") != tag);
}

TEST_CASE("a file is compressed for clients that take it and where it pays", "[http][files]") {
  const auto plain = get("/app.js");
  CHECK(plain.content.bytes() == text_of("app.js"));
  CHECK(header(plain, "Vary") == "Accept-Encoding");
  for (const auto* coding : {"gzip", "br, GZip;q=0.5", "deflate , gzip"}) {
    INFO(coding);
    const auto packed = get("/app.js", {{"accept-encoding", coding}});
    CHECK(header(packed, "Content-Encoding") == "gzip");
    CHECK(packed.content.size() < plain.content.size());
    CHECK(packed.content.bytes().starts_with("\x1f\x8b"));
    CHECK(header(packed, "ETag") != header(plain, "ETag"));
  }
  for (const auto* coding : {"", "br", "gzip;q=0", "gzip; q=0.00", "x-gzip"}) {
    INFO(coding);
    CHECK(header(get("/app.js", {{"accept-encoding", coding}}), "Content-Encoding").empty());
  }
  CHECK(header(get("/empty.txt", {{"accept-encoding", "gzip"}}), "Content-Encoding").empty());
}
