#include "apps/camherd-sim/broadcaster.hpp"
#include "apps/camherd-sim/clip_copy.hpp"
#include "apps/camherd-sim/clip_save.hpp"
#include "apps/camherd-sim/clip_source.hpp"
#include "apps/camherd-sim/encoder.hpp"
#include "apps/camherd-sim/fault_command.hpp"
#include "apps/camherd-sim/fault_stage.hpp"
#include "apps/camherd-sim/options.hpp"
#include "apps/camherd-sim/scene.hpp"
#include "apps/camherd-sim/server.hpp"
#include "apps/camherd-sim/urls.hpp"
#include "core/base/clock.hpp"
#include "core/base/sent_log.hpp"

#include <gst/gst.h>
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <glib-unix.h>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace camherd::sim {
namespace {

/// Every media needs a handful of descriptors; hundreds of cameras exceed the usual soft limit.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

result<std::vector<encoded_loop>> make_loops(const options& o) {
  std::vector<encoded_loop> loops;
  if (o.as_is) {
    auto copied = copy_clip(o.clip);
    if (!copied) return copied.error();
    loops.push_back(*std::move(copied));
    return loops;
  }
  encode_wish wish;
  wish.codec = o.codec;
  wish.fps = o.fps;
  wish.bitrate = o.bitrate;
  wish.gop = o.gop;
  const double pictures = o.seconds * o.fps.numerator / o.fps.denominator;
  const auto gops = static_cast<unsigned>(pictures) / o.gop;
  wish.max_pictures = gops > 0 ? gops * o.gop : static_cast<unsigned>(pictures);
  for (unsigned number = 0; number < o.distinct; ++number) {
    std::unique_ptr<picture_source> source;
    if (o.clip.empty()) {
      source =
          std::make_unique<scene>(o.size.value_or(picture_size{}), wish.max_pictures, number);
    } else {
      auto clip = clip_source::open(o.clip, o.fps, o.size);
      if (!clip) return clip.error();
      source = *std::move(clip);
    }
    wish.scene = static_cast<std::uint8_t>(number);
    auto loop = encode(*source, wish);
    if (!loop) return loop.error();
    loops.push_back(*std::move(loop));
  }
  return loops;
}

void describe(const options& o, const std::vector<encoded_loop>& loops,
              std::chrono::duration<double> took) {
  const encoded_loop& first = loops.front();
  const loop_figures figures = figures_of(first);
  std::fprintf(stderr,
               "camherd-sim: %zu %s of %zu pictures in %.2f s, %s, %.0f kbit/s, "
               "keyframes %.0f kB, others %.0f kB, made in %.1f s\n",
               loops.size(), loops.size() == 1 ? "loop" : "loops", first.pictures.size(),
               std::chrono::duration<double>(first.timing.duration).count(),
               std::string{to_string(first.codec)}.c_str(), figures.bits_per_second / 1e3,
               static_cast<double>(figures.keyframe_bytes) / 1e3,
               static_cast<double>(figures.dependent_bytes) / 1e3, took.count());
  const double of_wish = figures.bits_per_second / static_cast<double>(o.bitrate);
  if (!o.as_is && (of_wish < 0.7 || of_wish > 1.4)) {
    std::fprintf(stderr,
                 "camherd-sim: no quantisation of this encoder gives %.0f kbit/s here\n",
                 static_cast<double>(o.bitrate) / 1e3);
  }
}

/// Ends the main loop at SIGINT or SIGTERM.
class signal_watch {
 public:
  explicit signal_watch(GMainLoop* loop)
      : ids_{g_unix_signal_add(SIGINT, quit, loop), g_unix_signal_add(SIGTERM, quit, loop)} {}
  ~signal_watch() {
    for (const guint id : ids_) g_source_remove(id);
  }
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;

 private:
  static gboolean quit(gpointer loop) {
    g_main_loop_quit(static_cast<GMainLoop*>(loop));
    return G_SOURCE_CONTINUE;
  }

  guint ids_[2];
};

result<std::optional<sent_log_writer>> open_log(const options& o,
                                                const std::vector<encoded_loop>& loops) {
  if (o.sent_log.empty()) return std::optional<sent_log_writer>{};
  const encoded_loop& first = loops.front();
  auto log = sent_log_writer::create(
      o.sent_log,
      {o.cameras, static_cast<std::uint32_t>(first.pictures.size()), first.timing.duration});
  if (!log) return log.error();
  return std::optional{*std::move(log)};
}

result<void> announce(const options& o, std::uint16_t port) {
  if (!o.config_out.empty()) {
    if (const auto written = write_config(o, port); !written) return written;
  }
  if (o.print_urls) {
    for (unsigned n = 0; n < o.cameras; ++n) std::cout << public_url(o, port, n) << '\n';
  }
  std::cout << "ready " << public_url(o, port, 0);
  if (o.cameras > 1) std::cout << " .. /cam" << o.cameras - 1;
  std::cout << std::endl;
  return {};
}

result<void> serve(const options& o) {
  const machine_clock clock;
  const mono_time begun = clock.now();
  // Signals before the loop is encoded end the program at once, by their default action.
  const auto loops = make_loops(o);
  if (!loops) return loops.error();
  describe(o, *loops, clock.now() - begun);
  if (!o.save_clip.empty()) {
    if (const auto saved = save_clip(loops->front(), o.save_clip); !saved) return saved.error();
  }

  auto log = open_log(o, *loops);
  if (!log) return log.error();
  sent_log_writer* writer = *log ? &**log : nullptr;

  // Time zero lies before the first picture, because running time must not be negative.
  const mono_time start = clock.now();
  const mono_time epoch = begun - loops->front().timing.duration > mono_time{}
                              ? begun - loops->front().timing.duration
                              : mono_time{};
  std::vector<std::unique_ptr<camera>> cameras;
  for (unsigned n = 0; n < o.cameras; ++n) {
    const encoded_loop& loop = (*loops)[n % loops->size()];
    const play_head head{loop.timing, phase_of(n, o.cameras, loop.timing, o.phases), start};
    cameras.push_back(std::make_unique<camera>(loop, head, n, writer, epoch));
  }

  const gst_ptr<GMainLoop> main_loop{g_main_loop_new(nullptr, FALSE)};
  const signal_watch signals{main_loop.get()};
  const auto serving = server::start(o, loops->front().codec, cameras, epoch);
  if (!serving) return serving.error();
  const broadcaster sending{cameras};
  if (const auto announced = announce(o, (*serving)->port()); !announced) {
    return announced.error();
  }
  g_main_loop_run(main_loop.get());
  return {};
}

}  // namespace
}  // namespace camherd::sim

int main(int argc, char** argv) {
  using namespace camherd::sim;
  const std::span<const char* const> arguments{argv + 1, static_cast<std::size_t>(argc - 1)};
  const command_line parsed = parse_command_line(arguments);
  if (parsed.exit_status == 0) {
    std::cout << parsed.text;
    return 0;
  }
  if (parsed.exit_status) {
    std::cerr << "camherd-sim: " << parsed.text << '\n';
    return *parsed.exit_status;
  }
  if (parsed.value.list_faults) {
    list_faults(parsed.value.json       ? list_form::json
                : parsed.value.markdown ? list_form::page
                                        : list_form::table);
    return 0;
  }
  raise_descriptor_limit();
  gst_init(nullptr, nullptr);
  const auto served = !parsed.value.fault.empty()   ? serve_fault(parsed.value)
                      : !parsed.value.stage.empty() ? serve_stage(parsed.value)
                                                    : serve(parsed.value);
  if (served) return 0;
  std::cerr << "camherd-sim: " << served.error().message() << '\n';
  const bool no_such_fault = !parsed.value.fault.empty() &&
                             served.error().kind() == camherd::error_kind::invalid_argument;
  return no_such_fault ? 2 : 1;
}
