#pragma once

#include "apps/camherd-sim/faults/clip.hpp"
#include "core/delivery/include/camherd/consumer.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace camherd::testing {

/// What clips show when nothing is lost on the way: each picture as a decoder gives it that got
/// every unit. Known by a hash of its size, format and samples.
class clean_pictures {
 public:
  /// Decodes them. A test fails where that does not give as many pictures.
  explicit clean_pictures(const std::vector<faults::clip_ptr>& clips);

  /// Which picture `f` is, bit for bit, counted over all clips; nothing if it is none of them.
  [[nodiscard]] std::optional<std::size_t> find(const consumer::frame& f) const;

  /// Pictures in all clips.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  void add(const faults::clip& pictures);

  std::map<std::uint64_t, std::size_t> index_of_;
  std::size_t count_ = 0;
};

}  // namespace camherd::testing
