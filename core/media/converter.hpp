#pragma once

#include "core/frame/rendition.hpp"

#include <memory>

namespace camherd {

/// A converter of everything that decoders write: 8 to 12 bits, planar or gray. Samples deeper
/// than 8 bits lose their lowest ones. Sources with a side of more than 32767 pixels are
/// `unsupported`. `docs/design/conversion.md` says with which library and why.
[[nodiscard]] std::unique_ptr<picture_converter> make_converter();

}  // namespace camherd
