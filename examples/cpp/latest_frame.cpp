// Prints sequence, size, age and mean brightness of each frame of a camera:
//
//   latest_frame yard
//   latest_frame yard 640x360 2     at this size, at most two frames a second
//
// It may be started before the camera or the daemon; both may go away and come back.

#include <camherd/consumer.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr auto usage =
    "Usage: latest_frame CAMERA [WIDTHxHEIGHT [FRAMES_PER_SECOND]]\n"
    "Prints sequence, size, age and mean brightness of each frame, until it is interrupted.\n";

// Reads every pixel where the daemon put it; nothing is copied.
double mean_brightness(const camherd::consumer::frame& frame) {
  const auto luma = frame.plane(0);
  std::uint64_t sum = 0;
  for (std::size_t row = 0; row < luma.rows; ++row) {
    const std::uint8_t* const samples = luma.data + row * luma.stride;
    for (std::size_t column = 0; column < luma.row_bytes; ++column) sum += samples[column];
  }
  return static_cast<double>(sum) / static_cast<double>(luma.rows * luma.row_bytes);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first == "-h" || first == "--help") {
    std::fputs(usage, stdout);
    return 0;
  }
  camherd::consumer::options wanted;
  wanted.format = camherd::consumer::pixel_format::gray8;
  if (first.empty() || argc > 4 ||
      (argc > 2 && std::sscanf(argv[2], "%ux%u", &wanted.width, &wanted.height) != 2)) {
    std::fputs(usage, stderr);
    return 2;
  }
  if (argc > 3) wanted.max_fps = std::atof(argv[3]);

  camherd::consumer::camera camera{first, wanted};
  while (!camera.refused()) {
    // The frame goes back to the camera at the end of each round.
    if (const auto frame = camera.next(std::chrono::seconds{5})) {
      const std::chrono::duration<double, std::milli> age = frame->age();
      std::printf("%8llu  %ux%u  %6.1f ms old  brightness %.1f\n",
                  static_cast<unsigned long long>(frame->info().sequence), frame->width(),
                  frame->height(), age.count(), mean_brightness(*frame));
      std::fflush(stdout);
    } else {
      std::fprintf(stderr, "no frame: %s %s\n", std::string{to_string(camera.state())}.c_str(),
                   camera.problem().c_str());
    }
  }
  std::fprintf(stderr, "%s\n", camera.problem().c_str());
  return 1;
}
