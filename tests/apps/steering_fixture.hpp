#pragma once

#include "apps/camherd/steering.hpp"
#include "config/camera_settings.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace camherd::testing {

inline camera_config camera_of(const std::string& name, const std::string& url,
                               std::vector<camera_setting> more = {}) {
  more.push_back({"url", url});
  auto made = parse_camera(name, more);
  if (!made.problems.empty()) throw std::invalid_argument{made.problems.front().text};
  return std::move(made.value);
}

inline std::shared_ptr<const config> file_with(std::vector<camera_config> cameras) {
  auto made = std::make_shared<config>();
  made->cameras = std::move(cameras);
  return made;
}

/// "name url", with " stopped" where it does not run, in their order.
inline std::vector<std::string> lines_of(const std::vector<steered_camera>& cameras) {
  std::vector<std::string> lines;
  for (const auto& [spec, from_file, started, revision] : cameras) {
    lines.push_back(spec.name + " " + spec.url.with_credentials() + (from_file ? " file" : "") +
                    (started ? "" : " stopped"));
  }
  return lines;
}

}  // namespace camherd::testing
