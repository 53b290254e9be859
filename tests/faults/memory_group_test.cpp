#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/memory_limit.hpp"

#include <gst/gst.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

using namespace camherd;
using namespace camherd::faults;
using namespace camherd::testing;

namespace {

namespace fs = std::filesystem;

/// A control group of memory (cgroups(7)) for one process. Its memory counts from then on.
class memory_group {
 public:
  /// Null where none can be made: that takes root, and a hierarchy that one may write to.
  static std::unique_ptr<memory_group> create() {
    // Version 1 and version 2.
    static constexpr std::array<std::pair<const char*, const char*>, 2> hierarchies{
        {{"/sys/fs/cgroup/memory", "memory.limit_in_bytes"}, {"/sys/fs/cgroup", "memory.max"}}};
    for (const auto& [root, limit] : hierarchies) {
      std::error_code failed;
      fs::path folder = fs::path{root} / ("camherd-test-" + std::to_string(::getpid()));
      if (!fs::create_directory(folder, failed)) continue;
      std::unique_ptr<memory_group> made{new memory_group{std::move(folder), limit}};
      if (fs::exists(made->folder_ / limit, failed)) return made;
    }
    return nullptr;
  }
  // Its process has ended: the kernel lets go of such a group at once.
  ~memory_group() { ::rmdir(folder_.c_str()); }
  memory_group(const memory_group&) = delete;
  memory_group& operator=(const memory_group&) = delete;

  void take_in(int pid) const { write("cgroup.procs", std::to_string(pid)); }
  void limit(std::size_t bytes) const { write(limit_, std::to_string(bytes)); }

 private:
  memory_group(fs::path folder, std::string limit)
      : folder_{std::move(folder)}, limit_{std::move(limit)} {}

  void write(const std::string& file, const std::string& value) const {
    std::ofstream out{folder_ / file};
    REQUIRE(out << value << std::flush);
  }

  fs::path folder_;
  std::string limit_;
};

}  // namespace

TEST_CASE("memory-limit-of-a-group", "[faults]") {
  if (!can_limit_memory) return;
  const auto group = memory_group::create();
  if (!group) {
    WARN("no control group can be made here: the limit of none is reached");
    return;
  }
  gst_init(nullptr, nullptr);
  const auto pictures = make_clip();
  REQUIRE(pictures);
  const auto giant = fault_named("access-unit-of-20-mb-allowed");
  const auto good = stage({0, *pictures}, {});
  const auto started = giant.start({0, *pictures});
  REQUIRE(started);
  const auto& large = *started;
  herd_run herd{"  good: {url: '" + good->url() + "', idle: full}\n  large: {url: '" +
                large->url() + "', idle: full, " + giant.settings + "}\n"};
  const auto clean = std::make_shared<const clean_pictures>(good->clips());
  const watched_camera watched{"good", herd.runtime_dir(), clean};
  REQUIRE(watched.shows(10));
  REQUIRE(herd.logs("large", "streaming"));

  group->take_in(herd.process().pid());
  group->limit(std::size_t{16} << 20);
  CHECK(watched.shows(20));
  large->begin();
  // Nobody is asked, and no line can be written.
  CHECK(herd.process().wait() == process_exit{-1, SIGKILL});
  CHECK(watched.wait_until([](const auto& now) { return now.states.contains("removed"); }));
  large->end();

  herd.start_again();
  CHECK(watched.shows(10));
  CHECK(herd.logs("large", "streaming"));
  CHECK(watched.tally().smeared == 0);
  const auto report = herd.stop(SIGTERM);
  check_account(report.at("good"));
}
