#include "core/frame/rendition.hpp"

#include "tests/support/catch.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

using namespace camherd;

namespace {

frame decoded(std::uint32_t width, std::uint32_t height,
              pixel_format format = pixel_format::yuv420p) {
  frame f;
  f.width = width;
  f.height = height;
  f.format = format;
  return f;
}

std::optional<picture_layout> laid_out(const rendition& wanted, const frame& source) {
  const auto made = lay_out(wanted, source);
  REQUIRE(made);
  return *made;
}

/// True if rows lie one behind the other within `layout.bytes`, and the content in the picture.
bool is_sound(const picture_layout& layout) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < layout.plane_count; ++i) {
    const auto& plane = layout.planes[i];
    if (plane.offset < end || plane.row_bytes > plane.stride || plane.rows == 0) return false;
    end = plane.offset + std::size_t{plane.stride} * plane.rows;
  }
  const auto& content = layout.content;
  return end <= layout.bytes && content.width > 0 && content.height > 0 &&
         std::uint64_t{content.x} + content.width <= layout.width &&
         std::uint64_t{content.y} + content.height <= layout.height;
}

constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();

}  // namespace

TEST_CASE("what the decoder writes serves without a copy", "[frame][rendition]") {
  const auto source = decoded(1280, 720);
  CHECK_FALSE(laid_out({}, source));
  CHECK_FALSE(laid_out({.format = pixel_format::yuv420p}, source));
  CHECK_FALSE(
      laid_out({.format = pixel_format::yuv420p, .width = 1280, .height = 720}, source));
  CHECK_FALSE(laid_out({.width = 1280}, source));
  CHECK_FALSE(laid_out({.height = 720, .fit = fit_policy::letterbox}, source));
  CHECK_FALSE(laid_out({}, decoded(16, 16, pixel_format::yuv444p12)));
  CHECK_FALSE(laid_out({.format = pixel_format::yuv420p}, decoded(641, 359)));
  CHECK(laid_out({.format = pixel_format::nv12}, source));
  CHECK(laid_out({.width = 1278, .height = 720}, source));
}

TEST_CASE("gray8 of an 8-bit picture at its own size is its luma plane", "[frame][rendition]") {
  const rendition gray{.format = pixel_format::gray8};
  for (const auto format : {pixel_format::gray8, pixel_format::yuv420p, pixel_format::yuv422p,
                            pixel_format::yuv444p}) {
    CHECK_FALSE(laid_out(gray, decoded(641, 359, format)));
  }
  CHECK(laid_out(gray, decoded(640, 360, pixel_format::gray10)));
  CHECK(laid_out(gray, decoded(640, 360, pixel_format::yuv420p12)));
  CHECK(laid_out({.format = pixel_format::gray8, .width = 320}, decoded(640, 360)));

  auto picture = decoded(640, 360);
  picture.plane_count = 3;
  picture.planes = {plane{64, 640, 360, 640}, plane{300000, 320, 180, 320},
                    plane{400000, 320, 180, 320}};
  const auto luma = luma_of(picture);
  CHECK(luma.format == pixel_format::gray8);
  CHECK(luma.plane_count == 1);
  CHECK(luma.planes[0].offset == 64);
  CHECK(luma.planes[1].rows == 0);
}

TEST_CASE("rows of RGB follow each other without a gap, others begin at multiples of 64 bytes",
          "[frame][rendition]") {
  const auto source = decoded(641, 359);
  const auto bgr = *laid_out({.format = pixel_format::bgr24}, source);
  CHECK(bgr.width == 641);
  CHECK(bgr.planes[0].stride == 641 * 3);
  CHECK(bgr.bytes == 641 * 3 * 359);
  CHECK(bgr.plane_count == 1);

  const auto nv12 = *laid_out({.format = pixel_format::nv12}, source);
  CHECK(nv12.width == 642);
  CHECK(nv12.height == 360);
  CHECK(nv12.plane_count == 2);
  CHECK(nv12.planes[1].row_bytes == 642);
  CHECK(nv12.planes[1].rows == 180);
  CHECK(nv12.planes[1].offset == 704 * 360);
  CHECK(nv12.bytes == 704 * 540);

  const auto planar = *laid_out({.width = 100, .height = 50}, source);
  CHECK(planar.format == pixel_format::yuv420p);
  CHECK(planar.plane_count == 3);
  CHECK(planar.planes[0].stride == 128);
  CHECK(planar.planes[2].stride == 64);
  CHECK(planar.planes[2].row_bytes == 50);
  CHECK(planar.planes[2].rows == 25);
}

TEST_CASE("a size without a format keeps colour if there is one", "[frame][rendition]") {
  const auto format_of = [](pixel_format source) {
    return laid_out({.width = 64}, decoded(640, 360, source))->format;
  };
  CHECK(format_of(pixel_format::gray8) == pixel_format::gray8);
  CHECK(format_of(pixel_format::gray10) == pixel_format::gray8);
  CHECK(format_of(pixel_format::yuv444p10) == pixel_format::yuv420p);
  CHECK(format_of(pixel_format::yuv422p) == pixel_format::yuv420p);
}

TEST_CASE("one side alone keeps the shape of the picture", "[frame][rendition]") {
  const auto size_of = [](std::uint32_t width, std::uint32_t height, const frame& source) {
    const auto made =
        *laid_out({.format = pixel_format::rgb24, .width = width, .height = height}, source);
    CHECK(made.content == picture_rect{0, 0, made.width, made.height});
    return std::pair{made.width, made.height};
  };
  CHECK(size_of(640, 0, decoded(1920, 1080)) == std::pair{640u, 360u});
  CHECK(size_of(0, 360, decoded(1920, 1080)) == std::pair{640u, 360u});
  CHECK(size_of(100, 0, decoded(1920, 1080)) == std::pair{100u, 56u});
  CHECK(size_of(1, 0, decoded(8192, 1)) == std::pair{1u, 1u});
}

TEST_CASE("a letterbox keeps the shape between equal bars", "[frame][rendition]") {
  const auto content = [](std::uint32_t width, std::uint32_t height, pixel_format format,
                          const frame& source) {
    return laid_out({.format = format,
                     .width = width,
                     .height = height,
                     .fit = fit_policy::letterbox},
                    source)
        ->content;
  };
  const auto wide = decoded(1920, 1080);
  CHECK(content(640, 640, pixel_format::bgr24, wide) == picture_rect{0, 140, 640, 360});
  CHECK(content(640, 640, pixel_format::rgb24, decoded(1080, 1920)) ==
        picture_rect{140, 0, 360, 640});
  CHECK(content(416, 416, pixel_format::gray8, decoded(640, 480)) ==
        picture_rect{0, 52, 416, 312});
  CHECK(content(300, 300, pixel_format::bgr24, wide) == picture_rect{0, 65, 300, 169});
  CHECK(content(640, 360, pixel_format::bgr24, wide) == picture_rect{0, 0, 640, 360});
  // With chroma of half the size the content begins and ends where a chroma sample does.
  CHECK(content(300, 300, pixel_format::nv12, wide) == picture_rect{0, 66, 300, 168});
  CHECK(content(301, 301, pixel_format::yuv420p, wide) == picture_rect{0, 66, 302, 170});
  CHECK(content(8, 8, pixel_format::nv12, decoded(1, 4000)) == picture_rect{2, 0, 2, 8});
  CHECK(content(8, 8, pixel_format::bgr24, decoded(4000, 1)) == picture_rect{0, 3, 8, 1});
}

TEST_CASE("every letterbox is sound and true to the shape to a pixel", "[frame][rendition]") {
  const auto format = GENERATE(pixel_format::bgr24, pixel_format::nv12, pixel_format::yuv420p,
                               pixel_format::gray8);
  for (const std::uint32_t source_width : {1, 2, 359, 640, 1919, 8192}) {
    for (const std::uint32_t source_height : {1, 3, 360, 1081, 8192}) {
      for (const std::uint32_t width : {1, 2, 63, 640, 8191}) {
        for (const std::uint32_t height : {1, 7, 416, 8192}) {
          CAPTURE(source_width, source_height, width, height);
          const auto source = decoded(source_width, source_height, pixel_format::yuv422p10);
          const auto made = *laid_out({.format = format,
                                       .width = width,
                                       .height = height,
                                       .fit = fit_policy::letterbox},
                                      source);
          REQUIRE(is_sound(made));
          const auto& c = made.content;
          REQUIRE((c.width == made.width || c.height == made.height));
          const double scale =
              std::min(double(made.width) / source_width, double(made.height) / source_height);
          const double slack = made.plane_count == 1 ? 1 : 2;
          REQUIRE(std::abs(c.width - source_width * scale) <= slack);
          REQUIRE(std::abs(c.height - source_height * scale) <= slack);
          REQUIRE(std::abs(int(made.width - c.width - c.x) - int(c.x)) <= slack);
          if (made.plane_count > 1) {
            REQUIRE((c.x | c.y | c.width | c.height | made.width | made.height) % 2 == 0);
          }
        }
      }
    }
  }
}

TEST_CASE("formats that are not made are errors of the caller", "[frame][rendition]") {
  const auto wanted =
      GENERATE(pixel_format::yuv422p, pixel_format::gray10, pixel_format::yuv420p12,
               static_cast<pixel_format>(0), static_cast<pixel_format>(200));
  const auto made = lay_out({.format = wanted}, decoded(640, 360, wanted));
  REQUIRE_FALSE(made);
  CHECK(made.error().kind() == error_kind::invalid_argument);
}

TEST_CASE("sizes that are not made are errors of the caller", "[frame][rendition]") {
  const auto refused = [](const rendition& wanted, const frame& source) {
    const auto made = lay_out(wanted, source);
    return !made && made.error().kind() == error_kind::invalid_argument;
  };
  const auto fit = GENERATE(fit_policy::stretch, fit_policy::letterbox);
  const auto format = GENERATE(pixel_format::bgr24, pixel_format::nv12);
  const auto source = decoded(1280, 720);
  CHECK(refused({format, 8193, 100, fit}, source));
  CHECK(refused({format, 100, 8193, fit}, source));
  CHECK(refused({format, most, most, fit}, source));
  CHECK(refused({format, most, 0, fit}, source));
  CHECK(refused({format, 0, most, fit}, decoded(most, most)));
  CHECK(refused({format, 0, 8192, fit}, source));
  CHECK(refused({format, 0, most, fit}, decoded(most, 1)));
  CHECK(refused({format, 0, 0, fit}, decoded(16384, 4096)));
  CHECK(refused({format, 640, 640, fit}, decoded(0, 0)));
  CHECK(refused({format, 640, 640, fit}, decoded(640, 0)));
  const auto largest = *laid_out({format, 8192, 8192, fit}, decoded(most, most));
  CHECK(is_sound(largest));
  const auto extreme = *laid_out({format, 8192, 8192, fit}, decoded(most, 1));
  CHECK(is_sound(extreme));
  CHECK(is_sound(*laid_out({format, 1, 1, fit}, source)));
}
