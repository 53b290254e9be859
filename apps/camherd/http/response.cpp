#include "apps/camherd/http/response.hpp"

#include "core/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

namespace camherd::http {
namespace {

struct reason {
  unsigned status;
  std::string_view phrase;
};

constexpr std::array<reason, 32> reasons{{
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
}};

constexpr std::size_t max_instance_bytes = 256;

// IMF-fixdate (RFC 9110, 5.6.7), without the locale.
std::string http_date(wall_time when) {
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = std::chrono::system_clock::to_time_t(when);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                days.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                months.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900,
                utc.tm_hour, utc.tm_min, utc.tm_sec);
  return text.data();
}

std::string problem_text(const problem& trouble, unsigned status, std::string_view instance) {
  nlohmann::ordered_json text;
  text["type"] = trouble.type;
  text["title"] = trouble.title.empty() ? std::string{reason_of(status)} : trouble.title;
  text["status"] = status;
  if (!trouble.detail.empty()) text["detail"] = trouble.detail;
  if (!instance.empty()) text["instance"] = instance.substr(0, max_instance_bytes);
  return text.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

void add_line(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(printable(value)).append("\r\n");
}

bool has_body(unsigned status) {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace

std::string_view reason_of(unsigned status) noexcept {
  const auto found = std::find_if(reasons.begin(), reasons.end(),
                                  [&](const reason& r) { return r.status == status; });
  return found == reasons.end() ? "Unknown" : found->phrase;
}

response response::json(std::string text, unsigned status) {
  return {status, {{"Content-Type", "application/json"}}, std::move(text), std::nullopt};
}

response response::text(std::string text, unsigned status) {
  return {
      status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(text), std::nullopt};
}

response response::bytes(std::string content_type, http::body content) {
  return {200, {{"Content-Type", std::move(content_type)}}, std::move(content), std::nullopt};
}

response refuse(unsigned status, std::string detail) {
  return refuse(status, problem{"about:blank", "", std::move(detail)});
}

response refuse(unsigned status, problem trouble) {
  response answer;
  answer.status = status;
  answer.trouble = std::move(trouble);
  return answer;
}

written_response write_response(response answer, const head_context& context) {
  if (answer.trouble) {
    answer.content = problem_text(*answer.trouble, answer.status, context.instance);
    answer.with("Content-Type", "application/problem+json");
  }
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + ' ' +
                     std::string{reason_of(answer.status)} + "\r\n";
  bool cached = false;
  for (const auto& [name, value] : answer.headers) {
    add_line(head, name, value);
    cached = cached || equals_ignoring_case(name, "Cache-Control");
  }
  if (!cached) add_line(head, "Cache-Control", "no-store");
  add_line(head, "Date", http_date(context.now));
  add_line(head, "Content-Security-Policy",
           "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
           "object-src 'none'");
  add_line(head, "Cross-Origin-Resource-Policy", "same-origin");
  // With no-referrer, browsers would send forms of our own pages with "Origin: null".
  add_line(head, "Referrer-Policy", "same-origin");
  add_line(head, "X-Content-Type-Options", "nosniff");
  // HEAD does not find out how long a stream or a later answer would be.
  const bool length_known = !context.to_head || answer.content.size() > 0;
  if (!context.endless && has_body(answer.status) && length_known) {
    add_line(head, "Content-Length", std::to_string(answer.content.size()));
  }
  if (!context.keep_alive) {
    add_line(head, "Connection", "close");
  } else if (context.http_1_0) {
    add_line(head, "Connection", "keep-alive");
  }
  head += "\r\n";
  if (context.to_head || context.endless || !has_body(answer.status)) answer.content = {};
  return {std::move(head), std::move(answer.content)};
}

}  // namespace camherd::http
