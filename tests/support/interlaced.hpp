#pragma once

#include "core/base/access_unit.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace camherd::testing {

/// An H.264 stream of `frames` frames of 32 x 32 pixels, each in two access units of one field
/// (picture-adaptive frame/field coding), which no free encoder makes: all macroblocks are
/// I_PCM (ITU-T H.264 section 7.3.5.3). Frame i has luma 16 + i in its top and 116 + i in its
/// bottom field.
[[nodiscard]] std::vector<access_unit> make_field_stream(std::size_t frames);

}  // namespace camherd::testing
