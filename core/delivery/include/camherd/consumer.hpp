#pragma once

// Reads the freshest frames of a camera that camherd keeps on this machine, without a copy.
//
//   camherd::consumer::options wanted;
//   wanted.format = camherd::consumer::pixel_format::bgr24;
//   camherd::consumer::camera yard{"yard", wanted};
//   while (auto frame = yard.next(std::chrono::seconds{5})) use(frame->plane(0));
//
// This header needs C++17 and nothing but the standard library. It is stable: a program built
// against one version runs with the library of a later one of the same major version. To that
// end no struct and no enumeration changes within a major version but by further enumerators;
// what is new comes as new functions.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#if defined(__GNUC__)
#define CAMHERD_CONSUMER_API __attribute__((visibility("default")))
#else
#define CAMHERD_CONSUMER_API
#endif

namespace camherd::consumer {
inline namespace v1 {

/// Layouts of pictures. Planar formats hold luma first, then both chroma planes; nv12 holds
/// luma, then both chroma samples side by side; rgb24 and bgr24 hold three bytes a pixel
/// without gaps between rows. Samples deeper than 8 bits are 16-bit little-endian words.
enum class pixel_format : std::uint8_t {
  native = 0,  ///< in a request: as the camera's decoder writes them, without any conversion
  gray8 = 1,
  yuv420p = 2,
  yuv422p = 3,
  yuv444p = 4,
  gray10 = 5,
  yuv420p10 = 6,
  yuv422p10 = 7,
  yuv444p10 = 8,
  yuv420p12 = 9,
  yuv422p12 = 10,
  yuv444p12 = 11,
  nv12 = 12,
  rgb24 = 13,
  bgr24 = 14,
};

[[nodiscard]] CAMHERD_CONSUMER_API std::string_view to_string(pixel_format format) noexcept;

enum class fit : std::uint8_t { stretch = 0, letterbox = 1 };
enum class pictures : std::uint8_t { everything = 0, references = 1, keyframes = 2 };
enum class colour_matrix : std::uint8_t { bt601 = 0, bt709 = 1, bt2020 = 2 };

/// What the camera is doing. `removed` is not a state of the camera: nothing serves it, since
/// it is gone from the configuration, its daemon does not run, or it lets us not in.
enum class camera_state : std::uint8_t {
  stopped = 0,
  connecting = 1,
  waiting_keyframe = 2,
  streaming = 3,
  stalled = 4,
  failed = 5,
  backoff = 6,
  quarantined = 7,
  removed = 255,
};

[[nodiscard]] CAMHERD_CONSUMER_API std::string_view to_string(camera_state state) noexcept;

/// What a consumer asks for.
struct options {
  pixel_format format = pixel_format::native;  ///< native, gray8, yuv420p, nv12, rgb24, bgr24
  std::uint32_t width = 0;  ///< pixels; 0 with height 0: as decoded; one 0: by the shape
  std::uint32_t height = 0;
  consumer::fit fit = consumer::fit::stretch;
  double max_fps = 0;  ///< 0: every frame
  consumer::pictures pictures = consumer::pictures::everything;
  unsigned queue = 0;   ///< 0: only the newest frame waits; n (to 16): the n newest, in order
  unsigned leases = 1;  ///< frames held at the same time, 1 to 4
  std::string runtime_dir;  ///< where the daemon's sockets are; empty: found as the daemon does
};

/// Where and when a frame was made. Times are of CLOCK_MONOTONIC unless said otherwise.
struct metadata {
  std::uint64_t sequence = 0;       ///< counts the decoded frames of the camera
  std::uint64_t unit_sequence = 0;  ///< of the access unit it was decoded from
  std::uint32_t generation = 0;     ///< changes with the size or format of decoded pictures
  std::int64_t rtp_time = 0;        ///< unwrapped, in units of 1 / `clock_rate` seconds
  std::uint32_t clock_rate = 90000;
  std::chrono::system_clock::time_point captured_at{};  ///< by the camera; epoch if unknown
  std::chrono::steady_clock::time_point received_at{};  ///< last packet
  std::chrono::steady_clock::time_point decoded_at{};
  std::chrono::steady_clock::time_point published_at{};
  std::uint64_t dropped_before = 0;  ///< access units the camera dropped since its last frame
  std::uint64_t missed_before = 0;   ///< frames of the camera that this consumer did not get
  bool keyframe = false;
  bool corrupt = false;     ///< parts of the picture may be wrong
  bool after_gap = false;   ///< pictures are missing before this one
  bool interlaced = false;  ///< odd rows were taken at another time than even ones
  bool full_range = false;
  colour_matrix matrix = colour_matrix::bt601;
};

struct rect {
  std::uint32_t x = 0, y = 0, width = 0, height = 0;
};

/// Read-only samples in shared memory.
struct plane {
  const std::uint8_t* data = nullptr;
  std::size_t stride = 0;  ///< bytes from one row to the next
  std::size_t rows = 0;
  std::size_t row_bytes = 0;  ///< used bytes of a row
};

/// A frame and the lease on it: the pixels stay as they are until it is destroyed, unless the
/// connection that it came on breaks before (see `intact`). Its memory stays readable in any
/// case. May outlive the camera object. Movable; one thread at a time, which may be another
/// than the camera's: frames may be handed to other threads and destroyed there at any time.
/// One that was moved from can only be destroyed or assigned to.
class CAMHERD_CONSUMER_API frame {
 public:
  frame(frame&&) noexcept;
  frame& operator=(frame&&) noexcept;
  ~frame();

  [[nodiscard]] const metadata& info() const noexcept;
  [[nodiscard]] pixel_format format() const noexcept;   ///< never native
  [[nodiscard]] std::uint32_t width() const noexcept;   ///< pixels
  [[nodiscard]] std::uint32_t height() const noexcept;  ///< pixels
  [[nodiscard]] unsigned plane_count() const noexcept;
  [[nodiscard]] consumer::plane plane(unsigned index) const noexcept;  ///< index < plane_count
  /// Where the camera's picture lies: the whole frame, but for letterbox.
  [[nodiscard]] rect content() const noexcept;
  [[nodiscard]] std::uint32_t source_width() const noexcept;  ///< of the decoded picture
  [[nodiscard]] std::uint32_t source_height() const noexcept;
  /// Time since its last packet was received.
  [[nodiscard]] std::chrono::nanoseconds age() const noexcept;
  /// False once the camera has ended the connection (the daemon went down, the camera was
  /// removed). Then the lease is over, and the pixels may have been written again: what was
  /// made of the frame is only sure if this is true afterwards. A system call.
  [[nodiscard]] bool intact() const noexcept;

 private:
  friend class camera;
  struct state;
  explicit frame(std::unique_ptr<state> s) noexcept;
  std::unique_ptr<state> state_;
};

/// A connection to one camera that mends itself: while the daemon or the camera is away it
/// tries again, first after 50 ms, then up to once a second. One thread at a time, except
/// `wake`. One that was moved from can only be destroyed or assigned to.
class CAMHERD_CONSUMER_API camera {
 public:
  /// Remembers what is wanted; the connection is made by the first `next`. An impossible
  /// request is told by `next` through `problem`.
  explicit camera(std::string name, options wanted = {});
  camera(camera&&) noexcept;
  camera& operator=(camera&&) noexcept;
  ~camera();

  /// Waits for a frame newer than the last, at most for `timeout` (zero or less: not at all).
  /// Nothing after the timeout, after `wake`, or at once while `refused()`. While all leases
  /// are held it waits for one of the frames to be destroyed, which another thread must do.
  ///
  /// Without a queue a call asks the camera for its newest frame, so that time spent between
  /// two calls never makes a frame older; only what comes between a call that gave nothing and
  /// the next call waits.
  [[nodiscard]] std::optional<frame> next(std::chrono::nanoseconds timeout);

  [[nodiscard]] const std::string& name() const noexcept;
  /// As of the last `next`; `removed` before the first.
  [[nodiscard]] camera_state state() const noexcept;
  /// Why the last `next` gave no frame, in words; empty if there is nothing to say.
  [[nodiscard]] const std::string& problem() const noexcept;
  /// True if the request can never be granted: `next` no longer tries.
  [[nodiscard]] bool refused() const noexcept;

  /// Makes a `next` that waits on another thread return; if none waits, the next one does not.
  /// Any thread.
  void wake() noexcept;

  /// For poll(2) or an event loop that waits for many things: readable when a `next` has
  /// something to do. Then call `next` without a timeout until it gives nothing, and once
  /// before the first wait. The same for the whole life of the camera, which owns it; -1 while
  /// `refused()` for want of descriptors.
  [[nodiscard]] int descriptor() const noexcept;

 private:
  class connector;
  std::unique_ptr<connector> connector_;
};

/// The names of all cameras that are served in `runtime_dir` (empty: as in `options`), sorted.
/// Empty if there are none or the directory cannot be read.
[[nodiscard]] CAMHERD_CONSUMER_API std::vector<std::string> camera_names(
    const std::string& runtime_dir = {});

}  // namespace v1
}  // namespace camherd::consumer
