// A process that steers a herd is killed at every step of every write.
#include "apps/camherd/steering.hpp"
#include "tests/apps/steering_fixture.hpp"

#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <functional>
#include <unistd.h>

using namespace camherd;
using namespace camherd::testing;

namespace {

using change = std::function<std::optional<steering_error>(steering&)>;

const camera_config door = camera_of("door", "rtsp://10.0.0.1/door");
const camera_config yard = camera_of("yard", "rtsp://u:secret@10.0.0.2/yard");
const camera_config attic = camera_of("attic", "rtsp://10.0.0.3/attic", {{"transport", "udp"}});

std::vector<change> changes() {
  return {
      [](steering& herd) { return herd.add(yard); },
      [](steering& herd) { return herd.set_started("door", false); },
      [](steering& herd) { return herd.add(attic); },
      [](steering& herd) {
        auto moved = yard;
        moved.url = attic.url;
        return herd.change(moved, {});
      },
      [](steering& herd) { return herd.remove("attic", {}); },
      [](steering& herd) {
        return herd.reload(file_with({door, yard}));
      },
  };
}

result<std::unique_ptr<steering>> begin(const std::string& directory,
                                        whole_file_options writing) {
  auto file = state_file::open(directory, std::move(writing));
  if (!file) return file.error();
  auto herd = steering::open(file_with({door}), *std::move(file));
  if (herd) (*herd)->start([](const std::shared_ptr<const config>&) {});
  return herd;
}

// What a herd that was not disturbed is after each number of changes and a new start.
std::vector<std::vector<std::string>> undisturbed() {
  std::vector<std::vector<std::string>> after;
  for (std::size_t count = 0; count <= changes().size(); ++count) {
    const temporary_folder folder;
    {
      auto herd = begin(folder / "state", {});
      REQUIRE(herd);
      for (std::size_t i = 0; i < count; ++i) REQUIRE_FALSE(changes()[i](**herd));
    }
    auto again = begin(folder / "state", {});
    REQUIRE(again);
    after.push_back(lines_of((*again)->cameras()));
  }
  return after;
}

/// In a process of its own: makes every change, and is killed before the step `fatal` of all
/// their writes, which go on by 16 bytes. Writes one byte to `acknowledged` after each change.
[[noreturn]] void steer_until(int fatal, const std::string& directory, int acknowledged) {
  int step = 0;
  auto herd =
      begin(directory, {.before =
                            [&](write_step) {
                              if (step++ == fatal) ::raise(SIGKILL);
                            },
                        .write = [](int fd, const void* bytes, std::size_t count) -> ssize_t {
                          return ::write(fd, bytes, std::min<std::size_t>(count, 16));
                        }});
  if (!herd) ::_exit(1);
  for (const auto& make : changes()) {
    if (make(**herd) || ::write(acknowledged, "+", 1) != 1) ::_exit(2);
  }
  ::_exit(0);
}

struct steered_process {
  int status = -1;
  std::size_t acknowledged = 0;
};

steered_process steer_and_die(int fatal, const std::string& directory) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const unique_fd read_end{ends[0]};
  unique_fd write_end{ends[1]};
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) steer_until(fatal, directory, write_end.get());
  write_end.reset();
  steered_process ended;
  char byte = 0;
  while (::read(read_end.get(), &byte, 1) == 1) ++ended.acknowledged;
  REQUIRE(::waitpid(child, &ended.status, 0) == child);
  return ended;
}

}  // namespace

TEST_CASE("a process killed at any step leaves what was acknowledged, or one change more",
          "[steering][crash]") {
  const auto expected = undisturbed();
  int killed = 0;
  for (int fatal = 0;; ++fatal) {
    const temporary_folder folder;
    const auto ended = steer_and_die(fatal, folder / "state");
    INFO("killed before step " << fatal << " after " << ended.acknowledged << " changes");
    const bool finished = WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == 0;
    REQUIRE((finished || (WIFSIGNALED(ended.status) && WTERMSIG(ended.status) == SIGKILL)));

    const auto again = begin(folder / "state", {});
    if (!again) UNSCOPED_INFO(again.error().message());
    REQUIRE(again);
    const auto found = lines_of((*again)->cameras());
    if (finished) {
      CHECK(found == expected.back());
      break;
    }
    ++killed;
    const bool old_one = found == expected.at(ended.acknowledged);
    const bool new_one = found == expected.at(ended.acknowledged + 1);
    CHECK((old_one || new_one));
    // Nothing that it left stands in the way of the next change.
    const auto lamp = camera_of("lamp", "rtsp://u:secret@10.0.0.9/");
    CHECK_FALSE((*again)->add(lamp));
    struct stat state {};
    REQUIRE(::stat((folder / "state/cameras.json").c_str(), &state) == 0);
    CHECK((state.st_mode & 0777) == 0600);
  }
  // Five steps for each of the changes, most of which write more than once.
  CHECK(killed > 60);
}
