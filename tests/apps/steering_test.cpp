#include "apps/camherd/steering.hpp"

#include "tests/apps/steering_fixture.hpp"

#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

using namespace camherd;
using namespace camherd::testing;

namespace {

using lines = std::vector<std::string>;

const camera_config door = camera_of("door", "rtsp://u:secret@10.0.0.1/door");
const camera_config yard = camera_of("yard", "rtsp://u:secret@10.0.0.2/yard");
const camera_config attic = camera_of("attic", "rtsp://10.0.0.3/attic");

/// A node's steering in a state directory of its own, which can end and begin again.
struct steering_fixture {
  explicit steering_fixture(std::vector<camera_config> in_file = {door}) {
    begin(std::move(in_file));
  }

  void begin(std::vector<camera_config> in_file) {
    herd.reset();
    auto file = state_file::open(
        folder / "state",
        {.write = [this](int fd, const void* bytes, std::size_t count) -> ssize_t {
          errno = EIO;
          return disk_fails ? -1 : ::write(fd, bytes, count);
        }});
    REQUIRE(file);
    auto made = steering::open(file_with(std::move(in_file)), *std::move(file));
    if (!made) UNSCOPED_INFO(made.error().message());
    REQUIRE(made);
    herd = *std::move(made);
    herd->start([this](std::shared_ptr<const config> next) {
      ++applied;
      wanted = std::move(next);
    });
  }

  /// What is applied, as `lines_of` says it.
  [[nodiscard]] lines running() const {
    lines names;
    for (const auto& camera : wanted->cameras) {
      if (camera.runs()) names.push_back(camera.name);
    }
    return names;
  }

  [[nodiscard]] std::uint64_t revision(std::string_view name) const {
    const auto camera = herd->camera(name);
    REQUIRE(camera);
    return camera->revision;
  }

  temporary_folder folder;
  bool disk_fails = false;
  std::unique_ptr<steering> herd;
  std::shared_ptr<const config> wanted;
  int applied = 0;
};

// "" for success.
std::string why(const std::optional<steering_error>& failed) {
  return failed ? failed->text : "";
}

bool is(const std::optional<steering_error>& failed, steering_problem problem) {
  return failed && failed->problem == problem;
}

}  // namespace

TEST_CASE_METHOD(steering_fixture,
                 "what operators change takes effect and is there after a restart",
                 "[steering]") {
  CHECK(why(herd->add(yard)).empty());
  CHECK(why(herd->add(attic)).empty());
  CHECK(running() == lines{"door", "yard", "attic"});
  CHECK(why(herd->set_started("door", false)).empty());
  CHECK(why(herd->set_started("attic", false)).empty());
  CHECK(running() == lines{"yard"});
  auto moved = yard;
  moved.max_leases = 5;
  CHECK(why(herd->change(moved, {})).empty());
  CHECK(wanted->cameras[1].max_leases == 5);
  const lines expected{"door rtsp://u:secret@10.0.0.1/door file stopped",
                       "yard rtsp://u:secret@10.0.0.2/yard",
                       "attic rtsp://10.0.0.3/attic stopped"};
  CHECK(lines_of(herd->cameras()) == expected);

  begin({door});
  CHECK(lines_of(herd->cameras()) == expected);
  CHECK(wanted->cameras[1].max_leases == 5);
  CHECK(running() == lines{"yard"});
  CHECK(why(herd->remove("yard", {})).empty());
  CHECK(why(herd->set_started("attic", true)).empty());
  begin({door});
  CHECK(running() == lines{"attic"});
}

TEST_CASE("without a state file everything works but nothing is kept", "[steering]") {
  auto made = steering::open(file_with({door}), nullptr);
  REQUIRE(made);
  int applied = 0;
  (*made)->start([&](const std::shared_ptr<const config>&) { ++applied; });
  CHECK(why((*made)->add(yard)).empty());
  CHECK(applied == 2);
}

TEST_CASE_METHOD(steering_fixture, "each refusal says what to do about it and changes nothing",
                 "[steering]") {
  REQUIRE_FALSE(herd->add(yard));
  const auto before = lines_of(herd->cameras());
  const auto applied_before = applied;

  CHECK(is(herd->add(yard), steering_problem::exists));
  CHECK(why(herd->add(door)) == "there is a camera door already, in the configuration file");
  CHECK(is(herd->change(attic, {}), steering_problem::not_found));
  CHECK(is(herd->remove("attic", {}), steering_problem::not_found));
  CHECK(is(herd->set_started("attic", false), steering_problem::not_found));
  CHECK(why(herd->remove("a\nb", {})) == "no camera a?b");
  CHECK(is(herd->change(door, {}), steering_problem::in_file));
  CHECK(is(herd->remove("door", {}), steering_problem::in_file));
  CHECK(is(herd->remove("yard", revision("yard") + 1), steering_problem::out_of_date));
  CHECK(is(herd->change(yard, revision("yard") - 1), steering_problem::out_of_date));
  auto nameless = attic;
  nameless.name = "Attic";
  CHECK(is(herd->add(nameless), steering_problem::invalid));

  CHECK(lines_of(herd->cameras()) == before);
  CHECK(applied == applied_before);
}

TEST_CASE_METHOD(steering_fixture, "a camera that its settings disable cannot be started",
                 "[steering]") {
  auto off = attic;
  off.enabled = false;
  REQUIRE_FALSE(herd->add(off));
  CHECK(running() == lines{"door"});
  CHECK(is(herd->set_started("attic", true), steering_problem::invalid));
  CHECK_FALSE(herd->set_started("attic", false));
  CHECK(is(herd->set_started("attic", true), steering_problem::invalid));
  CHECK_FALSE(herd->camera("attic")->started);
}

TEST_CASE_METHOD(steering_fixture, "every change of a camera makes a revision of it alone",
                 "[steering]") {
  REQUIRE_FALSE(herd->add(yard));
  REQUIRE_FALSE(herd->add(attic));
  const auto untouched = revision("attic");
  std::set<std::uint64_t> seen{revision("yard")};
  const auto is_new = [&] { return seen.insert(revision("yard")).second; };

  auto moved = yard;
  moved.max_leases = 5;
  REQUIRE_FALSE(herd->change(moved, revision("yard")));
  CHECK(is_new());
  REQUIRE_FALSE(herd->set_started("yard", false));
  CHECK(is_new());
  REQUIRE_FALSE(herd->remove("yard", revision("yard")));
  REQUIRE_FALSE(herd->add(yard));
  CHECK(is_new());
  CHECK(revision("attic") == untouched);

  begin({door});
  CHECK(is_new());
  CHECK(revision("attic") != untouched);
}

TEST_CASE_METHOD(steering_fixture, "what makes no difference is no change", "[steering]") {
  REQUIRE_FALSE(herd->add(yard));
  const auto before = revision("yard");
  const auto applied_before = applied;
  CHECK_FALSE(herd->change(yard, before));
  CHECK_FALSE(herd->set_started("yard", true));
  CHECK(revision("yard") == before);
  CHECK(applied == applied_before);
}

TEST_CASE_METHOD(steering_fixture, "a change that repeats the hidden password keeps it",
                 "[steering][secrets]") {
  REQUIRE_FALSE(herd->add(yard));
  const auto shown = camera_of("yard", yard.url.redacted(), {{"max_leases", "7"}});
  CHECK(why(herd->change(shown, {})).empty());
  CHECK(herd->camera("yard")->spec.url == yard.url);
  CHECK(herd->camera("yard")->spec.max_leases == 7);

  const auto elsewhere = herd->change(camera_of("yard", "rtsp://u:***@10.6.6.6/yard"), {});
  CHECK(is(elsewhere, steering_problem::invalid));
  CHECK(why(elsewhere).find("secret@") == std::string::npos);
  CHECK(herd->camera("yard")->spec.url == yard.url);
  CHECK(is(herd->add(camera_of("attic", "rtsp://u:***@h/")), steering_problem::invalid));
}

TEST_CASE_METHOD(steering_fixture, "a change that cannot be kept is not made", "[steering]") {
  REQUIRE_FALSE(herd->add(yard));
  const auto before = lines_of(herd->cameras());
  const auto applied_before = applied;
  disk_fails = true;
  CHECK(is(herd->add(attic), steering_problem::storage));
  CHECK(is(herd->set_started("door", false), steering_problem::storage));
  CHECK(is(herd->remove("yard", {}), steering_problem::storage));
  CHECK(why(herd->remove("yard", {})).find("Input/output error") != std::string::npos);
  CHECK(is(herd->reload(file_with({door, yard})), steering_problem::storage));
  CHECK(lines_of(herd->cameras()) == before);
  CHECK(applied == applied_before);

  disk_fails = false;
  CHECK_FALSE(herd->remove("yard", {}));
  begin({door});
  CHECK(running() == lines{"door"});
}

TEST_CASE_METHOD(steering_fixture, "a reload changes the cameras of the file alone",
                 "[steering]") {
  REQUIRE_FALSE(herd->add(yard));
  REQUIRE_FALSE(herd->set_started("door", false));
  const auto of_door = revision("door");
  const auto of_yard = revision("yard");
  CHECK_FALSE(herd->reload(file_with({attic, door})));
  CHECK(lines_of(herd->cameras()) == lines{"attic rtsp://10.0.0.3/attic file",
                                           "door rtsp://u:secret@10.0.0.1/door file stopped",
                                           "yard rtsp://u:secret@10.0.0.2/yard"});
  CHECK(revision("door") == of_door);
  CHECK(revision("yard") == of_yard);
  auto moved = door;
  moved.max_leases = 5;
  CHECK_FALSE(herd->reload(file_with({moved})));
  CHECK(revision("door") != of_door);
  CHECK_FALSE(herd->camera("door")->started);
  CHECK(wanted->cameras[0].max_leases == 5);
}

TEST_CASE_METHOD(steering_fixture, "a camera in the file takes the place of an operator's",
                 "[steering]") {
  REQUIRE_FALSE(herd->add(yard));
  REQUIRE_FALSE(herd->set_started("yard", false));
  auto other = yard;
  other.max_leases = 9;
  const bool while_down = GENERATE(false, true);
  if (while_down) {
    begin({door, other});
  } else {
    REQUIRE_FALSE(herd->reload(file_with({door, other})));
  }
  CHECK(herd->camera("yard")->from_file);
  CHECK(herd->camera("yard")->spec.max_leases == 9);
  CHECK_FALSE(herd->camera("yard")->started);
  // The operator's does not come back.
  begin({door});
  CHECK(running() == lines{"door"});
  CHECK_FALSE(herd->camera("yard"));
}

TEST_CASE_METHOD(steering_fixture, "a stop is forgotten with its camera", "[steering]") {
  REQUIRE_FALSE(herd->set_started("door", false));
  const bool while_down = GENERATE(false, true);
  if (while_down) {
    begin({});
  } else {
    REQUIRE_FALSE(herd->reload(file_with({})));
  }
  begin({door});
  CHECK(running() == lines{"door"});
}

TEST_CASE_METHOD(steering_fixture, "settings of the node go with every change", "[steering]") {
  config other;
  other.node.io_threads = 3;
  REQUIRE_FALSE(herd->reload(std::make_shared<const config>(other)));
  REQUIRE_FALSE(herd->add(yard));
  CHECK(wanted->node.io_threads == 3);
}

TEST_CASE_METHOD(steering_fixture, "no more cameras can be added than a herd has",
                 "[steering]") {
  std::vector<camera_config> many(4096, attic);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].name = "cam" + std::to_string(i);
  REQUIRE_FALSE(herd->reload(file_with(many)));
  CHECK(is(herd->add(yard), steering_problem::invalid));
}

TEST_CASE_METHOD(steering_fixture, "changes from many threads come one after the other",
                 "[steering]") {
  REQUIRE_FALSE(herd->add(yard));
  const auto looked_at = revision("yard");
  std::atomic<int> won{0};
  {
    std::vector<std::jthread> operators;
    for (unsigned n = 0; n < 8; ++n) {
      operators.emplace_back([&, n] {
        auto mine = yard;
        mine.max_leases = 40 + n;
        if (!herd->change(mine, looked_at)) ++won;
        auto own = attic;
        own.name += std::to_string(n);
        if (herd->add(own)) won += 100;
        (void)herd->cameras();
      });
    }
  }
  CHECK(won == 1);
  CHECK(herd->cameras().size() == 10);
  const auto before = lines_of(herd->cameras());
  CHECK(wanted->cameras.size() == 10);
  CHECK(wanted->cameras[1] == herd->camera("yard")->spec);
  begin({door});
  CHECK(lines_of(herd->cameras()) == before);
}

TEST_CASE_METHOD(steering_fixture, "a damaged state ends the start", "[steering]") {
  REQUIRE_FALSE(herd->add(yard));
  herd.reset();
  const auto path = folder / "state/cameras.json";
  std::filesystem::resize_file(path, 40);
  auto file = state_file::open(folder / "state");
  REQUIRE(file);
  const auto refused = steering::open(file_with({door}), *std::move(file));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message().find(path + " cannot be used: it is cut off") == 0);
  CHECK(std::filesystem::file_size(path) == 40);
}
