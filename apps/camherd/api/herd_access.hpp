#pragma once

#include "actors/event_log.hpp"
#include "actors/status.hpp"
#include "apps/camherd/reload_outcome.hpp"
#include "apps/camherd/steering.hpp"

#include <functional>
#include <memory>
#include <string>

namespace camherd::api {

/// What the routes read and steer; all may be used by any thread, and outlives the server.
struct herd_access {
  steering& wanted;
  std::function<std::shared_ptr<const herd_status>()> newest;  ///< null before the first report
  std::function<void(const std::string& camera)> restart;      ///< returns at once
  std::function<reload_outcome()> reloaded;
  std::shared_ptr<event_log> log;  ///< never null
  std::string runtime_dir;         ///< where the cameras' sockets are
};

}  // namespace camherd::api
