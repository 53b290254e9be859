#include "config/listen_address.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace camherd {

std::optional<listen_address> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  listen_address parsed{std::string{host}, 0};
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(bracketed ? AF_INET6 : AF_INET, parsed.address.c_str(), bytes.data()) != 1) {
    return std::nullopt;
  }
  const auto [end, status] =
      std::from_chars(digits.data(), digits.data() + digits.size(), parsed.port);
  if (status != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return parsed;
}

std::string to_string(const listen_address& address) {
  const bool v6 = address.address.find(':') != std::string::npos;
  return (v6 ? '[' + address.address + ']' : address.address) + ':' +
         std::to_string(address.port);
}

bool is_loopback(const listen_address& address) {
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET, address.address.c_str(), bytes.data()) == 1) return bytes[0] == 127;
  constexpr std::array<unsigned char, 16> one{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return ::inet_pton(AF_INET6, address.address.c_str(), bytes.data()) == 1 && bytes == one;
}

}  // namespace camherd
