#pragma once

#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace camherd {

/// How often sessions may be opened, by the node and to one host, so that a switch that comes
/// back is not stormed. One thread.
class connect_limits {
 public:
  /// `host` may be empty for what is no host's. Returns zero if a session may be opened now,
  /// and counts it; else the time until it may be tried again.
  [[nodiscard]] std::chrono::nanoseconds take(const std::string& host, double per_second,
                                              double per_second_per_host, mono_time now);

 private:
  std::optional<token_bucket> node_;
  std::map<std::string, token_bucket, std::less<>> hosts_;
};

}  // namespace camherd
