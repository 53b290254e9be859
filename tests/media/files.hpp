#pragma once

#include "core/base/camera_url.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>
#include <iterator>
#include <string>

namespace camherd::testing {

inline camera_url url_of(const std::string& path) {
  const auto url = camera_url::parse("file:" + path);
  REQUIRE(url);
  return *url;
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream{path, std::ios::binary} << bytes;
}

inline std::string read_bytes(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace camherd::testing
