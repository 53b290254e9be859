#include "apps/camherd/api/picture/picture.hpp"

#include "apps/camherd/api/iso_time.hpp"
#include "apps/camherd/frame_picture.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace camherd::api {

using std::chrono::milliseconds;
using std::chrono::system_clock;

result<picture> encode(const consumer::frame& frame, int quality) {
  auto jpeg = to_jpeg(frame, quality);
  if (!jpeg) return jpeg.error();
  if (!frame.intact()) return error{error_kind::retry, "the camera's connection has ended"};
  const auto& info = frame.info();
  return picture{std::make_shared<const std::vector<std::uint8_t>>(*std::move(jpeg)),
                 info.sequence, info.captured_at, info.received_at, info.published_at};
}

http::response picture_answer(const picture& shown, std::chrono::steady_clock::time_point now) {
  const auto age = std::chrono::duration_cast<milliseconds>(now - shown.received_at);
  auto answer = http::response::bytes(jpeg_type, shown.jpeg);
  answer.with("X-Camherd-Sequence", std::to_string(shown.sequence))
      .with("X-Camherd-Age-Ms", std::to_string(age.count()));
  if (shown.captured_at != system_clock::time_point{})
    answer.with("X-Camherd-Captured-At", iso_time(shown.captured_at));
  return answer;
}

}  // namespace camherd::api
