#pragma once

#include "apps/camherd/http/body.hpp"
#include "apps/camherd/http/response.hpp"
#include "core/base/result.hpp"

#include <camherd/consumer.hpp>

#include <chrono>
#include <cstdint>

namespace camherd::api {

/// A frame of a camera as a JPEG file, whose bytes everybody who looks at it shares.
struct picture {
  http::body jpeg;
  std::uint64_t sequence = 0;  ///< counts the decoded frames of the camera
  std::chrono::system_clock::time_point captured_at{};  ///< by the camera; epoch if unknown
  std::chrono::steady_clock::time_point received_at{};  ///< last packet
  std::chrono::steady_clock::time_point published_at{};
};

inline constexpr auto jpeg_type = "image/jpeg";

/// Encodes `frame`, of format rgb24. Errors: those of `to_jpeg`; `retry` if the lease on the
/// frame ended meanwhile, so that the pixels may be those of two frames.
[[nodiscard]] result<picture> encode(const consumer::frame& frame, int quality);

/// The picture as an answer, with what is known of it in headers.
[[nodiscard]] http::response picture_answer(const picture& shown,
                                            std::chrono::steady_clock::time_point now);

}  // namespace camherd::api
