#include "core/frame/slot_pool.hpp"

#include "tests/support/catch.hpp"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

using namespace camherd;

namespace {

std::shared_ptr<slot_pool> pool_of(std::size_t slots, std::size_t bytes = 4096) {
  auto made = slot_pool::create(slots, bytes);
  REQUIRE(made);
  return *std::move(made);
}

}  // namespace

TEST_CASE("a pool without slots or bytes is an error of the caller", "[frame][slot_pool]") {
  for (const auto& bad : {slot_pool::create(0, 4096), slot_pool::create(3, 0)}) {
    REQUIRE_FALSE(bad);
    CHECK(bad.error().kind() == error_kind::invalid_argument);
  }
  const auto huge = slot_pool::create(SIZE_MAX / 4096, SIZE_MAX / 2);
  REQUIRE_FALSE(huge);
  CHECK(huge.error().kind() == error_kind::internal);
}

TEST_CASE("slots lie page by page behind one another in one segment", "[frame][slot_pool]") {
  const auto pool = pool_of(3, 5000);
  CHECK(pool->slots() == 3);
  CHECK(pool->slot_bytes() == 8192);
  CHECK(pool->segment().bytes().size() == 3 * 8192);
  const auto first = pool->acquire();
  const auto second = pool->acquire();
  REQUIRE((first && second));
  CHECK(second->offset() - first->offset() == 8192);
  CHECK(second->bytes().data() == pool->segment().bytes().data() + second->offset());
  CHECK(second->bytes().size() == 8192);
}

TEST_CASE("a pool gives each slot once and nothing when all are held", "[frame][slot_pool]") {
  const auto pool = pool_of(2);
  auto first = pool->acquire();
  const auto second = pool->acquire();
  REQUIRE((first && second));
  CHECK(first->index() != second->index());
  CHECK_FALSE(pool->acquire());
  CHECK(pool->in_use() == 2);
  first.reset();
  CHECK(pool->in_use() == 1);
  CHECK(pool->acquire());
}

TEST_CASE("a slot is free when the last of its holders is gone", "[frame][slot_pool]") {
  const auto pool = pool_of(1);
  auto held = *pool->acquire();
  slot_ref copy = held;
  slot_ref moved = std::move(held);
  CHECK_FALSE(
      held);  // NOLINT(bugprone-use-after-move): what a move leaves is part of the contract
  moved = slot_ref{};
  CHECK(pool->in_use() == 1);
  copy = slot_ref{copy};
  CHECK(pool->in_use() == 1);
  copy = {};
  CHECK(pool->in_use() == 0);
}

TEST_CASE("a pool reuses low slots, so that memory never needed is never touched",
          "[frame][slot_pool]") {
  const auto pool = pool_of(8);
  for (int i = 0; i < 100; ++i) {
    const auto one = pool->acquire();
    const auto two = pool->acquire();
    REQUIRE((one && two));
    CHECK(one->index() == 0);
    CHECK(two->index() == 1);
  }
}

TEST_CASE("a held slot keeps the memory of a pool that everybody else let go",
          "[frame][slot_pool]") {
  auto pool = pool_of(2);
  auto held = *pool->acquire();
  std::weak_ptr<slot_pool> watch = pool;
  pool.reset();
  held.bytes()[0] = 5;
  CHECK(held.bytes()[0] == 5);
  held = {};
  CHECK(watch.expired());
}

TEST_CASE("threads that fight for slots never share one", "[frame][slot_pool]") {
  const auto pool = pool_of(3);
  std::atomic<int> clashes{0};
  std::atomic<int> got{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20000; ++i) {
        const auto slot = pool->acquire();
        if (!slot) continue;
        ++got;
        // Not atomic on purpose: ThreadSanitizer checks that the hand-over orders the pixels.
        auto& owner = slot->bytes()[0];
        owner = static_cast<std::uint8_t>(t);
        const slot_ref copy = *slot;
        if (copy.bytes()[0] != t) ++clashes;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(clashes == 0);
  CHECK(got > 0);
  CHECK(pool->in_use() == 0);
}
