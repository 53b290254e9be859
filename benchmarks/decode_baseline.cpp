// What does our decoder cost beside bare libavcodec on the same clip, and how much memory? Both
// decode the whole file from memory with one thread, in turns, so that what else the machine
// does hits both alike.

#include "core/media/decoder.hpp"
#include "core/media/demuxer_source.hpp"
#include "core/media/ffmpeg/av_ptr.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace camherd;

/// Keeps a whole file in memory.
class collector final : public source_listener {
 public:
  void on_stream(const stream_info& info) override { codec = info.codec; }
  void on_access_unit(access_unit unit) override { units.push_back(std::move(unit)); }
  void on_notice(const std::string& text) override {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
  void on_ended(const error& reason) override {
    {
      const std::scoped_lock lock{mutex_};
      ended_ = reason;
    }
    changed_.notify_all();
  }
  error wait_for_end() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return ended_.has_value(); });
    return *ended_;
  }

  video_codec codec = video_codec::h264;
  std::vector<access_unit> units;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<error> ended_;
};

class frame_counter final : public decode_listener {
 public:
  void on_frame(frame f) override {
    ++frames;
    latest = std::move(f);
  }
  void on_discarded(std::uint64_t, drop_reason) override { ++discarded; }
  void on_merged(std::uint64_t) override {}

  std::size_t frames = 0;
  std::size_t discarded = 0;
  frame latest;  // as the holder of the latest frame does
};

struct measurement {
  std::size_t frames = 0;
  double cpu_ms = 0;
  [[nodiscard]] double per_frame() const {
    return frames > 0 ? cpu_ms / static_cast<double>(frames) : 0;
  }
};

double thread_cpu_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

std::size_t resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// libavcodec as everybody uses it: its own buffers, every packet copied into place by itself.
class bare_decoder {
 public:
  static std::optional<bare_decoder> open(video_codec codec) {
    const auto id = codec == video_codec::h264   ? AV_CODEC_ID_H264
                    : codec == video_codec::h265 ? AV_CODEC_ID_HEVC
                                                 : AV_CODEC_ID_MJPEG;
    const AVCodec* const found = avcodec_find_decoder(id);
    bare_decoder made;
    made.context_.reset(avcodec_alloc_context3(found));
    made.context_->thread_count = 1;
    made.context_->flags |= AV_CODEC_FLAG_LOW_DELAY;
    if (avcodec_open2(made.context_.get(), found, nullptr) < 0) return std::nullopt;
    return made;
  }

  /// How many frames came.
  std::size_t decode(const access_unit& unit) {
    // libavcodec copies a packet without a buffer of its own; ours comes with one.
    packet_->data = const_cast<std::uint8_t*>(unit.payload.data());
    packet_->size = static_cast<int>(unit.payload.size());
    avcodec_send_packet(context_.get(), packet_.get());
    return receive();
  }

  std::size_t drain() {
    avcodec_send_packet(context_.get(), nullptr);
    return receive();
  }

 private:
  std::size_t receive() {
    std::size_t frames = 0;
    while (avcodec_receive_frame(context_.get(), picture_.get()) == 0) ++frames;
    return frames;
  }

  ffmpeg::codec_context_ptr context_;
  ffmpeg::frame_ptr picture_{av_frame_alloc()};
  ffmpeg::packet_ptr packet_{av_packet_alloc()};
};

struct live_settings {
  double seconds = 0;  // 0: not measured
  double fps = 6;
};

/// As many decoders as there are cameras, on one thread, which take their pictures in turns.
/// With more than one, each finds the caches full of the others' pictures, as in any process
/// that decodes live cameras.
measurement measure_bare(video_codec codec, const std::vector<access_unit>& units,
                         std::size_t cameras) {
  std::vector<bare_decoder> decoders;
  for (std::size_t i = 0; i < cameras; ++i) {
    auto made = bare_decoder::open(codec);
    if (!made) return {};
    decoders.push_back(*std::move(made));
  }
  measurement m;
  const auto begin = thread_cpu_ms();
  for (const auto& unit : units) {
    for (auto& each : decoders) m.frames += each.decode(unit);
  }
  for (auto& each : decoders) m.frames += each.drain();
  m.cpu_ms = thread_cpu_ms() - begin;
  return m;
}

/// The same many decoders, each with its pictures at the moments when a live camera would send
/// them, on as many threads as there are cores: what libavcodec alone costs a process that
/// keeps up with cameras, whose cores sleep between two pictures and have other work in their
/// caches.
measurement measure_live(video_codec codec, const std::vector<access_unit>& units,
                         std::size_t cameras, const live_settings& live) {
  const auto threads = std::max(1U, std::thread::hardware_concurrency());
  const auto interval = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>{1 / live.fps});
  const auto pictures = static_cast<std::size_t>(live.seconds * live.fps);
  const auto start = std::chrono::steady_clock::now() + std::chrono::milliseconds{100};
  std::vector<measurement> found(threads);
  std::vector<std::thread> running;
  for (std::size_t t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      std::vector<bare_decoder> decoders;
      for (std::size_t i = t; i < cameras; i += threads) {
        auto made = bare_decoder::open(codec);
        if (!made) return;
        decoders.push_back(*std::move(made));
      }
      std::vector<char> begun(decoders.size());
      const auto begin = thread_cpu_ms();
      for (std::size_t p = 0; p < pictures; ++p) {
        for (std::size_t d = 0; d < decoders.size(); ++d) {
          const auto camera = t + d * threads;
          const auto phase = interval * static_cast<int>(camera) / static_cast<int>(cameras);
          std::this_thread::sleep_until(start + phase + interval * static_cast<int>(p));
          // Cameras are at different places of their clip, as live ones are, and begin with
          // their first keyframe.
          const auto& unit = units[(p + camera) % units.size()];
          begun[d] = begun[d] || unit.keyframe;
          if (begun[d]) found[t].frames += decoders[d].decode(unit);
        }
      }
      found[t].cpu_ms = thread_cpu_ms() - begin;
    });
  }
  measurement all;
  for (std::size_t t = 0; t < threads; ++t) {
    running[t].join();
    all.frames += found[t].frames;
    all.cpu_ms += found[t].cpu_ms;
  }
  return all;
}

/// `copies` are the units to be moved into the decoder: who receives them from a camera owns
/// them.
measurement measure_ours(video_codec codec, std::vector<access_unit> copies) {
  auto made = make_decoder(codec, {}, 0);
  if (!made) return {};
  frame_counter counter;
  const auto begin = thread_cpu_ms();
  for (auto& unit : copies) static_cast<void>((*made)->decode(std::move(unit), counter));
  (*made)->drain(counter);
  return {counter.frames, thread_cpu_ms() - begin};
}

/// Resident memory of one decoder in the middle of the clip: the mean over several.
std::size_t measure_memory(video_codec codec, const std::vector<access_unit>& units) {
  constexpr std::size_t decoders = 8;
  constexpr std::size_t pictures = 40;
  std::vector<std::unique_ptr<decoder>> made;
  std::vector<std::unique_ptr<frame_counter>> counters;
  const auto before = resident_bytes();
  for (std::size_t i = 0; i < decoders; ++i) {
    auto one = make_decoder(codec, {}, 0);
    if (!one) return 0;
    made.push_back(*std::move(one));
    counters.push_back(std::make_unique<frame_counter>());
    for (std::size_t u = 0; u < std::min(pictures, units.size()); ++u) {
      static_cast<void>(made.back()->decode(units[u], *counters.back()));
    }
  }
  return (resident_bytes() - before) / decoders;
}

constexpr const char* usage =
    "usage: decode_baseline FILE [--repeat N] [--cameras K] [--live SECONDS] [--fps F] "
    "[--json]\n"
    "\n"
    "What does our decoder cost beside bare libavcodec on the same clip, and how much memory?\n"
    "Both decode the whole FILE from memory with one thread, N times (5) in turns; the median\n"
    "of the CPU times counts. With --cameras, K bare decoders on the one thread take their\n"
    "pictures in turns as well: what is lost to caches that they share. With --live they do "
    "so\n"
    "at the moments when live cameras of F pictures a second (6) would send them, on a thread\n"
    "for each core: what is lost, besides, to cores that sleep in between. FILE is any H.264,\n"
    "H.265 or MJPEG clip that libavformat reads, such as camherd-sim --save-clip writes.\n"
    "\n"
    "Exit status: 0 measured, 1 could not be decoded, 2 wrong use.\n";

struct settings {
  std::string file;
  int repetitions = 5;
  std::size_t cameras = 1;
  live_settings live;
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
    } else if (argument == "--live" && i + 1 < count) {
      s.live.seconds = std::strtod(arguments[++i], nullptr);
    } else if (argument == "--fps" && i + 1 < count) {
      s.live.fps = std::strtod(arguments[++i], nullptr);
    } else if (argument.starts_with('-') || !s.file.empty()) {
      return std::nullopt;
    } else {
      s.file = argument;
    }
  }
  if ((s.file.empty() && !s.help) || s.repetitions < 1 || s.cameras < 1 || s.live.seconds < 0 ||
      !(s.live.fps > 0)) {
    return std::nullopt;
  }
  return s;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  const auto wanted = parse(count, arguments);
  if (!wanted) {
    std::fputs(usage, stderr);
    return 2;
  }
  if (wanted->help) {
    std::fputs(usage, stdout);
    return 0;
  }
  const auto url = camera_url::parse("file:" + wanted->file);
  if (!url) {
    std::fprintf(stderr, "%s\n", url.error().message().c_str());
    return 2;
  }
  const auto clip = std::make_shared<collector>();
  demuxer_options options;
  options.paced = false;
  const auto source = make_demuxer_source(*url, options, clip);
  source->start();
  const auto reason = clip->wait_for_end();
  if (reason.kind() != error_kind::end_of_stream || clip->units.empty()) {
    std::fprintf(stderr, "%s\n", reason.message().c_str());
    return 1;
  }

  const auto memory = measure_memory(clip->codec, clip->units);
  std::vector<double> bare;
  std::vector<double> ours;
  std::vector<double> ratios;
  std::vector<double> in_turns;
  std::size_t frames = 0;
  for (int i = 0; i < wanted->repetitions; ++i) {
    const auto b = measure_bare(clip->codec, clip->units, 1);
    const auto o = measure_ours(clip->codec, clip->units);
    if (b.frames != o.frames || b.frames == 0) {
      std::fprintf(stderr, "libavcodec gave %zu frames, our decoder %zu\n", b.frames, o.frames);
      return 1;
    }
    frames = b.frames;
    bare.push_back(b.per_frame());
    ours.push_back(o.per_frame());
    ratios.push_back(o.per_frame() / b.per_frame());
    if (wanted->cameras > 1) {
      const auto m = measure_bare(clip->codec, clip->units, wanted->cameras);
      in_turns.push_back(m.per_frame() / b.per_frame());
    }
  }
  double live = 0;
  if (wanted->live.seconds > 0) {
    const auto m = measure_live(clip->codec, clip->units, wanted->cameras, wanted->live);
    live = m.per_frame();
    const auto b = measure_bare(clip->codec, clip->units, 1);
    bare.push_back(b.per_frame());
  }
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  const auto* const form =
      wanted->json ? "{\"frames\": %zu, \"repetitions\": %d, \"bare_ms_per_frame\": %.4f, "
                     "\"ours_ms_per_frame\": %.4f, \"ratio\": %.4f, \"ratio_min\": %.4f, "
                     "\"ratio_max\": %.4f, \"resident_bytes_per_decoder\": %zu, "
                     "\"cameras\": %zu, \"in_turns_ratio\": %.4f, "
                     "\"live_ms_per_frame\": %.4f}\n"
                   : "%zu frames, %d repetitions in turns; CPU per frame (median): libavcodec "
                     "%.3f ms, our "
                     "decoder %.3f ms\nratio %.3f (%.3f to %.3f); resident memory per decoder "
                     "%zu bytes\nlibavcodec, %zu cameras in turns: %.3f times one alone; live: "
                     "%.3f ms\n";
  std::printf(form, frames, wanted->repetitions, median(bare), median(ours), median(ratios),
              *least, *most, memory, wanted->cameras, in_turns.empty() ? 1 : median(in_turns),
              live);
  return 0;
}
