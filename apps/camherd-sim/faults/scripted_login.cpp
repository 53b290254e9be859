#include "apps/camherd-sim/faults/scripted_login.hpp"

#include <openssl/evp.h>

#include <array>
#include <vector>

namespace camherd::faults {

namespace {

std::string hex_digest(const EVP_MD* kind, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), bytes.data(), &size, kind, nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex.push_back("0123456789abcdef"[bytes[i] >> 4]);
    hex.push_back("0123456789abcdef"[bytes[i] & 15]);
  }
  return hex;
}

std::string base64(const std::string& text) {
  std::vector<unsigned char> out((text.size() + 2) / 3 * 4 + 1);
  const int size =
      EVP_EncodeBlock(out.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  return {out.begin(), out.begin() + size};
}

/// Value of `name=value` or `name="value"` in a header; empty if absent.
std::string parameter(const std::string& header, const std::string& name) {
  for (std::size_t at = 0; (at = header.find(name + "=", at)) != std::string::npos; ++at) {
    if (at > 0 && header[at - 1] != ' ' && header[at - 1] != ',') continue;
    const auto begin = at + name.size() + 1;
    if (begin < header.size() && header[begin] == '"') {
      return header.substr(begin + 1, header.find('"', begin + 1) - begin - 1);
    }
    return header.substr(begin, header.find_first_of(", ", begin) - begin);
  }
  return {};
}

}  // namespace

std::optional<std::string> login_desk::refuse(const std::string& method,
                                              const std::string& authorization) {
  if (rules_.scheme == camera_login::none) return std::nullopt;
  constexpr unsigned most_tries = 3;
  const bool banned = rules_.wrong_tries && *rules_.wrong_tries >= most_tries;
  if (rules_.forgets_nonces) ++nonce_number_;
  if (banned || rules_.refuses_all || !is_right(method, authorization)) {
    if (rules_.wrong_tries && !authorization.empty()) ++*rules_.wrong_tries;
    return challenge(rules_.forgets_nonces);
  }
  if (rules_.stale_after > 0 && ++answers_ > rules_.stale_after) {
    answers_ = 0;
    ++nonce_number_;
    return challenge(true);
  }
  return std::nullopt;
}

bool login_desk::is_right(const std::string& method, const std::string& authorization) const {
  if (rules_.scheme == camera_login::basic) {
    return authorization == "Basic " + base64(rules_.user + ":" + rules_.password);
  }
  if (authorization.rfind("Digest ", 0) != 0) return false;
  if (parameter(authorization, "nonce") != nonce()) return false;
  const auto* kind = rules_.scheme == camera_login::digest_md5 ? EVP_md5() : EVP_sha256();
  const auto secret = hex_digest(kind, rules_.user + ":scripted camera:" + rules_.password);
  const auto what = hex_digest(kind, method + ":" + parameter(authorization, "uri"));
  const auto qop = parameter(authorization, "qop");
  const auto between = qop.empty() ? std::string{}
                                   : parameter(authorization, "nc") + ":" +
                                         parameter(authorization, "cnonce") + ":" + qop + ":";
  return parameter(authorization, "username") == rules_.user &&
         parameter(authorization, "response") ==
             hex_digest(kind, secret + ":" + nonce() + ":" + between + what);
}

std::string login_desk::challenge(bool stale) const {
  if (rules_.scheme == camera_login::basic) return "Basic realm=\"scripted camera\"";
  std::string text = "Digest realm=\"scripted camera\", nonce=\"" + nonce() + "\"";
  if (rules_.scheme == camera_login::digest_sha256) text += ", algorithm=SHA-256, qop=\"auth\"";
  if (stale) text += ", stale=TRUE";
  return text;
}

}  // namespace camherd::faults
