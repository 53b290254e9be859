#pragma once

#include "core/base/access_unit.hpp"

namespace camherd::testing {

/// Takes the video usability information out of the H.264 sequence parameter sets of `unit`, as
/// most cameras leave it out: nothing then tells whether pictures are reordered (ITU-T H.264
/// sections 7.3.2.1.1 and E.2.1). Only for parameter sets as libx264 writes them.
void strip_usability_information(access_unit& unit);

}  // namespace camherd::testing
