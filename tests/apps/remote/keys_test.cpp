#include "apps/camherd/remote/keys.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace camherd::remote;

namespace {

std::vector<key> keys_of(key_reader& reader) {
  std::vector<key> keys;
  while (auto pressed = reader.next()) keys.push_back(*std::move(pressed));
  return keys;
}

using keys = std::vector<key>;
using kind = key::kind;

}  // namespace

TEST_CASE("what terminals send becomes keys, in pieces of any size", "[remote][keys]") {
  const std::string bytes =
      "q\x1b[A\x1b[B\x1bOC\x1b[D\x1b[5~\x1b[6~\x1b[1~\x1b[4~\x1bOH\r\x7f\xc3\xbc";
  const keys wanted{{kind::character, "q"},
                    {kind::up},
                    {kind::down},
                    {kind::right},
                    {kind::left},
                    {kind::page_up},
                    {kind::page_down},
                    {kind::home},
                    {kind::end},
                    {kind::home},
                    {kind::enter},
                    {kind::backspace},
                    {kind::character, "\xc3\xbc"}};
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    key_reader reader;
    keys read;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      reader.feed(std::string_view{bytes}.substr(at, piece));
      for (auto& pressed : keys_of(reader)) read.push_back(std::move(pressed));
    }
    INFO(piece);
    CHECK(read == wanted);
  }
}

TEST_CASE("an escape is a key once nothing follows", "[remote][keys]") {
  key_reader reader;
  reader.feed("\x1b");
  CHECK(keys_of(reader).empty());
  CHECK(reader.waits());
  reader.settle();
  CHECK(keys_of(reader) == keys{{kind::escape}});
  CHECK_FALSE(reader.waits());
}

TEST_CASE("sequences that mean nothing here are skipped", "[remote][keys]") {
  key_reader reader;
  reader.feed("\x1b[15~\x1b[<0;1;1Mx\x1b[1;5Az");
  CHECK(keys_of(reader).back() == key{kind::character, "z"});
  key_reader begun;
  begun.feed("\x1b[12345");
  begun.settle();
  (void)keys_of(begun);
  CHECK_FALSE(begun.waits());
}

TEST_CASE("more bytes than anybody types are ignored", "[remote][keys]") {
  key_reader reader;
  for (int i = 0; i < 100; ++i) reader.feed(std::string(1000, 'x'));
  CHECK(keys_of(reader).size() == 4096);
}
