#include "apps/camherd/remote/server_address.hpp"

#include "apps/camherd/remote/terminal_text.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>

namespace camherd::remote {
namespace {

constexpr std::size_t most_token_bytes = 4096;

error wrong(std::string text) {
  return {error_kind::invalid_argument, std::move(text)};
}

struct url_deleter {
  void operator()(CURLU* url) const noexcept { ::curl_url_cleanup(url); }
};
using url_handle = std::unique_ptr<CURLU, url_deleter>;

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (::curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&::curl_free)> owned{text, &::curl_free};
  return text;
}

bool is_loopback_host(std::string_view host) {
  return equals_ignoring_case(host, "localhost") || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

result<std::string> read_token(const std::string& path) {
  if (path.empty()) {
    const char* const given = std::getenv("CAMHERD_TOKEN");
    return std::string{given ? given : ""};
  }
  std::ifstream file{path};
  if (!file) return wrong("--token-file: " + path + " cannot be read");
  std::string text(most_token_bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const auto end = text.find_last_not_of(" \t\r\n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  if (text.empty()) return wrong("--token-file: " + path + " holds no token");
  return text;
}

}  // namespace

void add_server_options(CLI::App& command, server_options& options) {
  command.add_option("--server", options.url, "URL of the camherd")
      ->envname("CAMHERD_SERVER")
      ->capture_default_str();
  command
      .add_option("--token-file", options.token_file,
                  "File with the token; else it is read from CAMHERD_TOKEN")
      ->type_name("FILE");
  command
      .add_option("--ca", options.authorities,
                  "File with certificates to trust (PEM), if not those of the system")
      ->type_name("FILE");
}

result<server_address> server_address::from(const server_options& options) {
  auto text = options.url;
  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  const url_handle url{::curl_url()};
  if (!url) return error{error_kind::internal, "no memory for a URL"};
  const auto shown = "--server: '" + terminal_text(options.url) + "'";
  if (::curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return wrong(text.find('@') == std::string::npos ? shown + " is no URL"
                                                     : "--server is no URL");
  if (!part_of(url.get(), CURLUPART_USER).empty() ||
      !part_of(url.get(), CURLUPART_PASSWORD).empty())
    return wrong("--server: a URL with a login; camherd wants a token, in CAMHERD_TOKEN");
  const auto scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https")
    return wrong(shown + ": camherd speaks http and https");
  if (!part_of(url.get(), CURLUPART_QUERY).empty() ||
      !part_of(url.get(), CURLUPART_FRAGMENT).empty())
    return wrong(shown + ": a URL with a query or a fragment");
  auto token = read_token(options.token_file);
  if (!token) return token.error();
  if (std::any_of(token->begin(), token->end(),
                  [](char c) { return static_cast<unsigned char>(c) <= ' ' || c > '~'; }))
    return wrong("the token has blanks, line breaks or characters that are not ASCII");
  server_address address{.url = part_of(url.get(), CURLUPART_URL),
                         .token = *std::move(token),
                         .authorities = options.authorities,
                         .is_loopback = is_loopback_host(part_of(url.get(), CURLUPART_HOST))};
  while (address.url.ends_with('/')) address.url.pop_back();
  return address;
}

}  // namespace camherd::remote
