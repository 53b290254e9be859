#pragma once

#include "core/base/access_unit.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace camherd::sim {

/// Pictures per second as a fraction.
struct frame_rate {
  int numerator = 6;
  int denominator = 1;

  friend bool operator==(const frame_rate&, const frame_rate&) = default;
};

struct picture_size {
  unsigned width = 1280;
  unsigned height = 720;

  friend bool operator==(const picture_size&, const picture_size&) = default;
};

enum class auth_scheme : std::uint8_t { digest, basic };

/// How the cameras share the time line.
enum class phase_plan : std::uint8_t {
  staggered,  ///< each camera at its own place in the loop and in the picture interval
  together,   ///< all cameras send the same picture at the same instant
};

/// What the command line asked for.
struct options {
  unsigned cameras = 8;
  std::uint16_t port = 8554;  ///< 0: a free one
  std::string address = "127.0.0.1";
  frame_rate fps;
  std::optional<picture_size> size;  ///< none: 1280x720, or the clip's own
  video_codec codec = video_codec::h264;
  std::uint64_t bitrate = 0;  ///< bits per second
  unsigned gop = 0;           ///< pictures from one keyframe to the next
  double seconds = 20;        ///< length of the loop
  unsigned distinct = 1;      ///< different scenes among the cameras
  std::string clip;           ///< empty: a scene of our own
  bool as_is = false;         ///< send the clip's own stream
  phase_plan phases = phase_plan::staggered;
  std::string user;
  std::string password;
  auth_scheme auth = auth_scheme::digest;
  bool tls = false;
  std::string sent_log;
  std::string config_out;
  std::string save_clip;
  bool print_urls = false;
  std::string fault;         ///< serve one camera that has it; empty: the good ones
  bool list_faults = false;  ///< print them instead of serving
  bool markdown = false;     ///< of the list: as the page of the reference
  bool json = false;         ///< of the list: for programs
  std::string stage;         ///< folder for clips of cameras that take on faults; empty: none
};

/// The options, or what to print and the status to exit with.
struct command_line {
  options value;
  std::optional<int> exit_status;  ///< 0 after --help, 2 after a misuse
  std::string text;                ///< for standard output if the status is 0, else for errors
};

/// Reads the arguments without the program's name. Values are checked as far as they can be
/// without touching files; defaults that depend on others (bit rate, GOP) are filled in.
[[nodiscard]] command_line parse_command_line(std::span<const char* const> arguments);

}  // namespace camherd::sim
