#include "core/media/converter.hpp"

#include "tests/media/made_picture.hpp"
#include "tests/media/painted_frame.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>
#include <vector>

using namespace camherd;
using namespace camherd::testing;

namespace {

const std::array native_formats{
    pixel_format::gray8,     pixel_format::yuv420p,   pixel_format::yuv422p,
    pixel_format::yuv444p,   pixel_format::gray10,    pixel_format::yuv420p10,
    pixel_format::yuv422p10, pixel_format::yuv444p10, pixel_format::yuv420p12,
    pixel_format::yuv422p12, pixel_format::yuv444p12};

const std::array made_formats{pixel_format::gray8, pixel_format::yuv420p, pixel_format::nv12,
                              pixel_format::rgb24, pixel_format::bgr24};

bool is_rgb(pixel_format format) {
  return format == pixel_format::rgb24 || format == pixel_format::bgr24;
}

/// ITU-R BT.601, BT.709 and BT.2020 in floating point: red, green, blue.
std::array<double, 3> colour_of(const samples& s, colour_matrix matrix, bool full_range) {
  const auto [kr, kb] = matrix == colour_matrix::bt601   ? std::pair{0.299, 0.114}
                        : matrix == colour_matrix::bt709 ? std::pair{0.2126, 0.0722}
                                                         : std::pair{0.2627, 0.0593};
  const double luma = full_range ? s[0] : (s[0] - 16) * 255.0 / 219;
  const double scale = full_range ? 1 : 255.0 / 224;
  const double cb = (s[1] - 128) * scale;
  const double cr = (s[2] - 128) * scale;
  const double red = luma + 2 * (1 - kr) * cr;
  const double blue = luma + 2 * (1 - kb) * cb;
  const double green = (luma - kr * red - kb * blue) / (1 - kr - kb);
  return {std::clamp(red, 0.0, 255.0), std::clamp(green, 0.0, 255.0),
          std::clamp(blue, 0.0, 255.0)};
}

std::uint8_t noise(std::uint32_t x, std::uint32_t y, std::uint32_t seed = 0) {
  auto v = x * 73856093U ^ y * 19349663U ^ seed * 83492791U;
  v = (v ^ v >> 13) * 1274126177U;
  return static_cast<std::uint8_t>(v >> 17);
}

samples noisy(std::uint32_t x, std::uint32_t y) {
  return {noise(x, y), noise(x, y, 1), noise(x, y, 2)};
}

}  // namespace

TEST_CASE("RGB has the colours of the standard it was made by", "[media][converter]") {
  const auto matrix =
      GENERATE(colour_matrix::bt601, colour_matrix::bt709, colour_matrix::bt2020);
  const auto full_range = GENERATE(false, true);
  const auto converter = make_converter();
  double worst = 0;
  for (const auto format : native_formats) {
    for (const std::uint8_t luma : {16, 60, 81, 128, 170, 210, 235}) {
      for (const auto& [blue, red] : {std::pair{128, 128},
                                      {90, 240},
                                      {240, 110},
                                      {16, 16},
                                      {54, 34},
                                      {202, 222},
                                      {240, 240},
                                      {120, 150}}) {
        const bool gray = chroma_steps(format).first == 0;
        const samples shown{luma, static_cast<std::uint8_t>(blue),
                            static_cast<std::uint8_t>(red)};
        auto source = paint(format, 48, 20, [&](auto, auto) { return shown; });
        source.metadata.matrix = matrix;
        source.metadata.full_range = full_range;
        const auto expected =
            colour_of(gray ? samples{luma, 128, 128} : shown, matrix, full_range);
        for (const auto& size : {std::pair{48u, 20u}, {24u, 10u}, {70u, 33u}}) {
          for (const auto order : {pixel_format::rgb24, pixel_format::bgr24}) {
            const auto made =
                make(*converter, source,
                     {.format = order, .width = size.first, .height = size.second});
            for (int c = 0; c < 3; ++c) {
              const auto off = std::abs(made.at(c, size.first - 1, size.second / 2) -
                                        expected[static_cast<std::size_t>(c)]);
              worst = std::max(worst, off);
              if (off > 3) {
                FAIL_CHECK(to_string(format)
                           << " " << to_string(order) << " " << int{luma} << " " << blue << " "
                           << red << " channel " << c << ": "
                           << made.at(c, size.first - 1, size.second / 2) << " instead of "
                           << expected[static_cast<std::size_t>(c)]);
              }
            }
          }
        }
      }
    }
  }
  CHECK(worst <= 3);
}

TEST_CASE("YUV keeps samples and range of the source", "[media][converter]") {
  for (const auto format : native_formats) {
    const bool gray = chroma_steps(format).first == 0;
    const auto source = paint(format, 64, 36, [](auto, auto) { return samples{77, 30, 200}; });
    for (const auto wanted : {pixel_format::yuv420p, pixel_format::nv12}) {
      for (const auto& size : {std::pair{64u, 36u}, {20u, 10u}, {128u, 100u}}) {
        if (wanted == format && size.first == 64) continue;
        const auto made =
            make(source, {.format = wanted, .width = size.first, .height = size.second});
        for (const auto x : {0u, size.first / 2, size.first - 1}) {
          CHECK(made.at(0, x, 5) == 77);
          CHECK(made.at(1, x, 5) == (gray ? 128 : 30));
          CHECK(made.at(2, x, 5) == (gray ? 128 : 200));
        }
      }
    }
  }
}

TEST_CASE("a change of format alone copies samples as they are", "[media][converter]") {
  for (const auto format :
       {pixel_format::yuv420p, pixel_format::yuv420p10, pixel_format::yuv420p12}) {
    const auto source = paint(format, 130, 50, noisy);
    for (const auto wanted : {pixel_format::gray8, pixel_format::yuv420p, pixel_format::nv12}) {
      const auto layout = lay_out({.format = wanted}, source);
      REQUIRE(layout);
      if (!*layout) continue;
      const auto made = make(source, {.format = wanted});
      const auto is_wrong = [&](std::uint32_t x, std::uint32_t y) {
        bool wrong = made.at(0, x, y) != noise(x, y);
        for (int c = 1; c < made.channels(); ++c) {
          wrong |= made.at(c, x, y) != noise(x / 2, y / 2, static_cast<std::uint32_t>(c));
        }
        return wrong;
      };
      CHECK(made.pixels_where(is_wrong) == 0);
    }
  }
}

TEST_CASE("a letterbox has its bars where the layout says, to the pixel",
          "[media][converter]") {
  const auto format = GENERATE(from_range(native_formats));
  const auto converter = make_converter();
  const samples shown{200, 60, 90};
  const bool gray = chroma_steps(format).first == 0;
  for (const auto& source_size :
       {std::pair{160u, 90u}, {90u, 160u}, {641u, 359u}, {33u, 7u}, {1u, 1u}, {2u, 301u}}) {
    auto source =
        paint(format, source_size.first, source_size.second, [&](auto, auto) { return shown; });
    const auto colour =
        colour_of(gray ? samples{200, 128, 128} : shown, colour_matrix::bt601, false);
    for (const auto wanted : made_formats) {
      for (const auto& size : {std::pair{64u, 64u}, {65u, 63u}, {320u, 100u}, {31u, 200u}}) {
        CAPTURE(source.width, source.height, to_string(wanted), size.first, size.second);
        const auto made = make(*converter, source,
                               {.format = wanted,
                                .width = size.first,
                                .height = size.second,
                                .fit = fit_policy::letterbox});
        const auto is_right = [&](std::uint32_t x, std::uint32_t y) {
          for (int c = 0; c < made.channels(); ++c) {
            const auto i = static_cast<std::size_t>(c);
            const bool inside = made.in_content(x, y);
            const double expected = is_rgb(wanted)    ? (inside ? colour[i] : 114)
                                    : c == 0          ? (inside ? 200 : 114)
                                    : inside && !gray ? shown[i]
                                                      : 128;
            const auto tolerance = inside && is_rgb(wanted) ? 3 : 0;
            if (std::abs(made.at(c, x, y) - expected) > tolerance) return false;
          }
          return true;
        };
        CHECK(made.pixels_where([&](auto x, auto y) { return !is_right(x, y); }) == 0);
      }
    }
  }
}

TEST_CASE("scaling keeps the mean", "[media][converter]") {
  // Noise upon a slope: a part of the picture that counted too much or too little would show.
  const auto slope = [](std::uint32_t x, std::uint32_t y) {
    const auto value = [&](std::uint32_t seed) {
      return static_cast<std::uint8_t>(40 + (x * 2 + y) % 700 / 7 + noise(x, y, seed) % 60);
    };
    return samples{value(0), value(1), value(2)};
  };
  const auto format =
      GENERATE(pixel_format::yuv420p, pixel_format::yuv444p, pixel_format::yuv422p10);
  const auto source = paint(format, 641, 359, slope);
  const auto [across, down] = chroma_steps(format);
  std::array<double, 3> expected{};
  for (std::size_t c = 0; c < 3; ++c) {
    const auto width = c == 0 ? 641 : (641 + across - 1) / across;
    const auto height = c == 0 ? 359 : (359 + down - 1) / down;
    for (std::uint32_t y = 0; y < height; ++y) {
      for (std::uint32_t x = 0; x < width; ++x) expected[c] += slope(x, y)[c];
    }
    expected[c] /= double(width) * height;
  }
  for (const auto& size : {std::pair{642u, 360u},
                           {480u, 270u},
                           {400u, 300u},
                           {322u, 180u},
                           {320u, 180u},
                           {214u, 120u},
                           {160u, 90u},
                           {100u, 356u},
                           {600u, 40u},
                           {640u, 640u},
                           {1000u, 60u},
                           {30u, 700u},
                           {1282u, 718u},
                           {40u, 22u}}) {
    CAPTURE(to_string(format), size.first, size.second);
    const auto made = make(
        source, {.format = pixel_format::yuv420p, .width = size.first, .height = size.second});
    for (int c = 0; c < 3; ++c) {
      CHECK(std::abs(made.mean(c) - expected[static_cast<std::size_t>(c)]) < 1.5);
    }
  }
}

TEST_CASE("every source pixel counts when a picture shrinks", "[media][converter]") {
  // Stripes finer than the new pixels leave about their mean, at whatever ratio on either side.
  // To leave pixels out would leave stripes of 0 and 240.
  const auto period = GENERATE(2u, 3u);
  const bool upright = GENERATE(true, false);
  const auto source = paint(pixel_format::gray8, 960, 960, [&](auto x, auto y) {
    const auto value = (upright ? x : y) % period == 0 ? 240 : 0;
    return samples{static_cast<std::uint8_t>(value), 0, 0};
  });
  for (const auto side : {30u, 96u, 120u, 137u, 213u, 240u}) {
    for (const auto other : {100u, 480u, 700u, 960u, 1200u}) {
      CAPTURE(period, upright, side, other);
      const auto made = make(source, {.format = pixel_format::gray8,
                                      .width = upright ? side : other,
                                      .height = upright ? other : side});
      const int mean = 240 / static_cast<int>(period);
      const auto is_stripe = [&](auto x, auto y) {
        return std::abs(made.at(0, x, y) - mean) > 48;
      };
      CHECK(made.pixels_where(is_stripe) == 0);
    }
  }
}

TEST_CASE("what is seen stays where it was", "[media][converter]") {
  const auto format =
      GENERATE(pixel_format::yuv420p, pixel_format::yuv422p, pixel_format::yuv444p10);
  const auto steps = chroma_steps(format);
  // Luma rises to the right, one chroma to the right, the other downwards.
  const auto source = paint(format, 240, 180, [&](std::uint32_t x, std::uint32_t y) {
    return samples{static_cast<std::uint8_t>(std::min(x, 239u)),
                   static_cast<std::uint8_t>(std::min(x * steps.first, 239u)),
                   static_cast<std::uint8_t>(std::min(y * steps.second, 179u))};
  });
  for (const auto& size : {std::pair{240u, 180u},
                           {120u, 90u},
                           {100u, 160u},
                           {60u, 20u},
                           {480u, 360u},
                           {300u, 100u}}) {
    for (const auto wanted : {pixel_format::nv12, pixel_format::yuv420p}) {
      if (wanted == format && size.first == 240) continue;
      CAPTURE(to_string(format), to_string(wanted), size.first, size.second);
      const auto made =
          make(source, {.format = wanted, .width = size.first, .height = size.second});
      const auto is_elsewhere = [&](std::uint32_t x, std::uint32_t y) {
        const double source_x = (x + 0.5) * 240 / size.first - 0.5;
        const double source_y = (y + 0.5) * 180 / size.second - 0.5;
        // A chroma sample stands for two pixels, in the source and in the rendition.
        const double slack_x = 2.5 + 240.0 / size.first;
        const double slack_y = 2.5 + 180.0 / size.second;
        return std::abs(made.at(0, x, y) - source_x) > 2 ||
               std::abs(made.at(1, x, y) - source_x) > slack_x ||
               std::abs(made.at(2, x, y) - source_y) > slack_y;
      };
      CHECK(made.pixels_where(is_elsewhere) == 0);
    }
  }
}

TEST_CASE("what lies between the rows of a source is never seen", "[media][converter]") {
  const auto format = GENERATE(from_range(native_formats));
  const auto white = paint(format, 61, 37, noisy, 0xff);
  const auto black = paint(format, 61, 37, noisy, 0);
  for (const auto wanted : made_formats) {
    for (const auto& size : {std::pair{0u, 0u},
                             {61u, 0u},
                             {31u, 19u},
                             {30u, 18u},
                             {122u, 74u},
                             {63u, 17u},
                             {7u, 90u},
                             {3u, 2u}}) {
      const rendition asked{.format = wanted, .width = size.first, .height = size.second};
      const auto layout = lay_out(asked, white);
      REQUIRE(layout);
      if (!*layout) continue;
      CAPTURE(to_string(wanted), size.first, size.second);
      CHECK(make(white, asked).bytes == make(black, asked).bytes);
    }
  }
}

TEST_CASE("a converter that has seen other pictures makes the same", "[media][converter]") {
  const auto converter = make_converter();
  for (const auto& size : {std::pair{200u, 120u}, {64u, 64u}, {641u, 359u}, {20u, 300u}}) {
    for (const auto format : native_formats) {
      const auto source = paint(format, size.first, size.second, noisy);
      for (const auto wanted : made_formats) {
        const rendition asked{
            .format = wanted, .width = 66, .height = 50, .fit = fit_policy::letterbox};
        CHECK(make(*converter, source, asked).bytes == make(source, asked).bytes);
      }
    }
  }
}

TEST_CASE("pictures that no decoder writes are not converted", "[media][converter]") {
  const auto converter = make_converter();
  auto source = paint(pixel_format::yuv420p, 64, 64, noisy);
  const auto layout = *lay_out({.format = pixel_format::bgr24, .width = 32}, source);
  std::vector<std::uint8_t> to(layout->bytes);
  for (const auto format : {pixel_format::nv12, pixel_format::rgb24, pixel_format::bgr24,
                            pixel_format::gray8, static_cast<pixel_format>(99)}) {
    source.format = format;
    const auto outcome = converter->convert(source, *layout, to);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind() == error_kind::unsupported);
  }
  source.format = pixel_format::yuv420p;
  source.width = 32768;
  const auto outcome = converter->convert(source, *layout, to);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind() == error_kind::unsupported);
}

TEST_CASE("a layout that does not fit is refused before anything is written",
          "[media][converter]") {
  const auto converter = make_converter();
  const auto source = paint(pixel_format::yuv420p, 64, 64, noisy);
  const auto good = **lay_out({.format = pixel_format::bgr24, .width = 32}, source);
  std::vector<std::uint8_t> to(good.bytes, canary);
  const auto refuses = [&](const picture_layout& layout, std::size_t bytes) {
    const auto outcome = converter->convert(source, layout, std::span{to}.first(bytes));
    return !outcome && outcome.error().kind() == error_kind::invalid_argument &&
           std::all_of(to.begin(), to.end(), [](auto byte) { return byte == canary; });
  };
  CHECK(refuses(good, good.bytes - 1));
  auto layout = good;
  layout.content.x = 1;
  CHECK(refuses(layout, good.bytes));
  layout.content = {0, 0, 0, 32};
  CHECK(refuses(layout, good.bytes));
  layout.content = {0xffffffff, 0, 2, 32};
  CHECK(refuses(layout, good.bytes));
  layout = good;
  layout.format = pixel_format::yuv444p;
  CHECK(refuses(layout, good.bytes));
  CHECK(converter->convert(source, good, to));
}
