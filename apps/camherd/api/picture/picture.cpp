#include "apps/camherd/api/picture/picture.hpp"

#include "apps/camherd/frame_picture.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace camherd::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

// RFC 3339 in UTC, to the millisecond.
std::string utc_text(system_clock::time_point when) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(when);
  const auto rest = std::chrono::duration_cast<milliseconds>(when - whole);
  const auto seconds = system_clock::to_time_t(whole);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text.data() + length, text.size() - length, ".%03dZ",
                static_cast<int>(rest.count()));
  return text.data();
}

}  // namespace

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
    answer.with("X-Camherd-Captured-At", utc_text(shown.captured_at));
  return answer;
}

}  // namespace camherd::api
