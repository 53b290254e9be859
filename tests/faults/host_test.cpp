#include "core/base/unique_fd.hpp"
#include "tests/apps/http/raw_client.hpp"
#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/descriptor_shortage.hpp"
#include "tests/support/memory_limit.hpp"

#include <gst/gst.h>
#include <sys/resource.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace camherd;
using namespace camherd::faults;
using namespace camherd::testing;

namespace {

using namespace std::chrono_literals;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool can_stand_in = false;  // the sanitizer's library must come first
#else
constexpr bool can_stand_in = true;
#endif

/// What camherd is told of its host, as long as this lives: see host_stand_in.cpp.
class stand_in {
 public:
  stand_in() {
    ::setenv("CAMHERD_STAND_IN", folder_.path().c_str(), 1);
    ::setenv("LD_PRELOAD", CAMHERD_STAND_IN_LIBRARY, 1);
  }
  ~stand_in() {
    ::unsetenv("LD_PRELOAD");
    ::unsetenv("CAMHERD_STAND_IN");
  }
  stand_in(const stand_in&) = delete;
  stand_in& operator=(const stand_in&) = delete;

  /// Whole or not at all, since it is read at any time.
  void say(const std::string& name, const std::string& answer) const {
    std::ofstream{folder_ / "unfinished"} << answer << std::flush;
    REQUIRE(std::rename((folder_ / "unfinished").c_str(), (folder_ / name).c_str()) == 0);
  }

 private:
  temporary_folder folder_;
};

/// A camera that is known by name.
class named_camera final : public faulty_camera {
 public:
  named_camera(const camera_stage& where, const stand_in& host, std::string right,
               std::string wrong)
      : host_{host}, right_{std::move(right)}, wrong_{std::move(wrong)} {
    conduct both;
    both.told.ipv6 = right_ == "::1";
    camera_ = stage(where, both, onset::with_new_connections, both);
    host_.say(name, right_);
  }

  [[nodiscard]] std::string url() const override {
    const auto numeric = camera_->url();
    return "rtsp://" + std::string{name} + numeric.substr(numeric.rfind(':'));
  }
  [[nodiscard]] std::vector<clip_ptr> clips() const override { return camera_->clips(); }
  void begin() override {
    host_.say(name, wrong_);
    camera_->begin();
  }
  void end() override {
    host_.say(name, right_);
    camera_->end();
  }

 private:
  static constexpr auto name = "camera.test";
  const stand_in& host_;
  std::string right_;
  std::string wrong_;
  std::unique_ptr<faulty_camera> camera_;
};

void check_name(const std::string& name, const std::string& right, const std::string& wrong) {
  if (!can_stand_in) {
    WARN("no name can be answered for in this build");
    return;
  }
  const stand_in host;
  auto one = fault_named(name);
  one.start = [&](const camera_stage& where) -> std::unique_ptr<faulty_camera> {
    return std::make_unique<named_camera>(where, host, right, wrong);
  };
  fault_run run{{one}};
  run.begin();
  run.check_symptoms();
  run.end();
  static_cast<void>(run.finish());
}

/// A limit of a running process, lower than it was.
class lower_limit {
 public:
  lower_limit(int pid, __rlimit_resource what, rlim_t value) : pid_{pid}, what_{what} {
    REQUIRE(::prlimit(pid_, what_, nullptr, &before_) == 0);
    const rlimit lower{value, before_.rlim_max};
    REQUIRE(::prlimit(pid_, what_, &lower, nullptr) == 0);
  }
  ~lower_limit() { ::prlimit(pid_, what_, &before_, nullptr); }
  lower_limit(const lower_limit&) = delete;
  lower_limit& operator=(const lower_limit&) = delete;

 private:
  int pid_;
  __rlimit_resource what_;
  rlimit before_{};
};

/// The good cameras stream on, and nothing is left of what happened meanwhile.
void check_peace(fault_run& run) {
  for (const auto* name : {"good0", "good1"}) CHECK(run.watch(name).shows(20));
}

/// A camera has to be connected anew while camherd is at its limit.
void check_limit(const std::string& name, __rlimit_resource what, rlim_t value) {
  auto one = fault_named(name);
  one.start = [](const camera_stage& where) { return stage(where, {}); };
  fault_run run{{one}};
  {
    const lower_limit none{run.herd().process().pid(), what, value};
    run.begin();
    run.check_symptoms();
    check_peace(run);
  }
  run.end();
  static_cast<void>(run.finish());
}

std::string add_camera(std::uint16_t port, const std::string& name) {
  const auto body = R"({"name": ")" + name + R"(", "url": "rtsp://127.0.0.1:9/"})";
  raw_client client{port};
  client.say(
      "POST /api/v1/cameras HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      "Authorization: Bearer " +
      std::string{api_token} + "\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n" + body);
  return client.rest();
}

/// Runs camherd with a disk of its own for its state, which nobody else sees.
const std::vector<std::string> on_small_disk{
    "unshare",
    "--mount",
    "--map-root-user",
    "sh",
    "-c",
    "mkdir -p \"$STATE_DIRECTORY\" && "
    "mount -t tmpfs -o size=512k,mode=700 none \"$STATE_DIRECTORY\" && exec \"$@\"",
    "sh"};

bool may_mount() {
  const temporary_folder folder;
  auto arguments = on_small_disk;
  arguments.erase(arguments.begin());
  arguments.emplace_back("true");
  const auto tried =
      run_process({on_small_disk.front(), arguments, {{"STATE_DIRECTORY", folder / "state"}}});
  return tried && tried->end == process_exit{0, 0};
}

/// Writes to the end of `file` until nothing fits any more.
void fill_disk(const std::string& file) {
  const unique_fd out{::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)};
  REQUIRE(out);
  const std::string block(4096, ' ');
  for (auto size = block.size(); size > 0; size /= 2) {
    while (::write(out.get(), block.data(), size) > 0) {
    }
  }
  REQUIRE(errno == ENOSPC);
}

/// What is in a file once `text` is; empty if that does not come.
std::string content_with(const std::string& file, const std::string& text) {
  const auto deadline = std::chrono::steady_clock::now() + child_process::patience;
  while (std::chrono::steady_clock::now() < deadline) {
    std::ifstream in{file, std::ios::binary};
    std::string all{std::istreambuf_iterator<char>{in}, {}};
    if (all.find(text) != std::string::npos) return all;
    std::this_thread::sleep_for(20ms);
  }
  return {};
}

}  // namespace

TEST_CASE("name-slow", "[faults]") {
  check_name("name-slow", "127.0.0.1", "later");
}

TEST_CASE("name-unknown", "[faults]") {
  check_name("name-unknown", "127.0.0.1", "unknown");
}

TEST_CASE("name-of-ipv6-only", "[faults]") {
  check_name("name-of-ipv6-only", "::1", "::1");
}

TEST_CASE("descriptors-exhausted", "[faults]") {
  if (!can_run_short_of_descriptors) {
    WARN("nothing works without descriptors in this build");
    return;
  }
  check_limit("descriptors-exhausted", RLIMIT_NOFILE, 3);
}

TEST_CASE("shared-memory-exhausted", "[faults]") {
  check_limit("shared-memory-exhausted", RLIMIT_FSIZE, 4096);
}

TEST_CASE("shared-memory-exhausted-for-a-consumer", "[faults]") {
  fault_run run{{}};
  consumer::options wanted;
  wanted.format = consumer::pixel_format::bgr24;
  wanted.runtime_dir = run.herd().runtime_dir();
  {
    consumer::camera late{"good0", wanted};
    {
      // No segment can be made any more; the log of a test is a pipe.
      const lower_limit none{run.herd().process().pid(), RLIMIT_FSIZE, 4096};
      CHECK_FALSE(late.next(1s));
      CHECK(late.state() == consumer::camera_state::streaming);
      CHECK(late.problem().find("memory for another rendition") == 0);
      check_peace(run);
    }
    CHECK(late.next(child_process::patience));
    static_cast<void>(late.next(child_process::patience));
    CHECK(late.problem().empty());
  }
  static_cast<void>(run.finish());
}

TEST_CASE("memory-exhausted", "[faults]") {
  if (!can_limit_memory) return;
  const auto giant = fault_named("access-unit-of-20-mb-allowed");
  auto one = fault_named("memory-exhausted");
  one.start = giant.start;
  one.settings = giant.settings;
  fault_run run{{one}};
  {
    const memory_limit none{run.herd().process().pid(), std::size_t{32} << 20};
    run.begin();
    run.check_symptoms();
    check_peace(run);
  }
  run.end();
  static_cast<void>(run.finish());
}

TEST_CASE("disk-full-for-the-state", "[faults]") {
  fault_run run{{}};
  {
    const lower_limit none{run.herd().process().pid(), RLIMIT_FSIZE, 1};
    CHECK(status_of(add_camera(run.herd().http_port(), "late")) == 507);
    check_peace(run);
  }
  static_cast<void>(run.finish());
}

TEST_CASE("disk-full-for-the-log", "[faults]") {
  const temporary_folder folder;
  // So long that only it is at the limit, and no memory for pictures.
  constexpr rlim_t most_bytes = 64 << 20;
  const auto log = folder / "camherd.log";
  std::ofstream{log} << "";
  std::filesystem::resize_file(log, most_bytes);
  gst_init(nullptr, nullptr);
  const auto pictures = make_clip();
  REQUIRE(pictures);
  const auto good = stage({0, *pictures}, {});
  herd_run herd{"  good: {url: '" + good->url() + "', idle: full}\nlog: {file: '" + log +
                "', file_size: 1GiB}\n"};
  {
    consumer::options wanted;
    wanted.runtime_dir = herd.runtime_dir();
    consumer::camera watched{"good", wanted};
    REQUIRE(watched.next(child_process::patience));
    const lower_limit none{herd.process().pid(), RLIMIT_FSIZE, most_bytes};
    // Each new connection is a line.
    for (int round = 0; round < 3; ++round) {
      good->begin();
      CHECK(watched.next(child_process::patience));
    }
  }
  const auto report = herd.stop(SIGTERM);
  check_account(report.at("good"));
  CHECK(sum_of(report.at("good").restarts) > 0);
}

TEST_CASE("disk-full", "[faults]") {
  if (!may_mount()) {
    WARN("no file system can be mounted here, even as one's own: no disk is full");
    return;
  }
  gst_init(nullptr, nullptr);
  const auto pictures = make_clip();
  REQUIRE(pictures);
  const auto good = stage({0, *pictures}, {});
  herd_run herd{"  good: {url: '" + good->url() +
                    "', idle: full}\nlog: {file: '${STATE_DIRECTORY}/camherd.log', "
                    "file_size: 1GiB}\n",
                {},
                on_small_disk};
  consumer::options wanted;
  wanted.runtime_dir = herd.runtime_dir();
  consumer::camera watched{"good", wanted};
  REQUIRE(watched.next(child_process::patience));

  // As camherd sees it.
  const auto disk =
      "/proc/" + std::to_string(herd.process().pid()) + "/root" + herd.state_dir();
  const auto log = disk + "/camherd.log";
  const std::string address = "http://127.0.0.1:";
  const auto listening = content_with(log, address);
  const auto port = static_cast<std::uint16_t>(
      std::stoul(listening.substr(listening.find(address) + address.size())));
  fill_disk(disk + "/filler");
  fill_disk(log);  // to the end of its last block
  const auto logged = std::filesystem::file_size(log);
  CHECK(status_of(add_camera(port, "late")) == 507);
  // Each new connection is a line.
  for (int round = 0; round < 3; ++round) {
    good->begin();
    CHECK(watched.next(child_process::patience));
  }
  CHECK(std::filesystem::file_size(log) == logged);

  std::filesystem::remove(disk + "/filler");
  CHECK(status_of(add_camera(port, "late")) == 201);
  CHECK_FALSE(content_with(log, "camera=late").empty());
  const auto report = herd.stop(SIGTERM);
  check_account(report.at("good"));
  CHECK(report.contains("late"));
}

TEST_CASE("clock-set-back", "[faults]") {
  if (!can_stand_in) {
    WARN("no clock can be set in this build");
    return;
  }
  const stand_in host;
  fault_run run{{}};
  host.say("clock", "-3600");
  check_peace(run);
  host.say("clock", "0");
  check_peace(run);
  static_cast<void>(run.finish());
}

TEST_CASE("processors-busy", "[faults]") {
  fault_run run{{}};
  {
    std::vector<child_process> busy;
    for (unsigned n = 0; n < 2 * std::thread::hardware_concurrency(); ++n) {
      auto one = child_process::start({"sh", {"-c", "while :; do :; done"}, {}});
      REQUIRE(one);
      busy.push_back(*std::move(one));
    }
    check_peace(run);
  }
  static_cast<void>(run.finish());
}
