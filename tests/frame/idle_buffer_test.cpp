#include "core/frame/idle_buffer.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/unit_stream.hpp"

#include <algorithm>

using namespace camherd;
using namespace std::chrono_literals;
using testing::make_unit;
using testing::picture;

namespace {

struct buffer_fixture {
  std::shared_ptr<flow_ledger> ledger = std::make_shared<flow_ledger>();
  idle_buffer buffer{1000, ledger};
  std::uint64_t next = 0;
  drop_reason reason = drop_reason::rate_limit;

  bool keep(picture kind, std::size_t bytes) {
    ledger->received();
    return buffer.keep({make_unit(kind, next++, mono_time{1h}, bytes), reason});
  }
};

}  // namespace

TEST_CASE("a keyframe replaces everything kept before it", "[frame][idle]") {
  buffer_fixture f;
  CHECK(f.keep(picture::key, 100));
  CHECK(f.keep(picture::reference, 100));
  CHECK(f.keep(picture::key, 100));
  CHECK(f.buffer.size() == 1);
  CHECK(f.buffer.bytes() == 100);
  CHECK(f.ledger->counts().dropped(drop_reason::rate_limit) == 2);
  CHECK(f.buffer.take()->unit.sequence == 2);
  CHECK(f.buffer.bytes() == 0);
  CHECK_FALSE(f.buffer.take());
}

TEST_CASE("a replaced unit is entered under its own reason", "[frame][idle]") {
  buffer_fixture f;
  CHECK(f.keep(picture::key, 100));
  f.reason = drop_reason::not_keyframe;
  CHECK(f.keep(picture::reference, 100));
  CHECK(f.keep(picture::reference, 100));
  f.buffer.replace();
  CHECK(f.buffer.empty());
  CHECK(f.ledger->counts().dropped(drop_reason::rate_limit) == 1);
  CHECK(f.ledger->counts().dropped(drop_reason::not_keyframe) == 2);
}

TEST_CASE("units that no other needs are dropped but for the newest", "[frame][idle]") {
  buffer_fixture f;
  for (const auto kind : {picture::key, picture::disposable, picture::reference,
                          picture::disposable, picture::disposable}) {
    CHECK(f.keep(kind, 100));
  }
  f.buffer.drop_unneeded(drop_reason::rate_limit, 1);
  CHECK(f.buffer.size() == 3);
  CHECK(f.buffer.bytes() == 300);
  f.buffer.drop_unneeded(drop_reason::not_reference, 0);
  CHECK(f.buffer.size() == 2);
  CHECK(f.ledger->counts().dropped(drop_reason::rate_limit) == 2);
  CHECK(f.ledger->counts().dropped(drop_reason::not_reference) == 1);
}

TEST_CASE("kept units never exceed their bound", "[frame][idle]") {
  buffer_fixture f;
  CHECK(f.keep(picture::key, 600));
  CHECK(f.keep(picture::reference, 400));
  CHECK(f.buffer.bytes() == 1000);
  CHECK_FALSE(f.keep(picture::reference, 1));
  CHECK(f.buffer.size() == 0);
  CHECK(f.ledger->counts().dropped(drop_reason::queue_overflow) == 3);
  CHECK(f.ledger->counts().balanced());
  CHECK(f.ledger->counts().in_flight == 0);
}

TEST_CASE("kept units hold no memory that their bound does not count", "[frame][idle]") {
  buffer_fixture f;
  auto unit = make_unit(picture::key, 0, mono_time{1h}, 100);
  unit.payload.reserve(100'000);
  const auto before = unit.payload;
  f.ledger->received();
  CHECK(f.buffer.keep({std::move(unit), drop_reason::rate_limit}));
  const auto kept = f.buffer.take();
  CHECK(kept->unit.payload.room() < 250);
  CHECK(std::ranges::equal(kept->unit.payload.bytes(), before.bytes()));
}

TEST_CASE("what is still kept at the end is entered as stale", "[frame][idle]") {
  auto ledger = std::make_shared<flow_ledger>();
  {
    idle_buffer buffer{1000, ledger};
    ledger->received();
    CHECK(buffer.keep({make_unit(picture::key, 0, mono_time{1h}, 10)}));
  }
  CHECK(ledger->counts().dropped(drop_reason::stale) == 1);
}
