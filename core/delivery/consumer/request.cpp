#include "core/delivery/consumer/request.hpp"

#include "core/base/names.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace camherd::consumer {
namespace {

constexpr std::uint32_t most_side = 8192;

bool is_made(pixel_format format) noexcept {
  using enum pixel_format;
  return format == native || format == gray8 || format == yuv420p || format == nv12 ||
         format == rgb24 || format == bgr24;
}

error impossible(std::string what) {
  return {error_kind::invalid_argument, std::move(what)};
}

}  // namespace

result<lease::hello> make_request(const std::string& name, const options& wanted) {
  if (!is_camera_name(name))
    return impossible("'" + printable(name.substr(0, 64)) + "' is no camera name");
  if (!is_made(wanted.format)) {
    return impossible("frames are not made in the format " +
                      std::string{to_string(wanted.format)} +
                      ", but in native, gray8, yuv420p, nv12, rgb24 and bgr24");
  }
  if (wanted.width > most_side || wanted.height > most_side)
    return impossible("width and height must be from 0 to " + std::to_string(most_side));
  if (wanted.leases < 1 || wanted.leases > lease::most_leases)
    return impossible("leases must be from 1 to " + std::to_string(lease::most_leases));
  if (wanted.queue > lease::most_queued)
    return impossible("queue must be from 0 to " + std::to_string(lease::most_queued));
  const auto rate = std::ceil(wanted.max_fps * 1000);
  // Written so that NaN is refused too.
  if (!(rate >= 0 && rate <= std::numeric_limits<std::uint32_t>::max()))
    return impossible("max_fps must be 0 or a positive number");
  if (wanted.fit > fit::letterbox || wanted.pictures > pictures::keyframes)
    return impossible("a choice that does not exist");

  lease::hello hello;
  hello.format = static_cast<std::uint8_t>(wanted.format);
  hello.fit = static_cast<std::uint8_t>(wanted.fit);
  hello.pictures = static_cast<lease::pictures>(wanted.pictures);
  hello.delivery = wanted.queue > 0 ? lease::delivery::queue : lease::delivery::latest;
  hello.leases = static_cast<std::uint8_t>(wanted.leases);
  hello.queue_depth = static_cast<std::uint16_t>(wanted.queue);
  hello.width = wanted.width;
  hello.height = wanted.height;
  hello.max_rate = static_cast<std::uint32_t>(rate);
  return hello;
}

}  // namespace camherd::consumer
