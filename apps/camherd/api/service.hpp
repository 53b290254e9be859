#pragma once

#include "apps/camherd/api/change_queue.hpp"
#include "apps/camherd/api/herd_access.hpp"
#include "apps/camherd/api/picture/pictures.hpp"
#include "apps/camherd/api/status_streams.hpp"
#include "apps/camherd/history.hpp"
#include "apps/camherd/http/server.hpp"
#include "config/config.hpp"
#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <memory>
#include <string>
#include <vector>

namespace camherd::api {

/// The HTTP server with every route of camherd, the thread that makes its changes,
/// and the one that shows pictures.
class service {
 public:
  /// Serves from now on. `herd.wanted` has been started. Errors: those of
  /// `http::server::start`.
  [[nodiscard]] static result<std::unique_ptr<service>> start(const http_config& settings,
                                                              const herd_access& herd,
                                                              const std::string& version);

  /// Accepts nothing more and waits up to half a second for the answers under way. Nothing that
  /// `herd` refers to is used once this returns.
  ~service();

  service(const service&) = delete;
  service& operator=(const service&) = delete;

  /// A new report of the herd: it becomes history, and is told to those who watch. One thread
  /// at a time.
  void tell(std::shared_ptr<const herd_status> status);

  /// Where it listens, as URLs, with the ports it got.
  [[nodiscard]] std::vector<std::string> urls() const;

 private:
  explicit service(const steering& wanted) : statuses_{wanted, past_, time_} {}

  machine_clock time_;
  change_queue changes_;
  std::unique_ptr<pictures> pictures_;
  history past_;
  status_streams statuses_;
  std::string scheme_;
  std::unique_ptr<http::server> server_;  // last, since its handlers use the others
};

}  // namespace camherd::api
