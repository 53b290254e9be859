#include "apps/camherd/http/message_parser.hpp"

#include "core/base/text.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <utility>

namespace camherd::http {

namespace beast = boost::beast::http;

namespace {

// The shortest (RFC 9112, 7.1): what is left of a chunked body is never less.
constexpr std::string_view end_of_chunks = "0\r\n\r\n";

std::string copy(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

std::size_t count(const std::vector<field>& fields, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(
      fields.begin(), fields.end(), [&](const field& f) { return f.name == name; }));
}

message_parser::failure_reason reason_for(const boost::system::error_code& code) {
  if (code == beast::error::header_limit) return {431, "the request header is too large"};
  if (code == beast::error::body_limit || code == beast::error::buffer_overflow) {
    return {413, "the request body is too large"};
  }
  if (code == beast::error::bad_version) {
    return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  }
  return {400, "this is no valid HTTP request"};
}

// What is wrong with the fields that delimit a message and name its host, or nothing.
std::string_view ambiguity(const request_head& head) {
  const auto lengths = count(head.fields, "content-length");
  const auto codings = count(head.fields, "transfer-encoding");
  if (lengths + codings > 1) return "the length of the body is given more than once";
  const auto* const length = find_field(head.fields, "content-length");
  if (length != nullptr && !std::all_of(length->begin(), length->end(), is_digit)) {
    return "Content-Length is no number";
  }
  const auto* const coding = find_field(head.fields, "transfer-encoding");
  if (coding != nullptr && (head.http_1_0 || !equals_ignoring_case(*coding, "chunked"))) {
    return "this Transfer-Encoding is not understood";
  }
  const auto hosts = count(head.fields, "host");
  if (hosts > 1) return "the request names more than one Host";
  if (hosts == 0 && !head.http_1_0) return "the request names no Host";
  return "";
}

}  // namespace

struct message_parser::engine {
  beast::request_parser<beast::string_body> parser;
};

message_parser::message_parser(const limits& bounds)
    : bounds_{bounds}, engine_{std::make_unique<engine>()} {
  engine_->parser.header_limit(static_cast<std::uint32_t>(bounds.header_bytes));
  engine_->parser.body_limit(bounds.body_bytes);
}

message_parser::~message_parser() = default;

std::size_t message_parser::feed(std::string_view bytes) {
  if (now_ == progress::head) return feed_head(bytes);
  if (now_ == progress::head_done || now_ == progress::body) return feed_body(bytes);
  return 0;
}

std::size_t message_parser::feed_head(std::string_view bytes) {
  std::size_t skipped = 0;
  if (!begun_) {
    // Empty lines before a request are ignored (RFC 9112, 2.2). Anything else that does not
    // begin like a method (TLS on a plain port, say) will not become a request with more bytes.
    skipped = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
    bytes.remove_prefix(skipped);
    head_bytes_ += skipped;
    if (head_bytes_ > bounds_.header_bytes) fail(431, "the request header is too large");
    if (bytes.empty() || now_ == progress::failed) return skipped;
    const char first = ascii_lower(bytes.front());
    if (first < 'a' || first > 'z') {
      fail(400, "this is no HTTP request");
      return skipped;
    }
    begun_ = true;
  }
  boost::system::error_code code;
  const auto used =
      engine_->parser.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, code);
  head_bytes_ += used;
  if (code && code != beast::error::need_more) {
    const auto reason = reason_for(code);
    fail(reason.status, reason.text);
  } else if (head_bytes_ + (engine_->parser.is_header_done() ? 0 : bytes.size() - used) >
             bounds_.header_bytes) {
    fail(431, "the request header is too large");
  } else if (engine_->parser.is_header_done()) {
    read_head();
  }
  return skipped + used;
}

void message_parser::read_head() {
  const auto& message = engine_->parser.get();
  head_.method = copy(message.method_string());
  head_.target = copy(message.target());
  head_.http_1_0 = message.version() == 10;
  head_.keep_alive = engine_->parser.keep_alive();
  for (const auto& line : message) {
    if (head_.fields.size() == bounds_.header_fields) {
      fail(431, "the request header has too many fields");
      return;
    }
    head_.fields.push_back({lower_case(copy(line.name_string())), copy(line.value())});
  }
  if (const auto text = ambiguity(head_); !text.empty()) {
    fail(400, text);
    return;
  }
  if (const auto* const expected = find_field(head_.fields, "expect")) {
    head_.expects_continue = equals_ignoring_case(*expected, "100-continue");
    if (!head_.expects_continue) {
      fail(417, "only 100-continue can be expected");
      return;
    }
  }
  head_.has_body = !engine_->parser.is_done();
  now_ = progress::head_done;
}

std::size_t message_parser::feed_body(std::string_view bytes) {
  auto& parser = engine_->parser;
  now_ = progress::body;
  // Beast asserts that the last chunk comes to it whole, or with 5 bytes at least.
  if (!parser.is_done() && parser.chunked() && bytes.starts_with('0') &&
      bytes.size() < end_of_chunks.size()) {
    return 0;
  }
  boost::system::error_code code;
  std::size_t used = 0;
  if (!parser.is_done()) {
    parser.eager(true);
    used = parser.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, code);
  }
  if (code && code != beast::error::need_more) {
    const auto reason = reason_for(code);
    fail(reason.status, reason.text);
  } else if (parser.is_done()) {
    now_ = progress::complete;
  } else if (bytes.size() - used > bounds_.header_bytes) {
    fail(400, "an extension of a chunk is too long");
  }
  return used;
}

std::string message_parser::take_body() {
  return std::move(engine_->parser.get().body());
}

void message_parser::fail(unsigned status, std::string_view text) {
  failure_ = {status, text};
  now_ = progress::failed;
}

}  // namespace camherd::http
