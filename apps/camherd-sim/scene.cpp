#include "apps/camherd-sim/scene.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace camherd::sim {
namespace {

constexpr std::size_t noise_length = 1 << 20;
constexpr std::size_t texture_side = 256;
constexpr double noise_sigma = 2.6;

std::uint8_t clamp_luma(double value) {
  return static_cast<std::uint8_t>(std::clamp(value, 16.0, 235.0));
}

/// A lattice of random values, interpolated: the usual cheap stand-in for natural texture.
class value_noise {
 public:
  explicit value_noise(std::minstd_rand& random) {
    for (double& value : lattice_) value = random() % 1024 / 512.0 - 1;
  }

  /// From -1 to 1.
  [[nodiscard]] double at(double x, double y) const {
    const double fx = std::floor(x);
    const double fy = std::floor(y);
    const double u = smooth(x - fx);
    const double v = smooth(y - fy);
    const auto ix = static_cast<std::size_t>(fx);
    const auto iy = static_cast<std::size_t>(fy);
    const double top = std::lerp(value(ix, iy), value(ix + 1, iy), u);
    const double bottom = std::lerp(value(ix, iy + 1), value(ix + 1, iy + 1), u);
    return std::lerp(top, bottom, v);
  }

 private:
  static constexpr std::size_t side = 64;
  static double smooth(double t) { return t * t * (3 - 2 * t); }
  [[nodiscard]] double value(std::size_t x, std::size_t y) const {
    return lattice_[(y % side) * side + x % side];
  }

  double lattice_[side * side];
};

}  // namespace

scene::scene(picture_size size, unsigned pictures, unsigned seed)
    : size_{size}, pictures_{pictures} {
  std::minstd_rand random{seed * 7919 + 1};
  std::normal_distribution<double> gaussian{0, noise_sigma};
  noise_.resize(noise_length + size.width);
  for (auto& n : noise_) n = static_cast<std::int8_t>(std::lround(gaussian(random)));
  texture_.resize(texture_side * texture_side);
  for (auto& t : texture_) t = static_cast<std::uint8_t>(random() % 48);
  draw_background(seed);

  const auto part = [&random](double from, double to) {
    return from + (to - from) * (random() % 4096) / 4096.0;
  };
  for (int i = 0; i < 7; ++i) {
    objects_.push_back({.width = part(0.03, 0.09),
                        .height = part(0.08, 0.2),
                        .x = part(0.35, 0.65),
                        .y = part(0.35, 0.75),
                        .reach_x = part(0.15, 0.4),
                        .reach_y = part(0.02, 0.2),
                        .rounds = 1 + i % 2,
                        .start = part(0, 1),
                        .luma = static_cast<std::uint8_t>(part(50, 180)),
                        .blue = static_cast<std::uint8_t>(part(90, 166)),
                        .red = static_cast<std::uint8_t>(part(90, 166))});
  }
}

void scene::draw_background(unsigned seed) {
  std::minstd_rand random{seed * 104729 + 17};
  const value_noise coarse{random};
  const value_noise fine{random};
  const value_noise colour{random};
  // Texture is tied to the picture's width, so that every size shows the same place.
  const double unit = 1280.0 / size_.width;
  background_[0].resize(std::size_t{size_.width} * size_.height);
  for (unsigned y = 0; y < size_.height; ++y) {
    for (unsigned x = 0; x < size_.width; ++x) {
      const double px = x * unit;
      const double py = y * unit;
      const bool joint =
          static_cast<unsigned>(py) % 48 < 2 ||
          (static_cast<unsigned>(px) + static_cast<unsigned>(py) / 48 * 40) % 80 < 2;
      const double value = 118 + 40 * coarse.at(px / 170, py / 170) +
                           18 * fine.at(px / 9, py / 9) + 9 * fine.at(px / 2.5, py / 2.5) +
                           static_cast<double>(random() % 9) - 4 - (joint ? 34 : 0);
      background_[0][std::size_t{y} * size_.width + x] = clamp_luma(value);
    }
  }
  for (std::size_t plane : {1U, 2U}) {
    background_[plane].resize(std::size_t{size_.width / 2} * (size_.height / 2));
    const double shift = plane == 1 ? 0 : 31;
    for (unsigned y = 0; y < size_.height / 2; ++y) {
      for (unsigned x = 0; x < size_.width / 2; ++x) {
        const double value = 128 + 14 * colour.at(x * unit / 90 + shift, y * unit / 90);
        background_[plane][std::size_t{y} * (size_.width / 2) + x] = clamp_luma(value);
      }
    }
  }
}

result<void> scene::rewind() {
  next_ = 0;
  return {};
}

result<picture_outcome> scene::next(const yuv_picture& picture) {
  if (next_ == pictures_) return picture_outcome::end;
  for (std::size_t plane = 0; plane < 3; ++plane) {
    for (std::size_t y = 0; y < picture.height(plane); ++y) {
      std::copy_n(
          background_[plane].begin() + static_cast<std::ptrdiff_t>(y * picture.width(plane)),
          picture.width(plane), picture.row(plane, y).begin());
    }
  }
  for (const moving_object& object : objects_) draw_object(picture, object);
  add_noise(picture);
  ++next_;
  return picture_outcome::drawn;
}

void scene::draw_object(const yuv_picture& picture, const moving_object& object) const {
  const double angle = 2 * std::numbers::pi *
                       (object.start + static_cast<double>(object.rounds) * next_ / pictures_);
  const auto side = [](double whole, double part) {
    return static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * whole);
  };
  const double cx = object.x + object.reach_x * std::sin(angle);
  const double cy = object.y + object.reach_y * std::cos(angle);
  for (std::size_t plane = 0; plane < 3; ++plane) {
    const auto w = static_cast<double>(picture.width(plane));
    const auto h = static_cast<double>(picture.height(plane));
    const std::size_t left = side(w, cx - object.width / 2);
    const std::size_t right = side(w, cx + object.width / 2);
    const std::size_t top = side(h, cy - object.height / 2);
    const std::size_t bottom = side(h, cy + object.height / 2);
    const std::uint8_t base = plane == 0 ? object.luma : plane == 1 ? object.blue : object.red;
    for (std::size_t y = top; y < bottom; ++y) {
      const auto row = picture.row(plane, y);
      const std::uint8_t* texture = &texture_[(y - top) % texture_side * texture_side];
      for (std::size_t x = left; x < right; ++x) {
        row[x] = static_cast<std::uint8_t>(
            plane == 0 ? base + texture[(x - left) / 2 % texture_side] : base);
      }
    }
  }
}

void scene::add_noise(const yuv_picture& picture) const {
  std::minstd_rand random{next_ * 31 + 7};
  for (std::size_t y = 0; y < picture.height(0); ++y) {
    const auto row = picture.row(0, y);
    const std::int8_t* noise = &noise_[random() % noise_length];
    for (std::size_t x = 0; x < row.size(); ++x) {
      row[x] = static_cast<std::uint8_t>(std::clamp(row[x] + noise[x], 16, 235));
    }
  }
}

}  // namespace camherd::sim
