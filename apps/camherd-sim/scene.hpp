#pragma once

#include "apps/camherd-sim/picture_source.hpp"

#include <vector>

namespace camherd::sim {

/// A scene as a fixed camera sees it: a textured background that stands still, sensor noise
/// that never does, and objects that move on closed paths, so that the last picture of the loop
/// leads to the first. The same seed gives the same scene.
class scene final : public picture_source {
 public:
  scene(picture_size size, unsigned pictures, unsigned seed);

  [[nodiscard]] picture_size size() const override { return size_; }
  [[nodiscard]] result<void> rewind() override;
  [[nodiscard]] result<picture_outcome> next(const yuv_picture& picture) override;

 private:
  struct moving_object {
    double width, height;     // parts of the picture's
    double x, y;              // centre of its path
    double reach_x, reach_y;  // half the extent of its path
    int rounds;               // whole rounds of its path per loop
    double start;             // part of a round
    std::uint8_t luma, blue, red;
  };

  void draw_background(unsigned seed);
  void draw_object(const yuv_picture& picture, const moving_object& object) const;
  void add_noise(const yuv_picture& picture) const;

  picture_size size_;
  unsigned pictures_;
  unsigned next_ = 0;
  std::vector<std::uint8_t> background_[3];  // tightly packed planes
  std::vector<std::uint8_t> texture_;        // of the objects
  std::vector<std::int8_t> noise_;
  std::vector<moving_object> objects_;
};

}  // namespace camherd::sim
