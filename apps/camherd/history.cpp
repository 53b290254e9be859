#include "apps/camherd/history.hpp"

#include <algorithm>

namespace camherd {
namespace {

using std::chrono::duration;
using std::chrono::nanoseconds;

// Reports come about once a second.
constexpr std::size_t recent_samples = 11;

float milliseconds_of(nanoseconds time) {
  return duration<float, std::milli>(time).count();
}

}  // namespace

void history::add(const herd_status& status) {
  const std::lock_guard lock{mutex_};
  if (!first_) first_ = status.at;
  const auto over =
      std::max<std::uint64_t>(over_, static_cast<std::uint64_t>((status.at - *first_) / step));
  for (const auto& camera : status.cameras) {
    auto& r = cameras_[camera.health.name];
    auto now = sample_of(camera, status.at);
    if (r.recent.empty()) {
      r.begin = now;
    } else if (!goes_on(r.recent.back(), now)) {
      r.begin = sample{.at = r.recent.back().at, .ages = {}};
      r.recent.assign(1, r.begin);
    }
    r.recent.push_back(std::move(now));
    if (r.recent.size() > recent_samples) r.recent.pop_front();
    if (over > over_) end_steps(r, over - over_, camera);
    r.seen = status.at;
  }
  over_ = over;
  std::erase_if(cameras_, [&](const auto& entry) { return entry.second.seen != status.at; });
}

// A step that ended without a report has no point.
void history::end_steps(record& r, std::uint64_t count, const camera_status& camera) {
  const auto silent = std::min<std::uint64_t>(count - 1, kept);
  r.steps.insert(r.steps.end(), static_cast<std::size_t>(silent), std::nullopt);
  r.steps.push_back(point_between(r.begin, r.recent.back(), camera));
  while (r.steps.size() > kept) r.steps.pop_front();
  r.begin = r.recent.back();
}

history::sample history::sample_of(const camera_status& camera, mono_time at) {
  const auto& [name, flow, counts, rates, delivery] = camera.counters;
  return {at,
          flow.received,
          counts.published,
          flow.dropped(),
          counts.transport.bytes,
          counts.transport.packets_lost,
          counts.receive_to_published};
}

bool history::goes_on(const sample& before, const sample& now) {
  return now.received >= before.received && now.published >= before.published &&
         now.dropped >= before.dropped && now.bytes >= before.bytes &&
         now.packets_lost >= before.packets_lost && now.ages.count() >= before.ages.count();
}

std::optional<frame_age> history::age_between(const sample& from, const sample& to) {
  if (to.ages.count() == from.ages.count()) return std::nullopt;
  const auto ages = to.ages.since(from.ages);
  return frame_age{milliseconds_of(ages.quantile(0.5)), milliseconds_of(ages.quantile(0.99))};
}

std::optional<history_point> history::point_between(const sample& from, const sample& to,
                                                    const camera_status& camera) {
  const auto span = duration<double>(to.at - from.at).count();
  if (span <= 0) return std::nullopt;
  const auto rate = [&](std::uint64_t earlier, std::uint64_t later) {
    return static_cast<float>(static_cast<double>(later - earlier) / span);
  };
  return history_point{
      .state = camera.health.state,
      .received_fps = rate(from.received, to.received),
      .fps = rate(from.published, to.published),
      .dropped_fps = rate(from.dropped, to.dropped),
      .bits = 8 * rate(from.bytes, to.bytes),
      .age = age_between(from, to),
      .packets_lost = static_cast<std::uint32_t>(to.packets_lost - from.packets_lost),
      .consumers = static_cast<std::uint32_t>(camera.counters.delivery.consumers)};
}

std::optional<recent_flow> history::recent(std::string_view camera) const {
  const std::lock_guard lock{mutex_};
  const auto found = cameras_.find(camera);
  if (found == cameras_.end()) return std::nullopt;
  const auto& from = found->second.recent.front();
  const auto& to = found->second.recent.back();
  const auto span = duration<double>(to.at - from.at).count();
  if (span <= 0) return recent_flow{};
  return recent_flow{static_cast<float>(static_cast<double>(to.dropped - from.dropped) / span),
                     age_between(from, to)};
}

std::optional<mono_time> history::until() const {
  const std::lock_guard lock{mutex_};
  if (!first_) return std::nullopt;
  return *first_ + over_ * step;
}

history::points history::of(std::string_view camera, std::size_t most) const {
  const std::lock_guard lock{mutex_};
  const auto found = cameras_.find(camera);
  return padded(found == cameras_.end() ? nullptr : &found->second, most);
}

std::map<std::string, history::points> history::of_all(std::size_t most) const {
  const std::lock_guard lock{mutex_};
  std::map<std::string, points> all;
  for (const auto& [camera, r] : cameras_) all.emplace(camera, padded(&r, most));
  return all;
}

// What a camera has not been there for comes first.
history::points history::padded(const record* r, std::size_t most) const {
  const auto size =
      std::min(most, static_cast<std::size_t>(std::min<std::uint64_t>(over_, kept)));
  points all(size);
  if (r == nullptr) return all;
  const auto known = std::min(size, r->steps.size());
  std::copy_n(r->steps.end() - static_cast<std::ptrdiff_t>(known), known,
              all.end() - static_cast<std::ptrdiff_t>(known));
  return all;
}

}  // namespace camherd
