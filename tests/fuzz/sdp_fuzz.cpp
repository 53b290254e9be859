// A session description as text, through the choice of its video track.
#include "core/rtsp/control_url.hpp"
#include "core/rtsp/sdp.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool fits_request_line(std::string_view url) {
  return std::none_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace camherd::rtsp;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto sdp = parse_sdp(text);
  if (!sdp) return 0;
  for (const auto* base :
       {"rtsp://cam.example:8554/live/", "rtsp://192.168.1.64/x?channel=1"}) {
    const auto tracks = choose_video(*sdp, base);
    if (!tracks) continue;
    require(is_absolute_rtsp_url(tracks->video.setup_url));
    require(is_absolute_rtsp_url(tracks->aggregate_url));
    require(fits_request_line(tracks->video.setup_url));
    require(fits_request_line(tracks->aggregate_url));
    require(tracks->video.clock_rate != 0);
    require(tracks->video.declared_fps >= 0 && tracks->video.declared_fps <= 1000);
    require(tracks->video.parameter_sets.size() <= 4 * size + 16);
  }
  return 0;
}
