#include "apps/camherd/http/census.hpp"

#include "tests/support/catch.hpp"

using namespace camherd::http;
using occupation = census::occupation;

TEST_CASE("everybody is admitted while there is room", "[http][census]") {
  census members{2, 2};
  CHECK(members.admit("a").newcomer);
  const auto second = members.admit("a");
  CHECK(second.newcomer);
  CHECK_FALSE(second.leaving);
  CHECK(members.size() == 2);
}

TEST_CASE("the one that is longest without a finished header makes room", "[http][census]") {
  census members{3, 3};
  const auto first = *members.admit("a").newcomer;
  const auto second = *members.admit("b").newcomer;
  const auto third = *members.admit("c").newcomer;
  members.set(first, occupation::busy);
  members.set(third, occupation::idle);
  CHECK(members.admit("d").leaving == second);
  CHECK(members.size() == 3);
}

TEST_CASE("without one the longest idle makes room", "[http][census]") {
  census members{3, 3};
  const auto first = *members.admit("a").newcomer;
  const auto second = *members.admit("b").newcomer;
  const auto third = *members.admit("c").newcomer;
  members.set(third, occupation::idle);
  members.set(first, occupation::idle);
  members.set(second, occupation::busy);
  CHECK(members.admit("d").leaving == third);
}

TEST_CASE("nobody who is being served is sent away", "[http][census]") {
  census members{1, 1};
  const auto only = *members.admit("a").newcomer;
  members.set(only, occupation::busy);
  const auto refused = members.admit("b");
  CHECK_FALSE(refused.newcomer);
  CHECK_FALSE(refused.leaving);
  members.remove(only);
  CHECK(members.admit("b").newcomer);
}

TEST_CASE("a peer at its own limit makes room among its own", "[http][census]") {
  census members{10, 2};
  const auto other = *members.admit("other").newcomer;
  const auto first = *members.admit("greedy").newcomer;
  const auto second = *members.admit("greedy").newcomer;
  CHECK(members.admit("greedy").leaving == first);
  members.set(second, occupation::busy);
  members.set(*members.admit("greedy").newcomer, occupation::busy);
  CHECK_FALSE(members.admit("greedy").newcomer);
  CHECK(members.admit("third").newcomer);
  members.remove(other);
  CHECK(members.size() == 3);
}
