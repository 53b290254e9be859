#include "apps/camherd/remote/camera_row.hpp"

#include "apps/camherd/remote/terminal_text.hpp"

#include <unordered_map>

namespace camherd::remote {
namespace {

using json = nlohmann::ordered_json;

// What is missing, null or of another type counts as the default: a camera says less before the
// herd has reported, and other versions may say more or less.
template <class T>
T value_at(const json& object, const char* key, T otherwise) {
  if (!object.is_object()) return otherwise;
  const auto found = object.find(key);
  if (found == object.end()) return otherwise;
  if constexpr (std::is_same_v<T, bool>) {
    return found->is_boolean() ? found->template get<bool>() : otherwise;
  } else {
    return found->is_number() ? found->template get<T>() : otherwise;
  }
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string()
             ? terminal_text(found->get_ref<const std::string&>())
             : "";
}

const json& part_of(const json& object, const char* key) {
  static const json nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

std::uint64_t sum_of(const json& counts) {
  std::uint64_t sum = 0;
  if (!counts.is_object()) return sum;
  for (const auto& count : counts) {
    if (count.is_number_unsigned()) sum += count.get<std::uint64_t>();
  }
  return sum;
}

std::string state_of(const json& camera) {
  if (!value_at(camera, "responsive", true)) return "unresponsive";
  const auto state = text_at(camera, "state");
  return state.empty() ? "unknown" : state;
}

camera_row read_camera(const json& camera) {
  const auto& rates = part_of(camera, "rates");
  const auto& latency = part_of(camera, "latency_ms");
  return {.name = text_at(camera, "name"),
          .state = state_of(camera),
          .detail = text_at(camera, "detail"),
          .url = text_at(camera, "url"),
          .started = value_at(camera, "started", true),
          .enabled = value_at(camera, "enabled", true),
          .received_fps = value_at(rates, "received", 0.0),
          .published_fps = value_at(rates, "published", 0.0),
          .bits = value_at(rates, "bits", 0.0),
          .p50_ms = value_at(latency, "p50", 0.0),
          .p99_ms = value_at(latency, "p99", 0.0),
          .dropped = sum_of(part_of(camera, "dropped")),
          .restarts = sum_of(part_of(camera, "restarts")),
          .packets_lost = value_at<std::uint64_t>(camera, "packets_lost", 0),
          .consumers = value_at<std::uint64_t>(part_of(camera, "delivery"), "consumers", 0)};
}

}  // namespace

result<std::vector<camera_row>> read_cameras(const json& content) {
  const error none{error_kind::corrupt, "the answer is no list of cameras"};
  if (!content.is_object()) return none;
  const auto& list = part_of(content, "cameras");
  if (!list.is_array()) return none;
  std::vector<camera_row> rows;
  rows.reserve(list.size());
  for (const auto& camera : list) {
    if (!camera.is_object()) return none;
    rows.push_back(read_camera(camera));
    if (rows.back().name.empty()) return none;
  }
  return rows;
}

void note_drops(std::vector<camera_row>& rows, const std::vector<camera_row>& before,
                std::chrono::duration<double> apart) {
  std::unordered_map<std::string_view, std::uint64_t> counts;
  for (const auto& row : before) counts.emplace(row.name, row.dropped);
  for (auto& row : rows) {
    const auto known = counts.find(row.name);
    row.dropped_fps = known != counts.end() && row.dropped >= known->second && apart.count() > 0
                          ? static_cast<double>(row.dropped - known->second) / apart.count()
                          : 0;
  }
}

}  // namespace camherd::remote
