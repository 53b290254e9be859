#include "apps/camherd/http/static_files.hpp"

#include "apps/camherd/http/secrets.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace camherd::http {
namespace {

struct media_type {
  std::string_view ending;
  std::string_view name;
};

constexpr std::array<media_type, 12> media_types{{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".yaml", "application/yaml"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/vnd.microsoft.icon"},
    {".woff2", "font/woff2"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
}};

// "gzip" in Accept-Encoding, unless with a weight of 0 (RFC 9110, 12.5.3).
bool accepts_gzip(const request& asked) {
  const auto* const value = asked.header("accept-encoding");
  if (value == nullptr) return false;
  std::string_view rest{*value};
  while (!rest.empty()) {
    auto coding = trim(take_until(rest, ','));
    if (!equals_ignoring_case(trim(take_until(coding, ';')), "gzip")) continue;
    coding = trim(coding);
    return !(starts_with_ignoring_case(coding, "q=0") &&
             coding.find_first_not_of("0.", 2) == std::string_view::npos);
  }
  return false;
}

// Weak comparison with the list in If-None-Match (RFC 9110, 13.1.2).
bool is_known(const request& asked, std::string_view tag) {
  const auto* const value = asked.header("if-none-match");
  if (value == nullptr) return false;
  std::string_view rest{*value};
  while (!rest.empty()) {
    auto known = trim(take_until(rest, ','));
    if (known == "*") return true;
    if (known.starts_with("W/")) known.remove_prefix(2);
    if (known == tag) return true;
  }
  return false;
}

response serve(const static_file& file, const std::string& hash, const request& asked) {
  const bool gzip = !file.gzipped.empty() && accepts_gzip(asked);
  // Two representations of one file are two entities.
  const std::string tag = '"' + hash + (gzip ? "-gzip\"" : "\"");
  auto answer = response::bytes(std::string{media_type_of(file.path)},
                                body::of_program(gzip ? file.gzipped : file.bytes));
  if (is_known(asked, tag)) answer = {304, {}, {}, std::nullopt};
  if (gzip && answer.status == 200) answer.with("Content-Encoding", "gzip");
  if (!file.gzipped.empty()) answer.with("Vary", "Accept-Encoding");
  answer.with("ETag", tag).with("Cache-Control", "no-cache");
  return answer;
}

}  // namespace

std::string_view media_type_of(std::string_view path) noexcept {
  const auto found =
      std::find_if(media_types.begin(), media_types.end(),
                   [&](const media_type& type) { return path.ends_with(type.ending); });
  return found == media_types.end() ? "application/octet-stream" : found->name;
}

void serve_files(router& to, std::span<const static_file> files) {
  constexpr std::string_view index = "index.html";
  for (const auto& file : files) {
    const direct_handler run = [file, hash = sha256_text(file.bytes).substr(0, 32)](
                                   const request& asked) { return serve(file, hash, asked); };
    const std::string path = '/' + std::string{file.path};
    to.add(method::get, path, run, audience::everyone);
    if (path.ends_with('/' + std::string{index})) {
      to.add(method::get, path.substr(0, path.size() - index.size()), run, audience::everyone);
    }
  }
}

}  // namespace camherd::http
