#pragma once

#include "core/base/access_unit.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace camherd::micro {

/// How a camera cuts its pictures into packets.
enum class framing : std::uint8_t {
  fragments,  ///< one slice a picture, spread over packets (FU-A, FU; JPEG always)
  slices,     ///< many slices a picture, each small enough for a packet of its own
};

/// What a camera is set to.
struct camera_settings {
  std::string_view name;
  video_codec codec = video_codec::h264;
  framing cut = framing::fragments;
  unsigned fps = 6;
  std::size_t keyframe_every = 12;  ///< pictures
  std::size_t keyframe_bytes = 0;
  std::size_t other_bytes = 0;  ///< of the other pictures, in the mean
};

/// The payload of an RTP packet, with what its header says of it.
struct camera_packet {
  std::vector<std::uint8_t> payload;
  std::uint32_t timestamp = 0;
  bool ends_picture = false;
};

/// The packets from one keyframe to the next, to be sent over and over. Sizes of pictures vary
/// by a third, as they do where something moves. The slices have valid headers and nothing
/// decodable behind them.
struct camera_packets {
  std::vector<camera_packet> packets;
  std::size_t payload_bytes = 0;
  std::size_t pictures = 0;
  std::uint32_t ticks = 0;  ///< that one round lasts, at 90 kHz
};

[[nodiscard]] camera_packets make_packets(const camera_settings& camera);

/// What is measured for a camera, and its name.
struct camera_measurement {
  const char* name;
  void (*measure)(benchmark::State&, const camera_settings&);
};

/// Registers benchmarks NAME/CAMERA of the cameras that everything is measured with: the usual
/// 720p one of the other benchmarks, a 1080p one at full rate, other codecs. Returns true.
bool measure_cameras(std::initializer_list<camera_measurement> all);

}  // namespace camherd::micro
