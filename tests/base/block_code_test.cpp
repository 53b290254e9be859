#include "core/base/block_code.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

using camherd::block_code;
using camherd::draw_block_code;
using camherd::luma_plane;
using camherd::read_block_code;

namespace {

/// A grey picture with lines longer than its width, as decoders make them.
struct picture {
  std::size_t width = 320;
  std::size_t height = 240;
  std::size_t stride = 352;
  std::vector<std::uint8_t> pixels = std::vector<std::uint8_t>(stride * height, 128);

  [[nodiscard]] luma_plane<std::uint8_t> writable() { return {pixels, stride, width, height}; }
  [[nodiscard]] luma_plane<const std::uint8_t> readable() const {
    return {pixels, stride, width, height};
  }
};

picture picture_of(block_code code) {
  picture p;
  REQUIRE(draw_block_code(p.writable(), code));
  return p;
}

void add_noise(picture& p, double sigma) {
  std::minstd_rand random{7};
  std::normal_distribution<double> noise{0, sigma};
  for (auto& pixel : p.pixels) {
    pixel = static_cast<std::uint8_t>(std::clamp(pixel + noise(random), 0.0, 255.0));
  }
}

void blur(picture& p, std::size_t reach) {
  const std::vector<std::uint8_t> sharp = p.pixels;
  for (std::size_t y = reach; y + reach < p.height; ++y) {
    for (std::size_t x = reach; x + reach < p.width; ++x) {
      unsigned sum = 0;
      for (std::size_t v = y - reach; v <= y + reach; ++v) {
        for (std::size_t u = x - reach; u <= x + reach; ++u) sum += sharp[v * p.stride + u];
      }
      const std::size_t side = 2 * reach + 1;
      p.pixels[y * p.stride + x] = static_cast<std::uint8_t>(sum / (side * side));
    }
  }
}

void invert_cell(picture& p, std::size_t row, std::size_t column) {
  for (std::size_t y = 0; y < camherd::block_code_cell; ++y) {
    for (std::size_t x = 0; x < camherd::block_code_cell; ++x) {
      auto& pixel = p.pixels[(row * camherd::block_code_cell + y) * p.stride +
                             column * camherd::block_code_cell + x];
      pixel = pixel == camherd::block_code_white ? camherd::block_code_black
                                                 : camherd::block_code_white;
    }
  }
}

}  // namespace

TEST_CASE("every index is read as it was drawn", "[base][block_code]") {
  picture p;
  for (unsigned index = 0; index < 65536; index += 13) {
    const block_code code{static_cast<std::uint8_t>(index % 251),
                          static_cast<std::uint16_t>(index)};
    REQUIRE(draw_block_code(p.writable(), code));
    REQUIRE(read_block_code(p.readable()) == code);
  }
}

TEST_CASE("drawing leaves the rest of the picture alone", "[base][block_code]") {
  const picture p = picture_of({3, 12345});
  for (std::size_t y = 0; y < p.height; ++y) {
    for (std::size_t x = 0; x < p.stride; ++x) {
      if (y < camherd::block_code_height && x < camherd::block_code_width) continue;
      REQUIRE(p.pixels[y * p.stride + x] == 128);
    }
  }
}

TEST_CASE("the code survives noise, blur and another range of luma", "[base][block_code]") {
  const block_code code{9, 54321};
  picture p = picture_of(code);
  SECTION("noise") {
    add_noise(p, 40);
  }
  SECTION("blur") {
    blur(p, 5);
  }
  SECTION("both") {
    blur(p, 4);
    add_noise(p, 25);
  }
  SECTION("low contrast") {
    for (auto& pixel : p.pixels) pixel = static_cast<std::uint8_t>(70 + pixel / 2);
  }
  CHECK(read_block_code(p.readable()) == code);
}

TEST_CASE("a single wrong square is noticed", "[base][block_code]") {
  for (std::size_t row = 0; row < camherd::block_code_rows; ++row) {
    for (std::size_t column = 0; column < camherd::block_code_columns; ++column) {
      picture p = picture_of({1, 4711});
      invert_cell(p, row, column);
      INFO("row " << row << " column " << column);
      CHECK_FALSE(read_block_code(p.readable()));
    }
  }
}

TEST_CASE("a square torn between two pictures is refused", "[base][block_code]") {
  picture p = picture_of({0, 0});
  for (std::size_t y = 48; y < 64; ++y) {
    for (std::size_t x = 0; x < 16; ++x) p.pixels[y * p.stride + x] = 126;
  }
  CHECK_FALSE(read_block_code(p.readable()));
}

TEST_CASE("a picture without a code has none", "[base][block_code]") {
  picture p;
  CHECK_FALSE(read_block_code(p.readable()));
  std::minstd_rand random{1};
  for (int i = 0; i < 2000; ++i) {
    // Whole squares of random black and white: the worst that a picture could show.
    for (std::size_t y = 0; y < camherd::block_code_height; y += 16) {
      for (std::size_t x = 0; x < camherd::block_code_width; x += 16) {
        const auto value = static_cast<std::uint8_t>(random() % 2 == 0 ? 20 : 230);
        for (std::size_t v = 0; v < 16; ++v) {
          std::fill_n(p.pixels.begin() + static_cast<std::ptrdiff_t>((y + v) * p.stride + x),
                      16, value);
        }
      }
    }
    REQUIRE_FALSE(read_block_code(p.readable()));
  }
}

TEST_CASE("a plane too small for the code is neither drawn on nor read", "[base][block_code]") {
  std::vector<std::uint8_t> pixels(128 * 95, 7);
  CHECK_FALSE(draw_block_code({pixels, 128, 128, 95}, {0, 1}));
  CHECK(std::ranges::all_of(pixels, [](std::uint8_t pixel) { return pixel == 7; }));
  CHECK_FALSE(read_block_code({pixels, 128, 128, 95}));
  // Claims more lines than there are bytes.
  CHECK_FALSE(draw_block_code({pixels, 128, 128, 96}, {0, 1}));
  CHECK_FALSE(read_block_code({pixels, 128, 128, 96}));
}
