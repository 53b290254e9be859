#include "apps/camherd/http/authority.hpp"

#include "apps/camherd/http/peer.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <vector>

using namespace camherd::http;

namespace {

bool ours(std::string_view host, reached_by by, const std::vector<std::string>& allowed = {}) {
  const auto parsed = parse_authority(host);
  REQUIRE(parsed);
  return host_is_ours(*parsed, by, allowed);
}

bool from_here(std::string_view origin, std::string_view host) {
  return same_origin(origin, *parse_authority(host));
}

}  // namespace

TEST_CASE("an authority is a host with or without a port", "[http][authority]") {
  CHECK(parse_authority("LocalHost:80") == authority{"localhost", 80});
  CHECK(parse_authority("cams.example.org.") == authority{"cams.example.org", std::nullopt});
  CHECK(parse_authority("[::1]:8470") == authority{"::1", 8470});
  CHECK(parse_authority("10.0.0.1:") == authority{"10.0.0.1", std::nullopt});
  for (const auto* text : {"", ":80", "a:b", "a:65536", "a:-1", "a:1:2", "::1", "[::1", "[x]",
                           "[::1]x", "a b", "a/b", "a@b", "user@h:80", "\xC3\xBC", "."}) {
    INFO(text);
    CHECK_FALSE(parse_authority(text));
  }
}

TEST_CASE("on loopback a foreign name is refused", "[http][authority][hostile]") {
  for (const auto* host :
       {"localhost", "localhost:8470", "127.0.0.1", "127.8.9.1:1", "[::1]:80"}) {
    INFO(host);
    CHECK(ours(host, reached_by::loopback));
  }
  for (const auto* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                           "10.0.0.1", "[2001:db8::1]", "0"}) {
    INFO(host);
    CHECK_FALSE(ours(host, reached_by::loopback));
  }
  CHECK(ours("Herd.local:443", reached_by::loopback, {"herd.LOCAL"}));
}

TEST_CASE("beyond loopback names are limited once there is a list", "[http][authority]") {
  CHECK(ours("anything.example", reached_by::network));
  CHECK_FALSE(ours("anything.example", reached_by::network, {"cams.example"}));
  CHECK(ours("cams.example", reached_by::network, {"cams.example"}));
  CHECK(ours("192.168.1.2", reached_by::network, {"cams.example"}));
}

TEST_CASE("an origin is ours if host and port are", "[http][authority][hostile]") {
  CHECK(from_here("http://localhost:8470", "localhost:8470"));
  CHECK(from_here("http://Cams.example", "cams.example:80"));
  CHECK(from_here("https://cams.example:443", "cams.example"));
  CHECK_FALSE(from_here("http://localhost:3000", "localhost:8470"));
  CHECK_FALSE(from_here("http://127.0.0.1:8470", "localhost:8470"));
  CHECK_FALSE(from_here("https://localhost.evil.example", "localhost"));
  CHECK_FALSE(from_here("null", "localhost"));
  CHECK_FALSE(from_here("", "localhost"));
  CHECK_FALSE(from_here("http://localhost@evil.example", "localhost"));
  CHECK_FALSE(from_here("http://", "localhost"));
}

TEST_CASE("limits see one peer behind every address of a network", "[http][peer]") {
  const std::array<unsigned char, 4> v4{10, 0, 0, 7};
  CHECK(make_peer(v4.data(), v4.size()).text == "10.0.0.7");
  CHECK(make_peer(v4.data(), v4.size()).group == "10.0.0.7");
  std::array<unsigned char, 16> v6{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9};
  const auto one = make_peer(v6.data(), v6.size());
  v6[15] = 10;
  const auto other = make_peer(v6.data(), v6.size());
  CHECK(one.text == "2001:db8:0:1::9");
  CHECK(one.group == other.group);
  const std::array<unsigned char, 16> mapped{0, 0, 0,    0,    0,  0, 0, 0,
                                             0, 0, 0xff, 0xff, 10, 0, 0, 7};
  CHECK(make_peer(mapped.data(), mapped.size()).group == "10.0.0.7");
}
