#include "apps/camherd/api/made_body.hpp"

#include "tests/support/catch.hpp"

#include <memory>

using camherd::api::made_body;

namespace {

struct counted_page {
  made_body<std::shared_ptr<const int>, bool> page;
  int made = 0;

  std::string of(const std::shared_ptr<const int>& first, bool second) {
    return std::string{page.of(first, second, [&] { return std::to_string(++made); }).bytes()};
  }
};

}  // namespace

TEST_CASE("a page is made once for the same sources", "[apps][api]") {
  counted_page p;
  const auto source = std::make_shared<const int>(1);
  CHECK(p.of(source, true) == "1");
  CHECK(p.of(source, true) == "1");
}

TEST_CASE("a page is made again when any of its sources is another", "[apps][api]") {
  counted_page p;
  CHECK(p.of(nullptr, true) == "1");
  CHECK(p.of(std::make_shared<const int>(1), true) == "2");
  const auto equal_but_new = std::make_shared<const int>(1);
  CHECK(p.of(equal_but_new, true) == "3");
  CHECK(p.of(equal_but_new, false) == "4");
  CHECK(p.of(equal_but_new, false) == "4");
}

TEST_CASE("an answer that was given keeps its bytes when the page is made again",
          "[apps][api]") {
  made_body<int> page;
  const auto given = page.of(1, [] { return std::string(100, 'a'); });
  CHECK(page.of(2, [] { return std::string(100, 'b'); }).bytes() == std::string(100, 'b'));
  CHECK(given.bytes() == std::string(100, 'a'));
}
