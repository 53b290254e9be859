// What does a rendition cost beside moving as many bytes? (Beside libswscale: the program
// `conversion`.)

#include "benchmarks/made_picture.hpp"
#include "core/media/converter.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace camherd::micro {
namespace {

struct conversion_case {
  const char* name;
  picture_kind from;
  rendition to;
};

constexpr auto yuv420p = pixel_format::yuv420p;
constexpr auto bgr24 = pixel_format::bgr24;

constexpr std::array cases{
    conversion_case{"720p_bgr24", {1280, 720, yuv420p}, {bgr24}},
    conversion_case{"720p_nv12", {1280, 720, yuv420p}, {pixel_format::nv12}},
    conversion_case{"720p_bgr24_640x360", {1280, 720, yuv420p}, {bgr24, 640, 360}},
    conversion_case{"720p_bgr24_640x640_letterbox",
                    {1280, 720, yuv420p},
                    {bgr24, 640, 640, fit_policy::letterbox}},
    conversion_case{"1080p_bgr24", {1920, 1080, yuv420p}, {bgr24}},
    conversion_case{"1080p_bgr24_640x640_letterbox",
                    {1920, 1080, yuv420p},
                    {bgr24, 640, 640, fit_policy::letterbox}},
};

std::size_t used_bytes(const frame& f) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < f.plane_count; ++i)
    sum += std::size_t{f.planes[i].rows} * f.planes[i].row_bytes;
  return sum;
}

/// The pictures of four cameras in turns, since nobody finds the last one in the caches.
struct stage {
  explicit stage(const conversion_case& wanted) {
    for (int camera = 0; camera < 4; ++camera) {
      auto made = make_picture(wanted.from);
      if (!made.slot) return;
      sources.push_back(std::move(made));
    }
    const auto laid_out = lay_out(wanted.to, sources.front());
    if (!laid_out || !*laid_out) return;
    const auto slots = slot_pool::create(sources.size(), (*laid_out)->bytes);
    if (!slots) return;
    while (const auto slot = (*slots)->acquire()) targets.push_back(*slot);
    to = **laid_out;
    bytes = used_bytes(sources.front()) + to.bytes;
  }

  std::vector<frame> sources;
  std::vector<slot_ref> targets;
  picture_layout to;
  std::size_t bytes = 0;  // read and written by one conversion; 0: not to be had
};

void convert(benchmark::State& state, const conversion_case& wanted) {
  const stage all{wanted};
  if (all.bytes == 0) return state.SkipWithError("no memory for the pictures");
  const auto converter = make_converter();
  std::size_t turn = 0;
  for (auto _ : state) {
    const auto camera = turn++ % all.sources.size();
    if (!converter->convert(all.sources[camera], all.to, all.targets[camera].bytes()))
      return state.SkipWithError("cannot be converted");
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(all.bytes));
}

// Reads and writes as many bytes together as the conversion does.
void convert_memcpy(benchmark::State& state, const conversion_case& wanted) {
  const stage all{wanted};
  if (all.bytes == 0) return state.SkipWithError("no memory for the pictures");
  const auto size = all.bytes / 2;
  std::vector<std::vector<std::uint8_t>> from(4, std::vector<std::uint8_t>(size, 1));
  auto to = from;
  std::size_t turn = 0;
  for (auto _ : state) {
    const auto camera = turn++ % from.size();
    std::memcpy(to[camera].data(), from[camera].data(), size);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(all.bytes));
}

const bool registered = [] {
  for (const auto& wanted : cases) {
    const std::string name{wanted.name};
    benchmark::RegisterBenchmark(("convert/" + name).c_str(), convert, wanted);
    benchmark::RegisterBenchmark(("convert_memcpy/" + name).c_str(), convert_memcpy, wanted);
  }
  return true;
}();

}  // namespace
}  // namespace camherd::micro
