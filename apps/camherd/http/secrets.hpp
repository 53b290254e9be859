#pragma once

#include <string>
#include <string_view>

// The cryptography that logging in needs.
namespace camherd::http {

/// SHA-256 in hexadecimal.
[[nodiscard]] std::string sha256_text(std::string_view bytes);

/// Compares in a time that depends on neither text, not even on the length of `expected`.
[[nodiscard]] bool same_secret(std::string_view given, std::string_view expected);

/// 256 random bits in hexadecimal; empty if the machine gives none.
[[nodiscard]] std::string random_secret();

}  // namespace camherd::http
