#pragma once

#include "core/base/clock.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <optional>

namespace camherd {

/// When to try again after failures. Defaults are those of the configuration reference.
struct restart_policy {
  std::chrono::milliseconds initial_delay{1000};
  std::chrono::milliseconds max_delay{60000};
  double jitter = 0.2;  ///< each delay is multiplied by a factor in [1 - jitter, 1 + jitter]
  std::chrono::milliseconds reset_after{60000};  ///< this long without failure: start over
  unsigned budget = 10;  ///< failures within `budget_window` before quarantine
  std::chrono::milliseconds budget_window{600000};
  std::chrono::milliseconds slow_delay{60000};  ///< between tries in quarantine
};

/// What to do after a failure.
struct restart_decision {
  std::chrono::milliseconds delay;
  bool quarantined = false;
};

/// How bad a failure is for the next try.
enum class failure_severity : unsigned char {
  passing,  ///< exponential backoff, counted against the budget
  refused,  ///< credentials refused: straight to the slow lane, since cameras ban clients
};

/// Decides the delay before each restart of one camera: exponential with jitter, until `budget`
/// failures fell into the window; then one slow try after another until the stream has been
/// good for `reset_after`. Pure: time and randomness are parameters.
class restart_planner {
 public:
  /// `random` returns uniform numbers in [0, 1).
  restart_planner(restart_policy policy, std::function<double()> random);

  /// The stream delivers pictures again.
  void streaming(mono_time now);

  /// The stream ended or could not be opened.
  [[nodiscard]] restart_decision failed(mono_time now, failure_severity severity);

  /// Forgets every failure, as after an operator's restart.
  void reset();

 private:
  [[nodiscard]] std::chrono::milliseconds with_jitter(std::chrono::milliseconds delay);

  restart_policy policy_;
  std::function<double()> random_;
  std::chrono::milliseconds next_delay_;
  std::optional<mono_time> streaming_since_;
  std::deque<mono_time> failures_;  // at most `budget`, oldest first
};

/// Grants at most `burst` at once and `per_second` in the long run. Pure: time is a parameter.
class token_bucket {
 public:
  token_bucket(double per_second, double burst, mono_time now);

  /// Takes a token and returns zero, or takes none and returns the time until there will be
  /// one.
  [[nodiscard]] std::chrono::nanoseconds take(mono_time now);

  /// Gives back a token that was taken and not used.
  void give_back();

 private:
  double per_second_;
  double burst_;
  double tokens_;
  mono_time updated_;
};

}  // namespace camherd
