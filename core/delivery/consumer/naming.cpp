#include "core/base/names.hpp"
#include "core/base/runtime_dir.hpp"
#include "core/delivery/include/camherd/consumer.hpp"
#include "core/frame/frame.hpp"

#include <algorithm>
#include <dirent.h>
#include <memory>

namespace camherd::consumer {
inline namespace v1 {

std::string_view to_string(pixel_format format) noexcept {
  if (format == pixel_format::native) return "native";
  return camherd::to_string(static_cast<camherd::pixel_format>(format));
}

std::string_view to_string(camera_state state) noexcept {
  if (state == camera_state::removed) return "removed";
  return camherd::to_string(static_cast<camherd::camera_state>(state));
}

std::vector<std::string> camera_names(const std::string& runtime_dir) {
  const auto folder = (runtime_dir.empty() ? find_runtime_dir() : runtime_dir) + "/cameras";
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open{::opendir(folder.c_str()), ::closedir};
  if (open == nullptr) return names;
  constexpr std::string_view suffix = ".sock";
  while (const auto* entry = ::readdir(open.get())) {
    std::string_view name{entry->d_name};
    if (name.size() <= suffix.size() || name.substr(name.size() - suffix.size()) != suffix)
      continue;
    name.remove_suffix(suffix.size());
    if (is_camera_name(name)) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace v1
}  // namespace camherd::consumer
