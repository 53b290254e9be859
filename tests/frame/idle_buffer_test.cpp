#include "core/frame/idle_buffer.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/unit_stream.hpp"

using namespace camherd;
using namespace std::chrono_literals;
using testing::make_unit;
using testing::picture;

namespace {

struct buffer_fixture {
  std::shared_ptr<flow_ledger> ledger = std::make_shared<flow_ledger>();
  idle_buffer buffer{1000, ledger};
  std::uint64_t next = 0;

  bool keep(picture kind, std::size_t bytes) {
    ledger->received();
    return buffer.keep(make_unit(kind, next++, mono_time{1h}, bytes));
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
  CHECK(f.buffer.take()->sequence == 2);
  CHECK(f.buffer.bytes() == 0);
  CHECK_FALSE(f.buffer.take());
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

TEST_CASE("what is still kept at the end is entered as stale", "[frame][idle]") {
  auto ledger = std::make_shared<flow_ledger>();
  {
    idle_buffer buffer{1000, ledger};
    ledger->received();
    CHECK(buffer.keep(make_unit(picture::key, 0, mono_time{1h}, 10)));
  }
  CHECK(ledger->counts().dropped(drop_reason::stale) == 1);
}
