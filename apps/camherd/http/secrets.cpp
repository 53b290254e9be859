#include "apps/camherd/http/secrets.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <span>

namespace camherd::http {
namespace {

using digest = std::array<unsigned char, 32>;

digest sha256(std::string_view bytes) {
  digest out{};
  EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, EVP_sha256(), nullptr);
  return out;
}

std::string hexadecimal(std::span<const unsigned char> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const auto byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace

std::string sha256_text(std::string_view bytes) {
  return hexadecimal(sha256(bytes));
}

bool same_secret(std::string_view given, std::string_view expected) {
  // Of equal length, whatever the lengths of the texts.
  const auto a = sha256(given);
  const auto b = sha256(expected);
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_secret() {
  digest bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return "";
  return hexadecimal(bytes);
}

}  // namespace camherd::http
