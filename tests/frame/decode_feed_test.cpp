#include "core/frame/decode_feed.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/unit_stream.hpp"

#include <string>

using namespace camherd;
using namespace std::chrono_literals;
using testing::make_unit;
using testing::picture;

namespace {

constexpr auto interval = 100ms;

// A camera of 10 fps with units of 100 bytes. Each unit decoded becomes "7" or, published,
// "7!".
struct feed_fixture {
  explicit feed_fixture(demand wanted, std::size_t max_kept_bytes = 10'000)
      : feed{damage_policy::withhold, max_kept_bytes, ledger} {
    feed.set_demand(wanted);
  }

  unit_fate offer(picture kind) {
    ledger->received();
    const auto at = mono_time{1h} + static_cast<int>(next) * interval;
    return feed.offer(make_unit(kind, next++, at));
  }

  void decode(const decode_order& order) {
    ledger->decoded();
    decoded += (decoded.empty() ? "" : " ") + std::to_string(order.unit.sequence) +
               (order.publish ? "!" : "");
  }

  // Offers units and decodes what is due: K keyframe, P reference, b neither.
  void pass(const std::string& pictures) {
    for (const char c : pictures) {
      offer(c == 'K' ? picture::key : c == 'P' ? picture::reference : picture::disposable);
      take_all();
    }
  }

  void take_all() {
    while (const auto order = feed.take()) decode(*order);
    CHECK(ledger->counts().balanced());
  }

  void want(decode_level level, double max_fps = 0) {
    feed.set_demand({.level = level, .max_fps = max_fps});
    decoded.clear();
    take_all();
  }

  std::uint64_t dropped(drop_reason reason) const { return ledger->counts().dropped(reason); }

  std::shared_ptr<flow_ledger> ledger = std::make_shared<flow_ledger>();
  decode_feed feed;
  std::uint64_t next = 0;
  std::string decoded;
};

constexpr demand nothing{.level = decode_level::nothing};
constexpr demand keyframes{.level = decode_level::keyframes};
constexpr demand one_fps{.level = decode_level::everything, .max_fps = 1};

}  // namespace

TEST_CASE("from nothing to everything the kept units are decoded and the newest published",
          "[frame][feed]") {
  feed_fixture f{nothing};
  f.pass("KPPKPP");
  CHECK(f.decoded.empty());
  CHECK(f.ledger->counts().in_flight == 3);
  f.want(decode_level::everything);
  CHECK(f.decoded == "3 4 5!");
  f.pass("PP");
  CHECK(f.decoded == "3 4 5! 6! 7!");
  CHECK(f.dropped(drop_reason::rate_limit) == 3);
}

TEST_CASE("from nothing to keyframes the newest keyframe alone is decoded", "[frame][feed]") {
  feed_fixture f{nothing};
  f.pass("KPP");
  f.want(decode_level::keyframes);
  CHECK(f.decoded == "0!");
  f.pass("PKP");
  CHECK(f.decoded == "0! 4!");
}

TEST_CASE("from keyframes to everything the pictures between are decoded at once",
          "[frame][feed]") {
  feed_fixture f{keyframes};
  f.pass("KPPKPP");
  CHECK(f.decoded == "0! 3!");
  CHECK(f.dropped(drop_reason::not_keyframe) == 2);
  f.want(decode_level::everything);
  CHECK(f.decoded == "4 5!");
  f.pass("P");
  CHECK(f.decoded == "4 5! 6!");
}

TEST_CASE("a lifted rate limit shows the newest of the pictures that were passed over",
          "[frame][feed]") {
  feed_fixture f{one_fps};
  // Keyframes a second apart, and known to be.
  f.pass("KPPPPPPPPPKPPPPPPPPPKPPPPPPPPPKPPPP");
  CHECK(f.ledger->counts().in_flight == 4);
  f.want(decode_level::everything);
  CHECK(f.decoded == "31 32 33 34!");
  f.pass("PK");
  CHECK(f.decoded == "31 32 33 34! 35! 36!");
}

TEST_CASE("a demand that needs nothing of what is kept leaves it there", "[frame][feed]") {
  feed_fixture f{one_fps};
  f.pass("KPPPPPPPPPKPPPPPPPPPKPPPPPPPPPKPPPP");
  f.want(decode_level::everything, 0.5);
  CHECK(f.decoded.empty());
  f.want(decode_level::keyframes, 0.5);
  f.want(decode_level::nothing);
  CHECK(f.decoded.empty());
  CHECK(f.ledger->counts().in_flight == 4);
  f.want(decode_level::keyframes);
  CHECK(f.decoded.empty());  // the keyframe before them was decoded when it came
  f.want(decode_level::everything);
  CHECK(f.decoded == "31 32 33 34!");
}

TEST_CASE("a new consumer of few frames has the newest picture at once and then its turns",
          "[frame][feed]") {
  feed_fixture f{nothing};
  f.pass("KPPP");
  f.want(decode_level::everything, 2);
  CHECK(f.decoded == "0 1 2 3!");
  f.pass("PPPPP");
  CHECK(f.decoded == "0 1 2 3! 4 5 6 7 8!");
}

TEST_CASE("pictures that no other needs are not decoded on the way to the newest",
          "[frame][feed]") {
  feed_fixture f{nothing};
  f.pass("KbPbb");
  f.want(decode_level::everything);
  CHECK(f.decoded == "0 2 4!");
  CHECK(f.dropped(drop_reason::rate_limit) == 2);

  feed_fixture references{nothing};
  references.pass("KbPbb");
  references.want(decode_level::references);
  CHECK(references.decoded == "0 2!");
  CHECK(references.dropped(drop_reason::not_reference) == 3);
}

TEST_CASE("units that come while catching up join, so that a current picture is published",
          "[frame][feed]") {
  feed_fixture f{nothing};
  f.pass("KPPP");
  f.feed.set_demand({.level = decode_level::everything});
  f.decode(*f.feed.take());
  REQUIRE(f.feed.takes_more());
  CHECK(f.offer(picture::reference) == unit_fate::kept);
  f.take_all();
  CHECK(f.decoded == "0 1 2 3 4!");
  f.pass("P");
  CHECK(f.decoded == "0 1 2 3 4! 5!");
}

TEST_CASE("catching up ends even where units come as fast as they are decoded",
          "[frame][feed]") {
  feed_fixture f{nothing};
  f.pass("KPPP");
  f.feed.set_demand({.level = decode_level::everything});
  int joined = 0;
  while (f.feed.catches_up()) {
    if (f.feed.takes_more()) {
      f.offer(picture::reference);
      ++joined;
    }
    f.decode(*f.feed.take());
  }
  CHECK(joined == 4);
  CHECK(f.decoded == "0 1 2 3 4 5 6 7!");
}

TEST_CASE("a keyframe that comes while catching up makes the rest useless", "[frame][feed]") {
  feed_fixture f{nothing};
  f.pass("KPPP");
  f.feed.set_demand({.level = decode_level::everything});
  f.decode(*f.feed.take());
  f.pass("KP");
  CHECK(f.decoded == "0 4! 5!");
  CHECK(f.dropped(drop_reason::rate_limit) == 3);
}

TEST_CASE("a demand that ends while catching up keeps the rest", "[frame][feed]") {
  feed_fixture f{nothing};
  f.pass("KPPP");
  f.feed.set_demand({.level = decode_level::everything});
  f.decode(*f.feed.take());
  f.feed.set_demand(nothing);
  f.pass("P");
  CHECK(f.decoded == "0");
  f.want(decode_level::everything);
  CHECK(f.decoded == "1 2 3 4!");
}

TEST_CASE("past the bound everything is dropped and the next keyframe waited for",
          "[frame][feed]") {
  feed_fixture f{keyframes, 250};
  f.pass("KPP");
  CHECK(f.offer(picture::reference) == unit_fate::overflowed);
  CHECK(f.offer(picture::reference) == unit_fate::dropped);
  CHECK(f.dropped(drop_reason::queue_overflow) == 3);
  CHECK(f.dropped(drop_reason::not_keyframe) == 1);
  CHECK_FALSE(f.feed.waits_for_keyframe());
  f.want(decode_level::everything);
  CHECK(f.feed.waits_for_keyframe());
  f.pass("PK");
  CHECK(f.decoded == "6!");
  CHECK(f.dropped(drop_reason::awaiting_keyframe) == 1);
}

TEST_CASE("a picture lost while catching up takes with it what is kept behind it",
          "[frame][feed]") {
  feed_fixture f{nothing};
  f.pass("KPPP");
  f.feed.set_demand({.level = decode_level::everything});
  f.decode(*f.feed.take());
  f.feed.lost_reference();
  f.pass("PK");
  CHECK(f.decoded == "0 5!");
  CHECK(f.dropped(drop_reason::awaiting_keyframe) == 4);
}

TEST_CASE("what is kept at the end of a session is stale", "[frame][feed]") {
  feed_fixture f{nothing};
  f.pass("KP");
  f.feed.end_session();
  CHECK(f.dropped(drop_reason::stale) == 2);
  f.feed.set_demand({.level = decode_level::everything});
  f.pass("PK");
  CHECK(f.decoded == "3!");
}
