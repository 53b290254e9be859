#pragma once

#include "apps/camherd/http/request.hpp"
#include "core/base/result.hpp"

#include <cstdint>

namespace camherd::api {

/// In what form a client wants the pictures of a camera.
struct picture_query {
  std::uint32_t width = 0;  ///< pixels; both 0: as decoded; one 0: by the shape
  std::uint32_t height = 0;
  int quality = 80;  ///< of JPEG, 1 to 100
  double fps = 0;    ///< most pictures a second; 0: every frame of the camera
};

/// Reads `width`, `height`, `quality` and `fps` of a query; other keys are for others, such as
/// the counter with which pages get around a cache. Errors: `invalid_argument` with a sentence
/// that names the key.
[[nodiscard]] result<picture_query> read_picture_query(const http::request& asked);

}  // namespace camherd::api
