#include "benchmarks/micro/camera_packets.hpp"

#include "tests/support/nal_units.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace camherd::micro {
namespace {

using testing::bytes;
using testing::slice_place;
using payloads = std::vector<bytes>;

// What fits beside the headers into an Ethernet frame, a little less, as cameras do it.
constexpr std::size_t packet_bytes = 1400;
constexpr std::uint32_t clock_rate = 90000;

enum class picture_kind : std::uint8_t { keyframe, other };

void add(payloads& to, payloads more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()),
            std::make_move_iterator(more.end()));
}

payloads h264_picture(picture_kind kind, framing cut, std::size_t size) {
  const bool keyframe = kind == picture_kind::keyframe;
  const auto slice = keyframe ? testing::h264::idr : testing::h264::p_slice;
  payloads made;
  if (keyframe) made = {testing::h264::sps(), testing::h264::pps()};
  if (cut == framing::fragments) {
    add(made, testing::h264::fu_a(slice(size, slice_place::first), packet_bytes));
    return made;
  }
  for (std::size_t at = 0; at < size; at += packet_bytes) {
    made.push_back(slice(std::min(packet_bytes, size - at),
                         at == 0 ? slice_place::first : slice_place::later));
  }
  return made;
}

payloads h265_picture(picture_kind kind, std::size_t size) {
  using namespace testing::h265;
  payloads made;
  if (kind == picture_kind::keyframe) made = {vps(), sps(), pps()};
  add(made,
      fu(slice(kind == picture_kind::keyframe ? idr_w_radl : trail_r, size), packet_bytes));
  return made;
}

// RFC 2435, a picture of 1280x720 at quality 80.
payloads mjpeg_picture(std::size_t size) {
  payloads made;
  for (std::size_t at = 0; at < size; at += packet_bytes) {
    const bytes head{0,
                     static_cast<std::uint8_t>(at >> 16),
                     static_cast<std::uint8_t>(at >> 8),
                     static_cast<std::uint8_t>(at),
                     1,
                     80,
                     1280 / 8,
                     720 / 8};
    made.push_back(
        testing::joined({head, testing::filling(std::min(packet_bytes, size - at), 1)}));
  }
  return made;
}

payloads make_picture(const camera_settings& camera, picture_kind kind, std::size_t size) {
  switch (camera.codec) {
    case video_codec::h264:
      return h264_picture(kind, camera.cut, size);
    case video_codec::h265:
      return h265_picture(kind, size);
    case video_codec::mjpeg:
      return mjpeg_picture(size);
  }
  return {};
}

}  // namespace

camera_packets make_packets(const camera_settings& camera) {
  camera_packets made;
  made.pictures = camera.keyframe_every;
  const auto interval = clock_rate / camera.fps;
  made.ticks = interval * static_cast<std::uint32_t>(camera.keyframe_every);
  for (std::size_t i = 0; i < camera.keyframe_every; ++i) {
    const auto kind = i == 0 ? picture_kind::keyframe : picture_kind::other;
    // Between two thirds and four thirds of the mean, in no order.
    const auto size = kind == picture_kind::keyframe
                          ? camera.keyframe_bytes
                          : camera.other_bytes * (2 * 97 + i * 61 % 97 * 2) / (3 * 97);
    auto cut = make_picture(camera, kind, size);
    for (auto& payload : cut) {
      made.payload_bytes += payload.size();
      made.packets.push_back(
          {std::move(payload), static_cast<std::uint32_t>(i) * interval, false});
    }
    made.packets.back().ends_picture = true;
  }
  return made;
}

bool measure_cameras(std::initializer_list<camera_measurement> all) {
  using enum video_codec;
  static constexpr std::array<camera_settings, 5> cameras{{
      {"h264_1.4Mbit", h264, framing::fragments, 6, 12, 164'000, 17'000},
      {"h264_1.4Mbit_slices", h264, framing::slices, 6, 12, 164'000, 17'000},
      {"h264_8Mbit", h264, framing::fragments, 25, 50, 300'000, 34'700},
      {"h265_8Mbit", h265, framing::fragments, 25, 50, 300'000, 34'700},
      {"mjpeg_720p", mjpeg, framing::fragments, 6, 12, 90'000, 90'000},
  }};
  for (const auto& camera : cameras) {
    for (const auto& [name, measure] : all) {
      benchmark::RegisterBenchmark((std::string{name} + '/' + std::string{camera.name}).c_str(),
                                   measure, camera);
    }
  }
  return true;
}

}  // namespace camherd::micro
