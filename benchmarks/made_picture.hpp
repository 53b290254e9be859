#pragma once

#include "core/frame/frame.hpp"

#include <cstdint>

namespace camherd {

struct picture_kind {
  std::uint32_t width;
  std::uint32_t height;
  pixel_format format;
};

/// A picture of 4:2:0 samples with soft shapes and noise, in a slot as a decoder would write
/// it. Without a slot if there is no memory.
[[nodiscard]] frame make_picture(const picture_kind& kind);

}  // namespace camherd
