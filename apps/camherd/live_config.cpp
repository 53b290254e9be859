#include "apps/camherd/live_config.hpp"

#include "config/load.hpp"

#include <chrono>
#include <utility>

namespace camherd {
namespace {

// "3 cameras: 1 added, 2 changed"
std::string summary(const config& now, const config_diff& difference) {
  std::string parts;
  const auto say = [&](std::size_t count, const char* what) {
    if (count > 0) parts += (parts.empty() ? "" : ", ") + std::to_string(count) + what;
  };
  say(difference.added.size(), " added");
  say(difference.changed.size() + difference.switched.size(), " changed");
  say(difference.removed.size(), " removed");
  return std::to_string(now.cameras.size()) +
         " cameras: " + (parts.empty() ? "nothing changed" : parts);
}

}  // namespace

live_config::live_config(std::string file, result<file_watch> watch,
                         std::shared_ptr<const config> current, steering& herd,
                         std::shared_ptr<event_log> log)
    : file_{std::move(file)}, current_{std::move(current)}, herd_{herd}, log_{std::move(log)} {
  outcome_.loaded_at = std::chrono::system_clock::now();
  if (watch) {
    watch_ = *std::move(watch);
  } else if (watch.error().kind() == error_kind::internal) {
    log_->write(log_level::warning, "", "not_watched",
                watch.error().message() + "; send SIGHUP after a change of the configuration");
  }
}

void live_config::follow() {
  if (watch_ && watch_->take()) reload();
}

void live_config::reload() {
  auto next = load();
  if (!next) return;
  const auto difference = diff(*current_, *next);
  const auto http = prepare_http_(next->http);
  const bool http_waits = !http && http.error().kind() == error_kind::unsupported;
  if (!http && !http_waits) return refuse(http.error().message());
  if (const auto failed = herd_.reload(next)) return refuse(failed->text);
  if (http) (*http)();
  log_->write(log_level::info, "", "reloaded", summary(*next, difference));
  if (difference.node_changed) {
    log_->write(log_level::warning, "", "restart_needed",
                "changed keys of node and log take effect at the next start of camherd");
  }
  if (http_waits) {
    log_->write(log_level::warning, "", "restart_needed",
                http.error().message() + "; until then nothing of http changes");
  }
  current_ = std::move(next);
  const std::lock_guard lock{outcome_mutex_};
  outcome_ = {.successful = true, .loaded_at = std::chrono::system_clock::now()};
}

reload_outcome live_config::outcome() const {
  const std::lock_guard lock{outcome_mutex_};
  return outcome_;
}

std::shared_ptr<const config> live_config::load() {
  auto outcome = load_config(file_, process_environment());
  if (!outcome) {
    refuse(outcome.error().message());
    return nullptr;
  }
  for (const auto& problem : outcome->problems) refuse(to_string(file_, problem));
  if (!outcome->problems.empty()) return nullptr;
  return std::make_shared<const config>(std::move(outcome->value));
}

void live_config::refuse(const std::string& why) {
  {
    const std::lock_guard lock{outcome_mutex_};
    outcome_.successful = false;
  }
  log_->write(log_level::error, "", "reload_refused", why);
}

}  // namespace camherd
