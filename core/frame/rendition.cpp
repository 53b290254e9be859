#include "core/frame/rendition.hpp"

#include <algorithm>
#include <string>

namespace camherd {
namespace {

using wide = std::uint64_t;  // holds the product of any two sides

constexpr wide row_alignment = 64;

struct extent {
  wide width = 0;
  wide height = 0;
  friend bool operator==(const extent&, const extent&) = default;
};

bool is_gray(pixel_format format) noexcept {
  return format == pixel_format::gray8 || format == pixel_format::gray10;
}

bool has_8_bit_luma_plane(pixel_format format) noexcept {
  switch (format) {
    case pixel_format::gray8:
    case pixel_format::yuv420p:
    case pixel_format::yuv422p:
    case pixel_format::yuv444p:
    case pixel_format::nv12:
      return true;
    default:
      return false;
  }
}

bool has_subsampled_chroma(pixel_format format) noexcept {
  return format == pixel_format::yuv420p || format == pixel_format::nv12;
}

wide up_to(wide value, wide step) noexcept {
  return (value + step - 1) / step * step;
}

/// `length` * `numerator` / `denominator`, to the nearest multiple of `step`, at least one.
wide in_proportion(wide length, wide numerator, wide denominator, wide step) noexcept {
  const auto steps = (length * numerator + denominator * step / 2) / (denominator * step);
  return std::max<wide>(steps, 1) * step;
}

extent size_of(const rendition& wanted, const extent& source) noexcept {
  extent size{wanted.width, wanted.height};
  if (size.width == 0 && size.height == 0) return source;
  if (size.width == 0) size.width = in_proportion(size.height, source.width, source.height, 1);
  if (size.height == 0) size.height = in_proportion(size.width, source.height, source.width, 1);
  return size;
}

/// Where a picture of `source` lies in `size`, at multiples of `step`.
picture_rect place(const extent& source, const extent& size, fit_policy fit, wide step) {
  extent content = size;
  if (fit == fit_policy::letterbox) {
    if (size.width * source.height <= size.height * source.width) {
      content.height = in_proportion(size.width, source.height, source.width, step);
    } else {
      content.width = in_proportion(size.height, source.width, source.height, step);
    }
    content.width = std::min(content.width, size.width);
    content.height = std::min(content.height, size.height);
  }
  const auto side = [](wide pixels) { return static_cast<std::uint32_t>(pixels); };
  return {.x = side((size.width - content.width) / 2 / step * step),
          .y = side((size.height - content.height) / 2 / step * step),
          .width = side(content.width),
          .height = side(content.height)};
}

/// Adds a plane behind the others of `layout`.
void add_plane(picture_layout& layout, wide row_bytes, wide rows, wide alignment) {
  auto& added = layout.planes[layout.plane_count++];
  added.offset = layout.bytes;
  added.row_bytes = static_cast<std::uint32_t>(row_bytes);
  added.stride = static_cast<std::uint32_t>(up_to(row_bytes, alignment));
  added.rows = static_cast<std::uint32_t>(rows);
  layout.bytes += std::size_t{added.stride} * added.rows;
}

void add_planes(picture_layout& layout) {
  const wide width = layout.width;
  const wide height = layout.height;
  switch (layout.format) {
    case pixel_format::rgb24:
    case pixel_format::bgr24:
      return add_plane(layout, 3 * width, height, 1);
    case pixel_format::nv12:
      add_plane(layout, width, height, row_alignment);
      return add_plane(layout, width, height / 2, row_alignment);
    case pixel_format::yuv420p:
      add_plane(layout, width, height, row_alignment);
      add_plane(layout, width / 2, height / 2, row_alignment);
      return add_plane(layout, width / 2, height / 2, row_alignment);
    default:
      return add_plane(layout, width, height, row_alignment);
  }
}

}  // namespace

bool is_rendition_format(pixel_format format) noexcept {
  switch (format) {
    case pixel_format::gray8:
    case pixel_format::yuv420p:
    case pixel_format::nv12:
    case pixel_format::rgb24:
    case pixel_format::bgr24:
      return true;
    default:
      return false;
  }
}

result<std::optional<picture_layout>> lay_out(const rendition& wanted, const frame& source) {
  if (wanted.format && !is_rendition_format(*wanted.format)) {
    return error{error_kind::invalid_argument, "pictures are not made in the format " +
                                                   std::string{to_string(*wanted.format)}};
  }
  const extent decoded{source.width, source.height};
  if (decoded.width == 0 || decoded.height == 0) {
    return error{error_kind::invalid_argument, "a picture without pixels has no renditions"};
  }
  auto size = size_of(wanted, decoded);
  const bool serves =
      !wanted.format || *wanted.format == source.format ||
      (*wanted.format == pixel_format::gray8 && has_8_bit_luma_plane(source.format));
  if (size == decoded && serves) return std::optional<picture_layout>{};

  picture_layout layout;
  layout.format = wanted.format.value_or(is_gray(source.format) ? pixel_format::gray8
                                                                : pixel_format::yuv420p);
  const wide step = has_subsampled_chroma(layout.format) ? 2 : 1;
  size = {up_to(size.width, step), up_to(size.height, step)};
  if (std::max(size.width, size.height) > most_rendition_side) {
    return error{error_kind::invalid_argument,
                 "pictures of " + std::to_string(size.width) + "x" +
                     std::to_string(size.height) +
                     " are not made: no side may be longer than " +
                     std::to_string(most_rendition_side) + " pixels"};
  }
  layout.width = static_cast<std::uint32_t>(size.width);
  layout.height = static_cast<std::uint32_t>(size.height);
  layout.content = place(decoded, size, wanted.fit, step);
  add_planes(layout);
  return std::optional{layout};
}

frame luma_of(frame source) {
  source.format = pixel_format::gray8;
  source.plane_count = 1;
  source.planes[1] = source.planes[2] = {};
  return source;
}

}  // namespace camherd
