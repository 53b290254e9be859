#include "core/media/converter.hpp"

#include "core/media/yuv/colour_coefficients.hpp"
#include "core/media/yuv/plane_scaler.hpp"

#include <libyuv/convert_argb.h>
#include <libyuv/planar_functions.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace camherd {
namespace yuv {
namespace {

constexpr std::uint32_t most_source_side = 32767;  // libyuv counts in 1/65536 pixels

constexpr std::uint8_t bar_shade = 114;  // luma too: limited range has 16 + 114 * 219 / 255
constexpr std::uint8_t no_colour = 128;

unsigned depth_of(pixel_format format) noexcept {
  switch (format) {
    case pixel_format::gray10:
    case pixel_format::yuv420p10:
    case pixel_format::yuv422p10:
    case pixel_format::yuv444p10:
      return 10;
    case pixel_format::yuv420p12:
    case pixel_format::yuv422p12:
    case pixel_format::yuv444p12:
      return 12;
    default:
      return 8;
  }
}

/// The planes of a picture that a decoder writes in `format`; 0 for other formats.
std::size_t planes_of(pixel_format format) noexcept {
  switch (format) {
    case pixel_format::gray8:
    case pixel_format::gray10:
      return 1;
    case pixel_format::nv12:
    case pixel_format::rgb24:
    case pixel_format::bgr24:
      return 0;
    default:
      return to_string(format) == "unknown" ? 0 : 3;
  }
}

/// Fills `all` but for `inside`; both in rows and bytes of a row.
void fill_around(std::uint8_t* to, const plane& all, const picture_rect& inside,
                 std::uint8_t shade) {
  for (std::uint32_t y = 0; y < all.rows; ++y, to += all.stride) {
    if (y < inside.y || y >= inside.y + inside.height) {
      std::memset(to, shade, all.row_bytes);
      continue;
    }
    const auto right = inside.x + inside.width;
    std::memset(to, shade, inside.x);
    std::memset(to + right, shade, all.row_bytes - right);
  }
}

bool is_within(const picture_rect& inner, std::uint64_t width, std::uint64_t height) noexcept {
  return inner.width > 0 && inner.height > 0 && std::uint64_t{inner.x} + inner.width <= width &&
         std::uint64_t{inner.y} + inner.height <= height;
}

class converter final : public picture_converter {
 public:
  result<void> convert(const frame& from, const picture_layout& layout,
                       std::span<std::uint8_t> to) override;

 private:
  struct source {
    plane_view luma;
    plane_view blue;  // chroma; empty for gray
    plane_view red;
    colour_coefficients colours;
  };

  source read(const frame& from, std::size_t planes);
  plane_view fitted(const plane_view& from, int width, int height, scratch_plane& into);
  void write_rgb(const source& from, const picture_layout& layout, std::uint8_t* to);
  void write_luma(const source& from, const picture_layout& layout, std::uint8_t* to);
  void write_chroma(const source& from, const picture_layout& layout, std::uint8_t* to);

  plane_scaler scaler_;
  std::array<scratch_plane, 3> shallow_;  // deeper samples brought to 8 bits
  std::array<scratch_plane, 3> fitted_;
  std::vector<std::uint8_t> no_colour_row_;
};

result<void> converter::convert(const frame& from, const picture_layout& layout,
                                std::span<std::uint8_t> to) try {
  if (from.plane_count == 0 || from.plane_count != planes_of(from.format)) {
    return error{
        error_kind::unsupported,
        "pictures of format " + std::string{to_string(from.format)} + " are not converted"};
  }
  if (std::max(from.width, from.height) > most_source_side) {
    return error{error_kind::unsupported, "pictures with a side of more than " +
                                              std::to_string(most_source_side) +
                                              " pixels are not converted"};
  }
  if (!is_rendition_format(layout.format) || to.size() < layout.bytes ||
      !is_within(layout.content, layout.width, layout.height)) {
    return error{error_kind::invalid_argument, "a picture does not fit where it is to go"};
  }
  const auto picture = read(from, layout.format == pixel_format::gray8 ? 1 : from.plane_count);
  if (layout.format == pixel_format::rgb24 || layout.format == pixel_format::bgr24) {
    write_rgb(picture, layout, to.data());
    return {};
  }
  write_luma(picture, layout, to.data());
  if (layout.plane_count > 1) write_chroma(picture, layout, to.data());
  return {};
} catch (const std::bad_alloc&) {
  return error{error_kind::internal, "no memory to convert a picture"};
}

/// The first `planes` of `from` in 8 bits.
converter::source converter::read(const frame& from, std::size_t planes) {
  const auto depth = depth_of(from.format);
  std::array<plane_view, 3> views;
  for (std::size_t i = 0; i < planes; ++i) {
    const auto& p = from.planes[i];
    const auto* const samples = from.pixels(i);
    const auto stride = static_cast<int>(p.stride);
    const auto row_bytes = static_cast<int>(p.row_bytes);
    const auto rows = static_cast<int>(p.rows);
    if (depth == 8) {
      views[i] = {samples, stride, row_bytes, rows};
      continue;
    }
    const auto eight = shallow_[i].shaped(row_bytes / 2, rows);
    libyuv::Convert16To8Plane(reinterpret_cast<const std::uint16_t*>(samples), stride / 2,
                              eight.samples, eight.stride, 1 << (24 - depth), eight.width,
                              eight.height);
    views[i] = eight.view();
  }
  return {views[0], views[1], views[2],
          coefficients_for(from.metadata.matrix, from.metadata.full_range)};
}

/// `from` in this size: itself if it has it already.
plane_view converter::fitted(const plane_view& from, int width, int height,
                             scratch_plane& into) {
  if (from.width == width && from.height == height) return from;
  const auto to = into.shaped(width, height);
  scaler_.scale(from, to);
  return to.view();
}

void converter::write_rgb(const source& from, const picture_layout& layout, std::uint8_t* to) {
  const auto& plane = layout.planes[0];
  const auto& content = layout.content;
  fill_around(to + plane.offset, plane,
              {3 * content.x, content.y, 3 * content.width, content.height}, bar_shade);

  const auto width = static_cast<int>(content.width);
  const auto height = static_cast<int>(content.height);
  // Chroma that has the size of the new picture as it is, or half of it across, is not scaled:
  // that would cost more and look worse.
  const bool whole = from.blue.width == width && from.blue.height == height;
  const bool half_across = from.blue.width == (width + 1) / 2 && from.blue.height == height;
  const auto luma = fitted(from.luma, width, height, fitted_[0]);
  auto blue = from.blue;
  auto red = from.red;
  auto make = &libyuv::I420ToRGB24Matrix;
  if (from.blue.samples == nullptr) {
    no_colour_row_.assign(static_cast<std::size_t>(width), no_colour);
    blue = red = {no_colour_row_.data(), 0, width, height};
  } else if (whole || half_across) {
    make = whole ? &libyuv::I444ToRGB24Matrix : &libyuv::I422ToRGB24Matrix;
  } else {
    blue = fitted(blue, (width + 1) / 2, (height + 1) / 2, fitted_[1]);
    red = fitted(red, (width + 1) / 2, (height + 1) / 2, fitted_[2]);
  }
  // What libyuv calls RGB24 is blue, green, red in memory; chroma and coefficients the other
  // way round make it red, green, blue.
  const bool bgr = layout.format == pixel_format::bgr24;
  if (!bgr) std::swap(blue, red);
  const auto stride = static_cast<int>(plane.stride);
  auto* const first =
      to + plane.offset + std::size_t{content.y} * plane.stride + std::size_t{3} * content.x;
  make(luma.samples, luma.stride, blue.samples, blue.stride, red.samples, red.stride, first,
       stride, bgr ? from.colours.bgr : from.colours.rgb, width, height);
}

void converter::write_luma(const source& from, const picture_layout& layout, std::uint8_t* to) {
  const auto& plane = layout.planes[0];
  const auto& content = layout.content;
  to += plane.offset;
  fill_around(to, plane, content, bar_shade);
  scaler_.scale(from.luma, {to + std::size_t{content.y} * plane.stride + content.x,
                            static_cast<int>(plane.stride), static_cast<int>(content.width),
                            static_cast<int>(content.height)});
}

/// Chroma of half the size, in planes of its own or in one with the samples side by side.
void converter::write_chroma(const source& from, const picture_layout& layout,
                             std::uint8_t* to) {
  const picture_rect half{layout.content.x / 2, layout.content.y / 2, layout.content.width / 2,
                          layout.content.height / 2};
  const bool interleaved = layout.format == pixel_format::nv12;
  const std::uint32_t samples = interleaved ? 2 : 1;  // of a pair of pixels in one plane
  const picture_rect inside =
      from.blue.samples == nullptr
          ? picture_rect{}
          : picture_rect{samples * half.x, half.y, samples * half.width, half.height};
  const auto width = static_cast<int>(half.width);
  const auto height = static_cast<int>(half.height);
  for (std::size_t i = 1; i < layout.plane_count; ++i) {
    const auto& plane = layout.planes[i];
    const auto stride = static_cast<int>(plane.stride);
    auto* const corner = to + plane.offset;
    auto* const first = corner + std::size_t{inside.y} * plane.stride + inside.x;
    fill_around(corner, plane, inside, no_colour);
    if (from.blue.samples == nullptr) continue;
    if (interleaved) {
      const auto blue = fitted(from.blue, width, height, fitted_[1]);
      const auto red = fitted(from.red, width, height, fitted_[2]);
      libyuv::MergeUVPlane(blue.samples, blue.stride, red.samples, red.stride, first, stride,
                           width, height);
    } else {
      scaler_.scale(i == 1 ? from.blue : from.red, {first, stride, width, height});
    }
  }
}

}  // namespace
}  // namespace yuv

std::unique_ptr<picture_converter> make_converter() {
  return std::make_unique<yuv::converter>();
}

}  // namespace camherd
