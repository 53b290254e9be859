#pragma once

#include "apps/camherd/api/picture/picture.hpp"
#include "apps/camherd/api/picture/presence.hpp"
#include "apps/camherd/http/responder.hpp"
#include "core/delivery/event_loop.hpp"

#include <camherd/consumer.hpp>

#include <atomic>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace camherd::api {

/// Which pictures look the same to everybody who gets them.
struct film_key {
  std::string camera;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int quality = 80;

  friend auto operator<=>(const film_key&, const film_key&) = default;
};

/// What the pictures of the API cost. Counted by one thread, read by any.
struct picture_counts {
  std::atomic<std::uint64_t> encoded{0};      ///< JPEG files made
  std::atomic<std::uint64_t> viewers{0};      ///< streams and waiting snapshots, now
  std::atomic<std::uint64_t> connections{0};  ///< to cameras, now
};

/// What all films share. Outlives them.
struct film_context {
  event_loop& loop;
  std::string runtime_dir;
  /// Whether a camera is wanted and started.
  std::function<bool(const std::string& camera)> runs;
  /// Nobody looks at the film any more.
  std::function<void(const film_key&)> idle;
  picture_counts& counts;
};

/// The pictures of one camera in one size and quality, and everybody who looks at them. It has
/// a connection to the camera for each rate that is looked at, so that the camera decodes and
/// converts no more than that; a frame that comes over several of them is encoded once. All on
/// the loop's thread.
class film : public std::enable_shared_from_this<film> {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  film(film_key key, const film_context& shared);
  ~film();

  film(const film&) = delete;
  film& operator=(const film&) = delete;

  /// True if the newest picture answers a snapshot asked for at `asked_at`.
  [[nodiscard]] bool is_fresh(time_point asked_at) const;

  /// True if it looks at its camera at this rate already.
  [[nodiscard]] bool looks_at(double fps) const { return feeds_.contains(fps); }

  /// Answers with a picture that was published at most 100 ms before `asked_at` or later. Where
  /// none comes for 5 s, with the newest that it has while the camera streams, or else 503.
  void take_snapshot(const http::responder& to, time_point asked_at);

  /// Answers with the stream of the pictures, at most `fps` a second (0: all). It ends when
  /// the camera no longer runs.
  void show(const http::responder& to, double fps);

  /// Answers everybody who waits with `why`, and ends all streams.
  void close(const http::response& why);

  /// From when on its newest picture answers no snapshot any more; nothing while somebody
  /// looks.
  [[nodiscard]] std::optional<time_point> useless_from() const;

 private:
  struct viewer {
    std::uint64_t id;
    http::responder to;
    time_point since;
    presence counted;
    std::optional<http::multipart_stream> stream{};  // opened with the first picture
  };
  struct snapshot {
    http::responder to;
    time_point asked_at;
    presence counted;
  };
  struct feed {
    consumer::camera camera;
    presence counted;
    event_loop::token token = 0;
    std::vector<viewer> viewers{};
    time_point shown{};  // when the picture was published that the viewers got last
  };
  using feed_map = std::map<double, feed>;  // by rate

  [[nodiscard]] feed* open(double fps);
  feed_map::iterator drop(feed_map::iterator unused);
  void read(double fps);
  void take(const consumer::frame& frame, feed& from, double fps);
  void without_frame(const consumer::camera& camera);
  void open_stream(viewer& to, double fps);
  void leave(double fps, std::uint64_t id);
  void answer_snapshots();
  void answer_late_snapshots(time_point now);
  void drop_unused();
  void expect_alarm();
  void alarm();
  [[nodiscard]] http::response no_picture() const;

  const film_key key_;
  const film_context& shared_;
  feed_map feeds_;
  std::vector<snapshot> snapshots_;  // in the order in which they came
  std::optional<picture> newest_;
  std::string problem_;  // why the last frame could not be encoded
  std::uint64_t next_viewer_ = 1;
  time_point alarm_at_ = time_point::max();  // max: none is set
};

}  // namespace camherd::api
