#pragma once

#include "apps/camherd/remote/camera_row.hpp"
#include "apps/camherd/remote/connection.hpp"
#include "apps/camherd/remote/top_view.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <vector>

namespace camherd::remote {

/// What a camherd said of itself and all its cameras.
struct herd_sample {
  json node;
  json cameras;  ///< an array
  node_summary summary{};
  std::vector<camera_row> rows;
};

/// Asks a camherd for everything that `top` shows, one question after the other.
class herd_poll {
 public:
  /// `herd` outlives this.
  explicit herd_poll(connection& herd) : herd_{herd} {}

  /// Asks. What was asked before and not answered is given up.
  void begin();

  /// As `connection::advance`, with a whole sample as the answer.
  [[nodiscard]] std::optional<result<herd_sample>> advance(std::span<const int> also,
                                                           std::chrono::milliseconds limit);

 private:
  [[nodiscard]] result<herd_sample> read(const json& cameras);

  using clock = std::chrono::steady_clock;

  connection& herd_;
  std::optional<json> node_;        // the first answer
  std::vector<camera_row> before_;  // of the last sample
  double cpu_seconds_before_ = 0;
  std::optional<clock::time_point> sampled_at_;
};

}  // namespace camherd::remote
