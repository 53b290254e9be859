#include "core/frame/au_queue.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/unit_stream.hpp"

#include <thread>
#include <vector>

using namespace camherd;
using namespace std::chrono_literals;
using testing::make_unit;
using testing::picture;

namespace {

struct queue_fixture {
  std::shared_ptr<flow_ledger> ledger = std::make_shared<flow_ledger>();
  au_queue queue{{.max_units = 4, .max_age = 500ms}, ledger};
  mono_time now{1h};
  std::uint64_t next = 0;

  bool push(picture kind) { return queue.push(make_unit(kind, next++, now)); }

  // Takes everything and counts it as decoded.
  std::vector<std::uint64_t> take_all() {
    std::vector<std::uint64_t> taken;
    while (auto unit = queue.pop(now)) {
      taken.push_back(unit->sequence);
      ledger->decoded();
    }
    return taken;
  }

  std::uint64_t dropped(drop_reason reason) const { return ledger->counts().dropped(reason); }
};

using sequences = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("units come out in the order they went in", "[frame][queue]") {
  queue_fixture f;
  f.push(picture::key);
  f.push(picture::reference);
  f.push(picture::disposable);
  CHECK(f.take_all() == sequences{0, 1, 2});
  CHECK(f.ledger->counts().dropped() == 0);
  CHECK(f.ledger->counts().balanced());
}

TEST_CASE("one wake-up is asked for until the queue was found empty", "[frame][queue]") {
  queue_fixture f;
  CHECK(f.push(picture::key));
  CHECK_FALSE(f.push(picture::reference));
  CHECK(f.queue.pop(f.now));
  CHECK_FALSE(f.push(picture::reference));
  CHECK(f.queue.pop(f.now));
  CHECK(f.queue.pop(f.now));
  CHECK_FALSE(f.queue.pop(f.now));
  CHECK(f.push(picture::reference));
}

TEST_CASE("a taker that rests is woken by the next unit", "[frame][queue]") {
  queue_fixture f;
  CHECK(f.push(picture::key));
  CHECK(f.queue.pop(f.now));
  CHECK(f.queue.rest());
  CHECK(f.push(picture::reference));
}

TEST_CASE("a taker cannot rest while units wait", "[frame][queue]") {
  queue_fixture f;
  CHECK(f.push(picture::key));
  CHECK_FALSE(f.queue.rest());
  CHECK_FALSE(f.push(picture::reference));
}

TEST_CASE("a full queue gives up a picture that no other needs first", "[frame][queue]") {
  queue_fixture f;
  f.push(picture::key);
  f.push(picture::disposable);
  f.push(picture::reference);
  f.push(picture::disposable);
  f.push(picture::reference);
  CHECK(f.dropped(drop_reason::queue_overflow) == 1);
  CHECK(f.take_all() == sequences{0, 2, 3, 4});
}

TEST_CASE("a full queue of references refuses what follows up to the next keyframe",
          "[frame][queue]") {
  queue_fixture f;
  f.push(picture::key);
  for (int i = 0; i < 3; ++i) f.push(picture::reference);
  f.push(picture::reference);
  CHECK(f.dropped(drop_reason::queue_overflow) == 1);
  CHECK(f.take_all() == sequences{0, 1, 2, 3});

  f.push(picture::reference);
  f.push(picture::disposable);
  CHECK(f.dropped(drop_reason::awaiting_keyframe) == 2);
  CHECK(f.take_all().empty());

  f.push(picture::key);
  f.push(picture::reference);
  CHECK(f.take_all() == sequences{7, 8});
  CHECK(f.ledger->counts().balanced());
}

TEST_CASE("a keyframe replaces a full queue", "[frame][queue]") {
  queue_fixture f;
  f.push(picture::key);
  for (int i = 0; i < 3; ++i) f.push(picture::reference);
  f.push(picture::key);
  CHECK(f.dropped(drop_reason::queue_overflow) == 4);
  CHECK(f.take_all() == sequences{4});
}

TEST_CASE("a full queue gives up what stands before a waiting keyframe", "[frame][queue]") {
  queue_fixture f;
  f.push(picture::reference);
  f.push(picture::reference);
  f.push(picture::key);
  f.push(picture::reference);
  f.push(picture::reference);
  CHECK(f.dropped(drop_reason::queue_overflow) == 2);
  CHECK(f.take_all() == sequences{2, 3, 4});
}

TEST_CASE("a disposable picture is refused by a full queue without harm to what follows",
          "[frame][queue]") {
  queue_fixture f;
  f.push(picture::key);
  for (int i = 0; i < 3; ++i) f.push(picture::reference);
  f.push(picture::disposable);
  CHECK(f.dropped(drop_reason::queue_overflow) == 1);
  CHECK(f.take_all() == sequences{0, 1, 2, 3});
  f.push(picture::reference);
  CHECK(f.take_all() == sequences{5});
}

TEST_CASE("a stale reference takes with it everything up to the next keyframe",
          "[frame][queue]") {
  queue_fixture f;
  f.push(picture::reference);
  f.now += 400ms;
  f.push(picture::reference);
  f.push(picture::key);
  f.now += 200ms;
  CHECK(f.take_all() == sequences{2});
  CHECK(f.dropped(drop_reason::stale) == 1);
  CHECK(f.dropped(drop_reason::awaiting_keyframe) == 1);

  f.push(picture::reference);
  f.now += 501ms;
  CHECK(f.take_all().empty());
  f.push(picture::reference);
  CHECK(f.take_all().empty());
  CHECK(f.dropped(drop_reason::awaiting_keyframe) == 2);
  f.push(picture::key);
  CHECK(f.take_all() == sequences{5});
  CHECK(f.ledger->counts().balanced());
}

TEST_CASE("the keyframe behind references that were dropped says so", "[frame][queue]") {
  queue_fixture f;
  const auto next_keyframe = [&] {
    for (;;) {
      auto unit = f.queue.pop(f.now);
      REQUIRE(unit);
      f.ledger->decoded();
      if (unit->keyframe) return *std::move(unit);
    }
  };
  SECTION("none was") {
    f.push(picture::key);
    f.push(picture::reference);
    CHECK_FALSE(next_keyframe().after_undecoded);
    f.push(picture::key);
    CHECK_FALSE(next_keyframe().after_undecoded);
  }
  SECTION("at the tail") {
    f.push(picture::key);
    for (int i = 0; i < 4; ++i) f.push(picture::reference);
    CHECK_FALSE(next_keyframe().after_undecoded);
    f.push(picture::key);
    CHECK(next_keyframe().after_undecoded);
    f.push(picture::key);
    CHECK_FALSE(next_keyframe().after_undecoded);
  }
  SECTION("for a keyframe") {
    f.push(picture::key);
    for (int i = 0; i < 3; ++i) f.push(picture::reference);
    f.push(picture::key);
    CHECK(next_keyframe().after_undecoded);
  }
  SECTION("since they were stale") {
    f.push(picture::reference);
    f.now += 400ms;
    f.push(picture::key);
    f.now += 200ms;
    CHECK(next_keyframe().after_undecoded);
  }
  SECTION("since they were stale, before it came") {
    f.push(picture::reference);
    f.now += 600ms;
    CHECK_FALSE(f.queue.pop(f.now));
    f.push(picture::reference);
    f.push(picture::key);
    CHECK(next_keyframe().after_undecoded);
  }
  SECTION("nothing that another needs") {
    f.push(picture::disposable);
    f.now += 600ms;
    f.push(picture::key);
    CHECK_FALSE(next_keyframe().after_undecoded);
  }
}

TEST_CASE("a stale picture that no other needs goes alone", "[frame][queue]") {
  queue_fixture f;
  f.push(picture::disposable);
  f.now += 501ms;
  f.push(picture::reference);
  CHECK(f.take_all() == sequences{1});
  CHECK(f.dropped(drop_reason::stale) == 1);
}

TEST_CASE("clearing enters every waiting unit and lets the next one in", "[frame][queue]") {
  queue_fixture f;
  f.push(picture::key);
  for (int i = 0; i < 4; ++i) f.push(picture::reference);
  f.queue.clear(drop_reason::stale);
  CHECK(f.dropped(drop_reason::stale) == 4);
  CHECK(f.ledger->counts().in_flight == 0);
  f.push(picture::reference);
  CHECK(f.take_all() == sequences{5});
}

TEST_CASE("a queue enters what is left when it ends", "[frame][queue]") {
  auto ledger = std::make_shared<flow_ledger>();
  {
    au_queue queue{{}, ledger};
    CHECK(queue.push(make_unit(picture::key, 0, mono_time{1h})));
  }
  CHECK(ledger->counts().in_flight == 0);
  CHECK(ledger->counts().dropped(drop_reason::stale) == 1);
}

TEST_CASE(
    "received equals decoded plus dropped plus in flight while a producer floods the queue",
    "[frame][queue]") {
  auto ledger = std::make_shared<flow_ledger>();
  au_queue queue{{.max_units = 8, .max_age = 1h}, ledger};
  constexpr std::uint64_t offered = 20'000;
  const mono_time now{1h};
  std::thread producer{[&] {
    for (std::uint64_t i = 0; i < offered; ++i) {
      const auto kind = i % 12 == 0  ? picture::key
                        : i % 2 == 0 ? picture::reference
                                     : picture::disposable;
      (void)queue.push(make_unit(kind, i, now, 8));
    }
  }};
  bool in_order = true;
  bool balanced = true;
  std::optional<std::uint64_t> last;
  while (ledger->counts().received < offered || queue.size() > 0) {
    balanced &= ledger->counts().balanced();
    auto unit = queue.pop(now);
    if (!unit) continue;
    in_order &= !last || unit->sequence > *last;
    last = unit->sequence;
    ledger->decoded();
  }
  producer.join();
  const auto counts = ledger->counts();
  CHECK(in_order);
  CHECK(balanced);
  CHECK(counts.received == offered);
  CHECK(counts.in_flight == 0);
  CHECK(counts.decoded + counts.dropped() == offered);
}
