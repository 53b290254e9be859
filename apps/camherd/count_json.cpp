#include "apps/camherd/count_json.hpp"

#include <chrono>
#include <string>

namespace camherd {
namespace {

using json = nlohmann::ordered_json;

template <class Key, std::size_t N>
json by_key(const std::array<Key, N>& keys, const std::array<std::uint64_t, N>& counts) {
  json object = json::object();
  for (const auto key : keys)
    object[std::string{to_string(key)}] = counts[static_cast<std::size_t>(key)];
  return object;
}

double in_milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

json by_reason(const std::array<std::uint64_t, drop_reason_count>& counts) {
  return by_key(drop_reasons, counts);
}

json by_cause(const std::array<std::uint64_t, restart_cause_count>& counts) {
  return by_key(restart_causes, counts);
}

json delivery_json(const delivery_counts& delivery) {
  return {{"consumers", delivery.consumers}, {"leases", delivery.leases},
          {"delivered", delivery.delivered}, {"dropped", by_reason(delivery.dropped_by)},
          {"converted", delivery.converted}, {"converted_bytes", delivery.converted_bytes}};
}

json latency_json(const latency_histogram& latency) {
  return {{"p50", in_milliseconds(latency.quantile(0.5))},
          {"p99", in_milliseconds(latency.quantile(0.99))},
          {"max", in_milliseconds(latency.max())}};
}

}  // namespace camherd
