#include "core/media/jpeg.hpp"

#include "tests/support/catch.hpp"

#include <cstdlib>
#include <memory>
#include <turbojpeg.h>

using namespace camherd;

namespace {

struct rgb {
  int r, g, b;
};

// A red left half, a blue right half, and bytes of no meaning behind each row.
std::vector<std::uint8_t> halves(std::uint32_t width, std::uint32_t height, std::size_t stride,
                                 bool blue_first) {
  std::vector<std::uint8_t> pixels(stride * height, 77);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      auto* const at = pixels.data() + y * stride + x * 3;
      const bool red = x < width / 2;
      at[0] = red != blue_first ? 250 : 5;
      at[1] = 5;
      at[2] = red != blue_first ? 5 : 250;
    }
  }
  return pixels;
}

struct decoded {
  int width = 0;
  int height = 0;
  int subsampling = 0;
  std::vector<std::uint8_t> pixels;

  [[nodiscard]] rgb at(int x, int y) const {
    const auto* const p = pixels.data() + (static_cast<std::size_t>(y) * width + x) * 3;
    return {p[0], p[1], p[2]};
  }
};

decoded decode(const std::vector<std::uint8_t>& file) {
  const std::unique_ptr<void, int (*)(tjhandle)> decoder{::tjInitDecompress(), ::tjDestroy};
  decoded d;
  int colours = 0;
  REQUIRE(::tjDecompressHeader3(decoder.get(), file.data(), file.size(), &d.width, &d.height,
                                &d.subsampling, &colours) == 0);
  d.pixels.resize(static_cast<std::size_t>(d.width) * d.height * 3);
  REQUIRE(::tjDecompress2(decoder.get(), file.data(), file.size(), d.pixels.data(), d.width, 0,
                          d.height, TJPF_RGB, 0) == 0);
  return d;
}

bool is_near(const rgb& a, const rgb& b) {
  return std::abs(a.r - b.r) < 12 && std::abs(a.g - b.g) < 12 && std::abs(a.b - b.b) < 12;
}

}  // namespace

TEST_CASE("a JPEG of rgb24 and of bgr24 has the colours of the picture", "[media][jpeg]") {
  for (const auto format : {pixel_format::rgb24, pixel_format::bgr24}) {
    const auto pixels = halves(64, 31, 200, format == pixel_format::bgr24);
    const auto file = encode_jpeg({pixels, 200, 64, 31, format}, 95);
    REQUIRE(file);
    const auto seen = decode(*file);
    CHECK(seen.width == 64);
    CHECK(seen.height == 31);
    CHECK(is_near(seen.at(10, 30), {250, 5, 5}));
    CHECK(is_near(seen.at(60, 0), {5, 5, 250}));
  }
}

TEST_CASE("a JPEG of gray8 is gray", "[media][jpeg]") {
  std::vector<std::uint8_t> pixels(40 * 20, 30);
  std::fill(pixels.begin() + 400, pixels.end(), std::uint8_t{220});
  const auto file = encode_jpeg({pixels, 40, 40, 20, pixel_format::gray8}, 90);
  REQUIRE(file);
  const auto seen = decode(*file);
  CHECK(seen.subsampling == TJSAMP_GRAY);
  CHECK(is_near(seen.at(5, 2), {30, 30, 30}));
  CHECK(is_near(seen.at(5, 17), {220, 220, 220}));
}

TEST_CASE("a lower quality makes a smaller JPEG", "[media][jpeg]") {
  std::vector<std::uint8_t> noise(320 * 240 * 3);
  std::uint32_t seed = 1;
  for (auto& sample : noise) {
    seed = seed * 1664525 + 1013904223;
    sample = static_cast<std::uint8_t>(seed >> 24);
  }
  const packed_picture picture{noise, 960, 320, 240, pixel_format::rgb24};
  const auto good = encode_jpeg(picture, 100);
  const auto poor = encode_jpeg(picture, 10);
  REQUIRE(good);
  REQUIRE(poor);
  CHECK(poor->size() * 3 < good->size());
}

TEST_CASE("what is no picture is refused before the encoder sees it", "[media][jpeg]") {
  const std::vector<std::uint8_t> pixels(100 * 10);
  const auto kind_of = [](const packed_picture& picture, int quality = 90) {
    const auto made = encode_jpeg(picture, quality);
    REQUIRE_FALSE(made);
    return made.error().kind();
  };
  using enum error_kind;
  using enum pixel_format;
  CHECK(kind_of({pixels, 100, 100, 10, yuv420p}) == unsupported);
  CHECK(kind_of({pixels, 100, 0, 10, gray8}) == invalid_argument);
  CHECK(kind_of({pixels, 100, 100, 0, gray8}) == invalid_argument);
  CHECK(kind_of({pixels, 99, 100, 10, gray8}) == invalid_argument);
  CHECK(kind_of({pixels, 100, 100, 11, gray8}) == invalid_argument);
  CHECK(kind_of({pixels, 100, 100, 10, rgb24}) == invalid_argument);
  CHECK(kind_of({pixels, SIZE_MAX, 100, 10, gray8}) == invalid_argument);
  CHECK(kind_of({pixels, 100, 70000, 1, gray8}) == invalid_argument);
  CHECK(kind_of({pixels, 100, 100, 10, gray8}, 0) == invalid_argument);
  CHECK(kind_of({pixels, 100, 100, 10, gray8}, 101) == invalid_argument);
}
