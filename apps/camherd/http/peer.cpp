#include "apps/camherd/http/peer.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace camherd::http {
namespace {

std::string printed(int family, const unsigned char* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(family, address, text.data(), text.size()) != nullptr ? text.data() : "";
}

}  // namespace

peer_address make_peer(const unsigned char* address, std::size_t size) {
  constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  peer_address peer;
  if (size == 16 && std::equal(mapped.begin(), mapped.end(), address)) {
    return make_peer(address + mapped.size(), 4);
  }
  if (size == 4) {
    peer.text = printed(AF_INET, address);
    peer.group = peer.text;
    return peer;
  }
  peer.text = printed(AF_INET6, address);
  // One customer or one machine usually owns a /64 and picks addresses in it at will.
  std::array<unsigned char, 16> network{};
  std::copy_n(address, 8, network.begin());
  peer.group = printed(AF_INET6, network.data()) + "/64";
  return peer;
}

}  // namespace camherd::http
