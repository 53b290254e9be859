#include "actors/herd.hpp"

#include "tests/support/actor_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace camherd;
using namespace std::chrono_literals;
using camherd::testing::picture;

namespace {

class recording_observer final : public herd_observer {
 public:
  void on_status(std::shared_ptr<const herd_status> status) override {
    last = std::move(status);
  }
  void on_stopped(std::shared_ptr<const herd_status> status) override {
    last = std::move(status);
    ++stopped;
  }

  [[nodiscard]] const camera_status& of(const std::string& camera) const {
    for (const auto& c : last->cameras) {
      if (c.health.name == camera) return c;
    }
    throw std::out_of_range{camera};
  }

  std::shared_ptr<const herd_status> last;
  int stopped = 0;
};

struct herd_fixture : testing::actor_fixture {
  herd_fixture() {
    monitor_options options;
    options.random = [this] { return random_value; };
    herd = spawn_herd(system, options, services, observer);
    run();
  }

  ~herd_fixture() override {
    tell_anonymously(herd, halt_atom_v);
    advance(5s);
  }

  void apply(std::vector<camera_config> cameras) {
    config wanted;
    wanted.cameras = std::move(cameras);
    tell_anonymously(herd, apply_atom_v, std::make_shared<const config>(std::move(wanted)));
    run();
  }

  std::shared_ptr<recording_observer> observer = std::make_shared<recording_observer>();
  herd_actor herd;
};

}  // namespace

TEST_CASE_METHOD(herd_fixture,
                 "the herd reports state, counts and rates of each camera in the order "
                 "of the configuration",
                 "[actors][herd]") {
  apply({camera_at("yard", "rtsp://10.0.0.1/"), camera_at("attic", "rtsp://10.0.0.2/")});
  stream("yard");
  for (int i = 0; i < 60; ++i) {
    advance(200ms);
    send("yard", picture::reference);
  }
  advance(1s);
  REQUIRE(observer->last);
  REQUIRE(observer->last->cameras.size() == 2);
  CHECK(observer->last->cameras[0].health.name == "yard");
  CHECK(observer->of("yard").health.state == camera_state::streaming);
  CHECK(observer->of("yard").counters.flow.decoded == 61);
  CHECK(observer->of("yard").counters.rates.decoded == Approx(4.6).margin(0.5));
  CHECK(observer->of("attic").health.state == camera_state::connecting);
}

TEST_CASE_METHOD(herd_fixture, "applying a configuration touches only what differs",
                 "[actors][herd]") {
  auto yard = camera_at("yard", "rtsp://10.0.0.1/");
  const auto attic = camera_at("attic", "rtsp://10.0.0.2/");
  const auto door = camera_at("door", "rtsp://10.0.0.3/");
  apply({yard, attic});
  stream("yard");
  stream("attic");
  yard.frames_per_second_limit = 2;
  apply({yard, door});
  advance(2s);
  CHECK(sessions_of("yard") == 2);
  CHECK(sources["yard"][0]->stopped);
  CHECK(source_of("attic")->stopped);
  CHECK(sessions_of("door") == 1);
  CHECK(observer->last->cameras.size() == 2);

  apply({yard, door});
  advance(2s);
  CHECK(sessions_of("yard") == 2);
  CHECK(sessions_of("door") == 1);
}

TEST_CASE_METHOD(herd_fixture,
                 "a demand reaches cameras that are there and those that come later",
                 "[actors][herd]") {
  auto yard = camera_at("yard", "rtsp://10.0.0.1/");
  yard.idle = idle_policy::off;
  apply({yard});
  stream("yard");
  CHECK(sink->frames["yard"].empty());
  tell_anonymously(herd, demand{.level = decode_level::everything});
  run();
  CHECK(sink->frames["yard"].size() == 1);

  auto door = camera_at("door", "rtsp://10.0.0.3/");
  door.idle = idle_policy::off;
  apply({yard, door});
  stream("door");
  CHECK(sink->frames["door"].size() == 1);
}

TEST_CASE_METHOD(herd_fixture,
                 "halting stops everything in order and reports final counts once",
                 "[actors][herd]") {
  apply({camera_at("yard", "rtsp://10.0.0.1/")});
  stream("yard", 3);
  tell_anonymously(herd, halt_atom_v);
  tell_anonymously(herd, halt_atom_v);
  run();
  CHECK(observer->stopped == 1);
  CHECK(source_of("yard")->stopped);
  const auto& flow = observer->of("yard").counters.flow;
  CHECK(flow.received == 4);
  CHECK(flow.decoded == 4);
  CHECK(flow.in_flight == 0);
}

TEST_CASE_METHOD(herd_fixture, "a restart asked of the herd reaches the camera",
                 "[actors][herd]") {
  apply({camera_at("yard", "rtsp://10.0.0.1/")});
  stream("yard");
  tell_anonymously(herd, restart_atom_v, "yard");
  advance(1s);
  CHECK(sessions_of("yard") == 2);
}
