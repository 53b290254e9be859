#include "config/load.hpp"

#include <string_view>
#include <unordered_map>

namespace camherd {
namespace {

std::unordered_map<std::string_view, const camera_config*> by_name(const config& c) {
  std::unordered_map<std::string_view, const camera_config*> cameras;
  for (const auto& camera : c.cameras) cameras.emplace(camera.name, &camera);
  return cameras;
}

bool differ_in_running_only(const camera_config& from, camera_config to) {
  to.enabled = from.enabled;
  to.stopped = from.stopped;
  return from == to;
}

}  // namespace

config_diff diff(const config& from, const config& to) {
  const auto before = by_name(from);
  const auto after = by_name(to);
  config_diff difference;
  for (const auto& camera : from.cameras) {
    if (!after.contains(camera.name)) difference.removed.push_back(camera.name);
  }
  for (const auto& camera : to.cameras) {
    const auto found = before.find(camera.name);
    if (found == before.end()) {
      difference.added.push_back(camera);
    } else if (*found->second != camera) {
      auto& kind = differ_in_running_only(*found->second, camera) ? difference.switched
                                                                  : difference.changed;
      kind.push_back(camera);
    }
  }
  difference.node_changed = from.node != to.node;
  return difference;
}

}  // namespace camherd
