#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace camherd::testing {

/// Width and height of a baseline JPEG (ITU-T T.81 section B.2.2); 0 and 0 if it is none.
inline std::pair<int, int> jpeg_size(const std::string& file) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(file.at(at)); };
  const auto frame = file.find("\xff\xc0");
  if (!file.starts_with("\xff\xd8\xff") || frame == std::string::npos) return {0, 0};
  return {byte(frame + 7) << 8 | byte(frame + 8), byte(frame + 5) << 8 | byte(frame + 6)};
}

}  // namespace camherd::testing
