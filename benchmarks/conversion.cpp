// What does a rendition cost with our converter, which is libyuv, beside libswscale? All make
// the same picture in turns, so that what else the machine does hits all alike.

#include "benchmarks/made_picture.hpp"
#include "core/media/converter.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
#include <libswscale/swscale.h>
}

namespace {

using namespace camherd;

struct fitting {
  std::uint32_t width;
  std::uint32_t height;
  fit_policy fit;
};

double thread_cpu_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

AVPixelFormat libav_format(pixel_format format) {
  switch (format) {
    case pixel_format::gray8:
      return AV_PIX_FMT_GRAY8;
    case pixel_format::nv12:
      return AV_PIX_FMT_NV12;
    case pixel_format::rgb24:
      return AV_PIX_FMT_RGB24;
    case pixel_format::bgr24:
      return AV_PIX_FMT_BGR24;
    case pixel_format::yuv420p10:
      return AV_PIX_FMT_YUV420P10LE;
    default:
      return AV_PIX_FMT_YUV420P;
  }
}

/// libswscale as one would use it well: one context, kept; bars written beside the content.
class swscale_converter {
 public:
  swscale_converter(const frame& from, const picture_layout& to, int flags)
      : context_{sws_getContext(static_cast<int>(from.width), static_cast<int>(from.height),
                                libav_format(from.format), static_cast<int>(to.content.width),
                                static_cast<int>(to.content.height), libav_format(to.format),
                                flags, nullptr, nullptr, nullptr),
                 &sws_freeContext} {
    if (!context_) return;
    const auto* const bt709 = sws_getCoefficients(SWS_CS_ITU709);
    const bool rgb = to.format == pixel_format::rgb24 || to.format == pixel_format::bgr24;
    sws_setColorspaceDetails(context_.get(), bt709, 0, bt709, rgb ? 1 : 0, 0, 1 << 16, 1 << 16);
  }

  void convert(const frame& from, const picture_layout& layout, std::uint8_t* to) {
    const auto& content = layout.content;
    if (content.width != layout.width || content.height != layout.height) {
      std::memset(to, 114, layout.bytes);
    }
    const bool rgb =
        layout.format == pixel_format::rgb24 || layout.format == pixel_format::bgr24;
    std::array<const std::uint8_t*, 4> in{};
    std::array<int, 4> in_strides{};
    for (std::size_t i = 0; i < from.plane_count; ++i) {
      in[i] = from.pixels(i);
      in_strides[i] = static_cast<int>(from.planes[i].stride);
    }
    std::array<std::uint8_t*, 4> out{};
    std::array<int, 4> out_strides{};
    for (std::size_t i = 0; i < layout.plane_count; ++i) {
      const auto& p = layout.planes[i];
      const auto down = i == 0 ? content.y : content.y / 2;
      const auto across = rgb                                   ? 3 * content.x
                          : i == 0                              ? content.x
                          : layout.format == pixel_format::nv12 ? content.x / 2 * 2
                                                                : content.x / 2;
      out[i] = to + p.offset + std::size_t{down} * p.stride + across;
      out_strides[i] = static_cast<int>(p.stride);
    }
    sws_scale(context_.get(), in.data(), in_strides.data(), 0, static_cast<int>(from.height),
              out.data(), out_strides.data());
  }

 private:
  std::unique_ptr<SwsContext, decltype(&sws_freeContext)> context_;
};

constexpr const char* usage =
    "usage: conversion [--repeat N] [--cameras N] [--json]\n"
    "\n"
    "What does a rendition cost with camherd's converter (libyuv) beside libswscale, with its\n"
    "area and its bilinear scaler? Each case is made N times (41) by all in turns; the median\n"
    "of the CPU times counts, in milliseconds a picture. With --cameras the pictures of so "
    "many\n"
    "cameras are converted in turns, as in a herd, rather than one over and over (1): they do\n"
    "not fit into the caches then.\n"
    "\n"
    "Exit status: 0 measured, 1 could not be converted, 2 wrong use.\n";

struct settings {
  int repetitions = 41;
  int cameras = 1;
  bool json = false;
  bool help = false;
};

std::optional<settings> parse(int count, char** arguments) {
  settings s;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument{arguments[i]};
    if (argument == "--json") {
      s.json = true;
    } else if (argument == "--help" || argument == "-h") {
      s.help = true;
    } else if (argument == "--repeat" && i + 1 < count) {
      const std::string_view number{arguments[++i]};
      std::from_chars(number.data(), number.data() + number.size(), s.repetitions);
    } else if (argument == "--cameras" && i + 1 < count) {
      const std::string_view number{arguments[++i]};
      std::from_chars(number.data(), number.data() + number.size(), s.cameras);
    } else {
      return std::nullopt;
    }
  }
  if (s.repetitions < 1 || s.cameras < 1 || s.cameras > 1000) return std::nullopt;
  return s;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Measures one case and prints a line; false if it cannot be converted.
bool measure(const std::vector<frame>& sources, const fitting& size, pixel_format format,
             const settings& s) {
  const auto& from = sources.front();
  const auto layout = lay_out(
      {.format = format, .width = size.width, .height = size.height, .fit = size.fit}, from);
  if (!layout) return false;
  if (!*layout) return true;  // costs nothing
  const auto& to = **layout;
  // In slots as the server has them: pages of shared memory are slower to find than others.
  const auto pool = slot_pool::create(sources.size(), to.bytes + 64);
  if (!pool) return false;
  std::vector<slot_ref> made_pictures;
  while (const auto slot = (*pool)->acquire()) made_pictures.push_back(*slot);
  const auto ours = make_converter();
  std::array peers{swscale_converter{from, to, SWS_AREA},
                   swscale_converter{from, to, SWS_BILINEAR}};
  std::array<std::vector<double>, 3> times;
  std::size_t turn = 0;
  for (int i = 0; i < s.repetitions + 1; ++i) {
    // Nobody finds in the caches what another has just used.
    auto camera = turn++ % sources.size();
    const auto begin = thread_cpu_ms();
    if (!ours->convert(sources[camera], to, made_pictures[camera].bytes())) return false;
    const auto done = thread_cpu_ms();
    if (i > 0) times[0].push_back(done - begin);  // the first fills caches and scratch memory
    for (std::size_t p = 0; p < peers.size(); ++p) {
      camera = turn++ % sources.size();
      const auto peer_begin = thread_cpu_ms();
      peers[p].convert(sources[camera], to, made_pictures[camera].bytes().data());
      if (i > 0) times[p + 1].push_back(thread_cpu_ms() - peer_begin);
    }
  }
  const auto source = std::to_string(from.width) + "x" + std::to_string(from.height) + " " +
                      std::string{to_string(from.format)};
  const auto made = std::to_string(to.width) + "x" + std::to_string(to.height) +
                    (size.fit == fit_policy::letterbox ? " letterbox" : "");
  std::printf(s.json ? "{\"source\": \"%s\", \"size\": \"%s\", \"format\": \"%s\", "
                       "\"camherd_ms\": %.4f, \"swscale_area_ms\": %.4f, "
                       "\"swscale_bilinear_ms\": %.4f}\n"
                     : "%-20s %-18s %-8s %9.3f %9.3f %9.3f\n",
              source.c_str(), made.c_str(), std::string{to_string(format)}.c_str(),
              median(times[0]), median(times[1]), median(times[2]));
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  const auto wanted = parse(count, arguments);
  if (!wanted || wanted->help) {
    std::fputs(usage, wanted ? stdout : stderr);
    return wanted ? 0 : 2;
  }
  if (!wanted->json) {
    std::printf("%-20s %-18s %-8s %9s %9s %9s\n", "source", "made", "format", "camherd",
                "sws area", "bilinear");
  }
  for (const auto& kind : {picture_kind{1280, 720, pixel_format::yuv420p},
                           picture_kind{1920, 1080, pixel_format::yuv420p},
                           picture_kind{1920, 1080, pixel_format::yuv420p10}}) {
    std::vector<frame> sources;
    for (int camera = 0; camera < wanted->cameras; ++camera) {
      sources.push_back(make_picture(kind));
      if (!sources.back().slot) return 1;
    }
    for (const auto& size :
         {fitting{0, 0, fit_policy::stretch}, fitting{640, 360, fit_policy::stretch},
          fitting{640, 640, fit_policy::letterbox}, fitting{640, 640, fit_policy::stretch}}) {
      for (const auto format : {pixel_format::bgr24, pixel_format::rgb24, pixel_format::nv12,
                                pixel_format::gray8, pixel_format::yuv420p}) {
        if (!measure(sources, size, format, *wanted)) return 1;
      }
    }
  }
  return 0;
}
