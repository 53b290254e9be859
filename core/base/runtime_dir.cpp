#include "core/base/runtime_dir.hpp"

#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <unistd.h>

namespace camherd {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string of_session() {
  const auto session = variable("XDG_RUNTIME_DIR");
  return session.empty() ? session : session + "/camherd";
}

std::string of_user() {
  return "/tmp/camherd-" + std::to_string(::geteuid());
}

constexpr auto of_machine = "/run/camherd";

}  // namespace

std::string default_runtime_dir() {
  if (auto chosen = variable("CAMHERD_RUNTIME_DIR"); !chosen.empty()) return chosen;
  if (::geteuid() == 0) return of_machine;
  if (auto session = of_session(); !session.empty()) return session;
  return of_user();
}

std::string find_runtime_dir() {
  if (auto chosen = variable("CAMHERD_RUNTIME_DIR"); !chosen.empty()) return chosen;
  for (auto& candidate : std::array{of_session(), of_user()}) {
    struct stat found {};
    if (!candidate.empty() && ::stat(candidate.c_str(), &found) == 0 && S_ISDIR(found.st_mode))
      return candidate;
  }
  return of_machine;
}

std::string camera_socket(std::string_view runtime_dir, std::string_view camera) {
  std::string path{runtime_dir};
  path += "/cameras/";
  path += camera;
  path += ".sock";
  return path;
}

}  // namespace camherd
