#pragma once

#include "actors/status.hpp"
#include "apps/camherd/history.hpp"
#include "apps/camherd/http/stream.hpp"
#include "apps/camherd/steering.hpp"
#include "core/base/clock.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace camherd::api {

/// Tells those who watch how the cameras are, with every report of the herd. The text for all
/// cameras is made once for all viewers, and not at all without any. Any thread: the mutex is
/// where reports and new viewers meet.
class status_streams {
 public:
  /// All outlive this.
  status_streams(const steering& wanted, const history& past, const clock& time)
      : wanted_{wanted}, past_{past}, time_{time} {}

  /// A new report, which `past` knows already.
  void tell(std::shared_ptr<const herd_status> status);

  /// Sends the newest report at once, if there is one, and then each one to come, until the
  /// viewer leaves; only what is about `camera` if that is given.
  void add(http::event_stream to, std::optional<std::string> camera);

 private:
  struct viewer {
    http::event_stream to;
    std::optional<std::string> camera;
  };

  [[nodiscard]] bool send(viewer& to);
  [[nodiscard]] http::body text_for_all() const;
  [[nodiscard]] http::body text_for(const std::string& camera) const;
  [[nodiscard]] http::body text_of(nlohmann::ordered_json cameras) const;

  const steering& wanted_;
  const history& past_;
  const clock& time_;
  std::mutex mutex_;
  std::vector<viewer> viewers_;  // as many as there are connections
  std::shared_ptr<const herd_status> newest_;
  std::optional<http::body> for_all_;  // of the newest report
};

}  // namespace camherd::api
