#include "core/frame/slot_supply.hpp"

#include "tests/support/catch.hpp"

#include <set>
#include <utility>
#include <vector>

using namespace camherd;

namespace {

/// Takes every free slot.
std::vector<slot_ref> take_all(slot_supply& supply) {
  std::vector<slot_ref> all;
  while (auto slot = supply.acquire()) all.push_back(*std::move(slot));
  return all;
}

}  // namespace

TEST_CASE("a supply without slots or bytes is an error of the caller", "[frame][slot_supply]") {
  slot_supply supply;
  CHECK_FALSE(supply.acquire());
  CHECK(supply.slots() == 0);
  for (const auto& bad : {supply.resize(0, 4096), supply.resize(3, 0)}) {
    REQUIRE_FALSE(bad);
    CHECK(bad.error().kind() == error_kind::invalid_argument);
  }
}

TEST_CASE("a supply that grows gives more slots and moves none", "[frame][slot_supply]") {
  slot_supply supply;
  REQUIRE(supply.resize(2, 5000));
  auto held = take_all(supply);
  REQUIRE(held.size() == 2);
  const auto* const before = held[0].bytes().data();
  REQUIRE(supply.resize(5, 5000));
  CHECK(supply.slots() == 5);
  CHECK(supply.slot_bytes() == 5000);
  CHECK(supply.in_use() == 2);
  for (auto& slot : take_all(supply)) held.push_back(std::move(slot));
  CHECK(held.size() == 5);
  CHECK(supply.in_use() == 5);
  CHECK(held[0].bytes().data() == before);
  std::set<const std::uint8_t*> places;
  for (const auto& slot : held) places.insert(slot.bytes().data());
  CHECK(places.size() == 5);
}

TEST_CASE("a supply prefers old pools, so that new ones fall idle and can be let go",
          "[frame][slot_supply]") {
  slot_supply supply;
  REQUIRE(supply.resize(1, 4096));
  const auto* const old_pool = supply.acquire()->pool();
  REQUIRE(supply.resize(2, 4096));
  const auto first = supply.acquire();
  const auto second = supply.acquire();
  REQUIRE((first && second));
  CHECK(first->pool() == old_pool);
  CHECK(second->pool() != old_pool);
}

TEST_CASE("a supply that shrinks lets its newest pools go as long as enough is left",
          "[frame][slot_supply]") {
  slot_supply supply;
  for (const std::size_t slots : {4, 6, 9}) REQUIRE(supply.resize(slots, 4096));
  REQUIRE(supply.resize(7, 4096));
  CHECK(supply.slots() == 9);
  REQUIRE(supply.resize(6, 4096));
  CHECK(supply.slots() == 6);
  REQUIRE(supply.resize(1, 4096));
  CHECK(supply.slots() == 4);
  CHECK(take_all(supply).size() == 4);
}

TEST_CASE("a pool that was let go keeps its memory until its last slot is given back",
          "[frame][slot_supply]") {
  slot_supply supply;
  REQUIRE(supply.resize(1, 4096));
  REQUIRE(supply.resize(2, 4096));
  auto held = take_all(supply);
  REQUIRE(held.size() == 2);
  held[1].bytes()[0] = 77;
  REQUIRE(supply.resize(1, 4096));
  CHECK(supply.slots() == 1);
  CHECK(supply.in_use() == 1);
  CHECK(held[1].bytes()[0] == 77);
  held.clear();
  CHECK(take_all(supply).size() == 1);
}

TEST_CASE("slots of another size begin anew", "[frame][slot_supply]") {
  slot_supply supply;
  REQUIRE(supply.resize(3, 4096));
  const auto old = supply.acquire();
  REQUIRE(supply.resize(2, 9000));
  CHECK(supply.slots() == 2);
  CHECK(supply.in_use() == 0);
  const auto next = supply.acquire();
  REQUIRE((old && next));
  CHECK(next->pool() != old->pool());
  CHECK(next->bytes().size() >= 9000);
}

TEST_CASE("a supply that cannot grow stays as it was", "[frame][slot_supply]") {
  slot_supply supply;
  REQUIRE(supply.resize(2, 4096));
  for (const auto& [slots, bytes] : {std::pair{SIZE_MAX / 8192, std::size_t{4096}},
                                     std::pair{std::size_t{2}, SIZE_MAX / 2}}) {
    const auto outcome = supply.resize(slots, bytes);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind() == error_kind::internal);
  }
  CHECK(supply.slots() == 2);
  CHECK(supply.slot_bytes() == 4096);
  CHECK(take_all(supply).size() == 2);
}
