#include "core/rtsp/auth.hpp"

#include "core/base/text.hpp"
#include "core/rtsp/base64.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <utility>

namespace camherd::rtsp {
namespace {

constexpr unsigned max_stale_in_a_row = 3;
constexpr std::string_view list_space = " \t,;";  // some cameras separate by ';'

std::string hex(std::span<const unsigned char> bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

// Empty if this OpenSSL refuses the algorithm, as in FIPS mode; the server then refuses us.
std::string hash_hex(auth_scheme scheme, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  const auto* algorithm = scheme == auth_scheme::digest_sha256 ? EVP_sha256() : EVP_md5();
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &size, algorithm, nullptr) != 1) {
    return {};
  }
  return hex({bytes.data(), size});
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

struct offered_challenge {
  std::string_view scheme;
  std::vector<std::pair<std::string_view, std::string>> parameters;

  [[nodiscard]] const std::string* find(std::string_view name) const {
    for (const auto& [key, value] : parameters) {
      if (equals_ignoring_case(key, name)) return &value;
    }
    return nullptr;
  }
};

void skip_list_space(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(list_space), text.size()));
}

std::string_view take_token(std::string_view& text) {
  const auto size = std::min(text.find_first_of(" \t,="), text.size());
  const auto token = text.substr(0, size);
  text.remove_prefix(size);
  return token;
}

// A quoted string or a token. A closing quote that is missing is where the text ends.
std::string take_value(std::string_view& text) {
  if (!text.starts_with('"')) {
    const auto size = std::min(text.find(','), text.size());
    const auto value = trim(text.substr(0, size));
    text.remove_prefix(size);
    return std::string{value};
  }
  std::string value;
  std::size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    value += text[i];
  }
  text.remove_prefix(std::min(i + 1, text.size()));
  return value;
}

// A name that no '=' follows begins a challenge; a comma separates parameters and challenges
// alike (RFC 7235 section 4.1).
void read_offers(std::string_view text, std::vector<offered_challenge>& offers) {
  for (skip_list_space(text); !text.empty(); skip_list_space(text)) {
    const auto name = take_token(text);
    const auto rest = trim(text);
    if (!rest.starts_with('=')) {
      offers.push_back({name, {}});
      continue;
    }
    text = trim(rest.substr(1));
    auto value = take_value(text);
    if (!offers.empty()) offers.back().parameters.emplace_back(name, std::move(value));
  }
}

std::vector<offered_challenge> read_offers(const header_list& headers) {
  std::vector<offered_challenge> offers;
  for (const auto value : headers.find_all("WWW-Authenticate")) read_offers(value, offers);
  return offers;
}

std::optional<auth_scheme> digest_scheme(const std::string* algorithm) {
  if (algorithm == nullptr || algorithm->empty()) return auth_scheme::digest_md5;
  if (equals_ignoring_case(*algorithm, "MD5")) return auth_scheme::digest_md5;
  if (equals_ignoring_case(*algorithm, "SHA-256")) return auth_scheme::digest_sha256;
  return std::nullopt;
}

bool lists(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    if (equals_ignoring_case(trim(take_until(list, ',')), wanted)) return true;
  }
  return false;
}

std::optional<challenge> answerable(const offered_challenge& offer) {
  challenge known;
  if (const auto* realm = offer.find("realm")) known.realm = *realm;
  if (equals_ignoring_case(offer.scheme, "Basic")) return known;
  if (!equals_ignoring_case(offer.scheme, "Digest")) return std::nullopt;
  const auto* algorithm = offer.find("algorithm");
  const auto scheme = digest_scheme(algorithm);
  const auto* nonce = offer.find("nonce");
  if (!scheme || nonce == nullptr) return std::nullopt;
  known.scheme = *scheme;
  known.nonce = *nonce;
  if (algorithm != nullptr && !algorithm->empty()) known.algorithm = *algorithm;
  if (const auto* opaque = offer.find("opaque")) known.opaque = *opaque;
  if (const auto* qop = offer.find("qop"); qop != nullptr && !trim(*qop).empty()) {
    known.qop_auth = lists(*qop, "auth");
    if (!known.qop_auth) return std::nullopt;
  }
  const auto* stale = offer.find("stale");
  known.stale = stale != nullptr && equals_ignoring_case(*stale, "true");
  return known;
}

std::vector<challenge> answerable(const std::vector<offered_challenge>& offers) {
  std::vector<challenge> known;
  for (const auto& offer : offers) {
    if (auto one = answerable(offer)) known.push_back(std::move(*one));
  }
  std::stable_sort(known.begin(), known.end(),
                   [](const challenge& a, const challenge& b) { return a.scheme > b.scheme; });
  return known;
}

// The schemes a server offers, for a message: "Digest SHA-512-256, Negotiate".
std::string names_of(const std::vector<offered_challenge>& offers) {
  static constexpr std::size_t max_named = 4;
  static constexpr std::size_t max_name = 24;
  std::string names;
  for (std::size_t i = 0; i < std::min(offers.size(), max_named); ++i) {
    if (!names.empty()) names += ", ";
    names += printable(offers[i].scheme.substr(0, max_name));
    if (const auto* algorithm = offers[i].find("algorithm")) {
      names += " " + printable(std::string_view{*algorithm}.substr(0, max_name));
    }
  }
  return names.empty() ? "none" : names;
}

error refusal(std::string message) {
  return {error_kind::authentication, std::move(message)};
}

}  // namespace

std::string_view to_string(auth_scheme scheme) noexcept {
  switch (scheme) {
    case auth_scheme::basic:
      return "basic";
    case auth_scheme::digest_md5:
      return "digest-md5";
    case auth_scheme::digest_sha256:
      return "digest-sha256";
  }
  return "unknown";
}

std::vector<challenge> parse_challenges(const header_list& headers) {
  return answerable(read_offers(headers));
}

authenticator::authenticator(std::string user, std::string password,
                             std::function<std::string()> random_hex)
    : user_{std::move(user)},
      password_{std::move(password)},
      random_hex_{std::move(random_hex)} {}

bool authenticator::was_refused(auth_scheme scheme) const noexcept {
  return std::find(refused_.begin(), refused_.end(), scheme) != refused_.end();
}

result<void> authenticator::challenged(const response& answer) {
  const auto offers = read_offers(answer.headers);
  const auto known = answerable(offers);
  if (known.empty()) {
    return refusal("the server asks for authentication in no way we know; it offers: " +
                   names_of(offers));
  }
  if (user_.empty() && password_.empty()) {
    return refusal("the server asks for a user and a password (" +
                   std::string{to_string(known.front().scheme)} + "), and none are configured");
  }
  auto chosen = known.begin();
  if (current_ && answered_) {
    const auto again = std::find_if(known.begin(), known.end(), [&](const challenge& offer) {
      return offer.scheme == current_->scheme;
    });
    const bool offered = again != known.end();
    const bool stale = offered && again->stale;
    if (stale && ++stale_in_a_row_ > max_stale_in_a_row) {
      return refusal("the server calls every nonce stale");
    }
    const bool expired = offered && proven_ && again->nonce != current_->nonce;
    if (stale || expired) {
      chosen = again;
    } else {
      refused_.push_back(current_->scheme);
      chosen = std::find_if(known.begin(), known.end(),
                            [&](const challenge& offer) { return !was_refused(offer.scheme); });
    }
  }
  const bool downgrade = chosen != known.end() && chosen->scheme == auth_scheme::basic &&
                         known.front().scheme != auth_scheme::basic;
  if (chosen == known.end() || downgrade) {
    return refusal("the server refused the user or the password (" +
                   std::string{to_string(current_->scheme)} + ")");
  }
  current_ = *chosen;
  nonce_count_ = 0;
  answered_ = false;
  proven_ = false;
  return {};
}

void authenticator::accepted() noexcept {
  proven_ = proven_ || answered_;
  answered_ = false;
  stale_in_a_row_ = 0;
  refused_.clear();
}

std::optional<std::string> authenticator::authorization(std::string_view method,
                                                        std::string_view uri) {
  if (!current_) return std::nullopt;
  answered_ = true;
  if (current_->scheme == auth_scheme::basic) {
    return "Basic " + encode_base64(user_ + ":" + password_);
  }
  return digest(method, uri);
}

// RFC 7616 section 3.4; without qop as in RFC 2069.
std::string authenticator::digest(std::string_view method, std::string_view uri) {
  const auto& with = *current_;
  const auto hashed = [&](std::string_view text) { return hash_hex(with.scheme, text); };
  const auto credentials = hashed(user_ + ":" + with.realm + ":" + password_);
  const auto asked = hashed(std::string{method} + ":" + std::string{uri});
  auto value = "Digest username=" + quoted(user_) + ", realm=" + quoted(with.realm) +
               ", nonce=" + quoted(with.nonce) + ", uri=" + quoted(uri) + ", response=";
  std::string proof_of_use;
  if (with.qop_auth) {
    std::array<char, 9> digits{};
    std::snprintf(digits.data(), digits.size(), "%08x", ++nonce_count_);
    const std::string count{digits.data()};
    const auto cnonce = random_hex_();
    value += quoted(
        hashed(credentials + ":" + with.nonce + ":" + count + ":" + cnonce + ":auth:" + asked));
    proof_of_use = ", qop=auth, nc=" + count + ", cnonce=" + quoted(cnonce);
  } else {
    value += quoted(hashed(credentials + ":" + with.nonce + ":" + asked));
  }
  if (with.algorithm) value += ", algorithm=" + *with.algorithm;
  if (with.opaque) value += ", opaque=" + quoted(*with.opaque);
  return value + proof_of_use;
}

std::optional<auth_scheme> authenticator::scheme() const noexcept {
  if (!current_) return std::nullopt;
  return current_->scheme;
}

std::string random_hex() {
  std::array<unsigned char, 16> bytes{};
  // A cnonce need not be secret, so bytes left at zero by a failure do no harm.
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return hex(bytes);
}

}  // namespace camherd::rtsp
