#pragma once

#include "core/base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace camherd::http {

/// Gives each peer its turns: as many at once as it may take in `burst`, and from then on
/// `per_second`. Who asks faster waits, which slows down a client that asks again when it was
/// answered, and costs nothing; who would wait longer than `longest_wait` is refused. Pure:
/// time is a parameter.
class pacer {
 public:
  struct settings {
    double per_second = 0;  ///< 0: nobody waits
    std::chrono::nanoseconds burst{};
    std::chrono::nanoseconds longest_wait{};
    std::size_t peers = 1;  ///< that are remembered; the one whose turns are oldest makes room
  };

  explicit pacer(const settings& bounds);

  struct turn {
    std::chrono::nanoseconds wait{};
    bool refused = false;  ///< not counted; the peer is to hear so after `wait`
  };

  [[nodiscard]] turn next(const std::string& peer, mono_time now);

 private:
  void make_room(mono_time now);

  settings bounds_;
  std::chrono::nanoseconds gap_{};                   // between two turns of one peer
  std::unordered_map<std::string, mono_time> next_;  // bounds_.peers; missing: any time
};

}  // namespace camherd::http
