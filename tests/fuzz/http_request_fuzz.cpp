// A request as a stranger sends it: cut into portions at will it means the same, its target
// decodes to segments that cannot climb or split, and routing and access take whatever it is.
#include "apps/camherd/http/gatekeeper.hpp"
#include "apps/camherd/http/router.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace camherd;
using namespace camherd::http;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

struct outcome {
  message_parser::progress end;
  unsigned status;
  request_head head;
  std::string body;
};

limits small_limits() {
  limits bounds;
  bounds.header_bytes = 512;
  bounds.header_fields = 8;
  bounds.body_bytes = 64;
  return bounds;
}

outcome parse(std::string_view text, std::size_t portion) {
  static const auto bounds = small_limits();
  message_parser parser{bounds};
  std::string waiting;
  for (;;) {
    const auto before = parser.now();
    const auto used = parser.feed(waiting);
    require(used <= waiting.size());
    waiting.erase(0, used);
    const auto now = parser.now();
    if (now == message_parser::progress::failed || now == message_parser::progress::complete) {
      break;
    }
    if (now == message_parser::progress::head_done && before != now) continue;
    require(waiting.size() <= bounds.header_bytes);
    if (text.empty()) break;
    waiting += text.substr(0, portion);
    text.remove_prefix(std::min(portion, text.size()));
  }
  outcome seen{parser.now(), parser.failure().status, parser.head(), ""};
  if (seen.end == message_parser::progress::complete) seen.body = parser.take_body();
  require(seen.body.size() <= bounds.body_bytes);
  return seen;
}

const router& routes() {
  static const router all = [] {
    const auto nothing = [](const request&) { return response{}; };
    router made;
    made.add(method::get, "/", nothing, audience::everyone);
    made.add(method::get, "/api/v1/cameras/{name}", nothing);
    made.add(method::post, "/api/v1/cameras/{name}/restart", nothing);
    made.add(method::get, "/{a}/{b}/c", nothing);
    return made;
  }();
  return all;
}

void serve(const request_head& head) {
  const auto asked = parse_target(head.target);
  const auto verb = method_named(head.method);
  if (!asked || !verb) return;
  for (const auto& segment : asked->segments) {
    require(segment != "." && segment != "..");
    require(segment.find_first_of(std::string_view{"/\\\0", 3}) == std::string::npos);
  }
  auto found = routes().find(*verb, asked->segments);
  for (const auto& [name, value] : found.parameters) require(!value.empty());
  static const machine_clock time;
  static const auto bounds = small_limits();
  gatekeeper gate{{"0123456789abcdef", {}}, bounds, transport_security::plain, time};
  const auto verdict = gate.judge(head, *verb, *asked, found.who, {"127.0.0.1", 1, "l", true});
  const auto* const shown = find_field(head.fields, "authorization");
  const bool knows = shown != nullptr && shown->find("0123456789abcdef") != std::string::npos;
  require(verdict.refusal || knows || found.who == audience::everyone);
  if (verdict.refusal) {
    const auto answer = write_response(
        *verdict.refusal, {false, false, false, false, asked->path, time.wall_now()});
    require(answer.head.find("\r\n\r\n") == answer.head.size() - 4);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto bytewise = parse(text, 1);
  const auto portions = parse(text, 7);
  const bool complete = bytewise.end == message_parser::progress::complete;
  // Errors may show earlier or later, and the limit of a chunk's extension is no exact one.
  if (size <= small_limits().header_bytes) {
    require(complete == (portions.end == message_parser::progress::complete));
  }
  if (complete && portions.end == bytewise.end) {
    require(bytewise.head.fields == portions.head.fields && bytewise.body == portions.body);
    serve(bytewise.head);
  }
  return 0;
}
