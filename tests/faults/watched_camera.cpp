#include "tests/faults/watched_camera.hpp"

#include "tests/support/process.hpp"

#include <chrono>
#include <utility>

namespace camherd::testing {
namespace {

using namespace std::chrono_literals;

consumer::options everything(const std::string& runtime_dir) {
  consumer::options wanted;
  wanted.queue = 16;
  wanted.leases = 2;
  wanted.runtime_dir = runtime_dir;
  return wanted;
}

}  // namespace

watched_camera::watched_camera(const std::string& name, const std::string& runtime_dir,
                               std::shared_ptr<const clean_pictures> clean)
    : camera_{name, everything(runtime_dir)}, clean_{std::move(clean)} {
  thread_ = std::thread{[this] { run(); }};
}

watched_camera::~watched_camera() {
  stop_ = true;
  camera_.wake();
  thread_.join();
}

watch_tally watched_camera::tally() const {
  const std::lock_guard lock{mutex_};
  return tally_;
}

bool watched_camera::wait_until(const std::function<bool(const watch_tally&)>& holds) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, child_process::patience, [&] { return holds(tally_); });
}

bool watched_camera::shows(std::uint64_t frames) const {
  const auto wanted = tally().good + frames;
  return wait_until([&](const watch_tally& now) { return now.good >= wanted; });
}

void watched_camera::run() {
  // Short, since a state that comes and goes within one wait would not be seen.
  constexpr auto between_looks = 10ms;
  while (!stop_) {
    const auto next = camera_.next(between_looks);
    const std::lock_guard lock{mutex_};
    tally_.states.emplace(to_string(camera_.state()));
    if (next) judge(*next);
    changed_.notify_all();
  }
}

void watched_camera::judge(const consumer::frame& f) {
  const auto& info = f.info();
  const auto picture = clean_->find(f);
  if (!f.intact()) return;
  const auto words = "frame " + std::to_string(info.sequence) + " (unit " +
                     std::to_string(info.unit_sequence) + ", generation " +
                     std::to_string(info.generation) + ")";
  tally_.sizes.insert(std::to_string(f.width()) + "x" + std::to_string(f.height()));
  ++(info.corrupt ? tally_.flagged : tally_.good);
  if (info.interlaced) ++tally_.interlaced;
  if (!info.corrupt && !picture && tally_.smeared++ == 0) tally_.first_smear = words;

  const bool first = !last_sequence_;
  const bool in_sequence = first || info.sequence == *last_sequence_ + 1 + info.missed_before;
  const bool next_picture =
      first || (picture && last_picture_ &&
                (*last_picture_ + 1 + info.missed_before) % clean_->count() == *picture);
  if (!first && (!in_sequence || !next_picture || info.dropped_before > 0 || info.after_gap) &&
      tally_.gaps++ == 0) {
    tally_.first_gap = words + " after frame " + std::to_string(*last_sequence_) + ", missed " +
                       std::to_string(info.missed_before) + ", dropped " +
                       std::to_string(info.dropped_before);
  }
  last_sequence_ = info.sequence;
  last_picture_ = picture;
}

}  // namespace camherd::testing
