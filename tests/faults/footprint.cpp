#include "tests/faults/footprint.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <unistd.h>

namespace camherd::testing {
namespace {

std::size_t entries_in(const std::string& folder) {
  std::error_code gone;
  const std::filesystem::directory_iterator all{folder, gone};
  REQUIRE_FALSE(gone);
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

footprint footprint_of(int pid) {
  const auto process = "/proc/" + std::to_string(pid);
  footprint now;
  now.descriptors = entries_in(process + "/fd");
  now.threads = entries_in(process + "/task");
  std::ifstream pages{process + "/statm"};
  std::size_t all = 0;
  std::size_t resident = 0;
  pages >> all >> resident;
  now.resident_bytes = resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return now;
}

std::string descriptors_of(int pid) {
  std::string text;
  std::error_code gone;
  for (const auto& one :
       std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/fd", gone}) {
    text += one.path().filename().string() + " " +
            std::filesystem::read_symlink(one.path(), gone).string() + "\n";
  }
  return text;
}

bool comes_back_to(const footprint& before, int pid) {
  using namespace std::chrono_literals;
  const auto deadline = std::chrono::steady_clock::now() + child_process::patience;
  // Nothing tells when a process closes a descriptor.
  for (;; std::this_thread::sleep_for(20ms)) {
    const auto now = footprint_of(pid);
    if (now.descriptors <= before.descriptors && now.threads <= before.threads) return true;
    if (std::chrono::steady_clock::now() > deadline) return false;
  }
}

}  // namespace camherd::testing
