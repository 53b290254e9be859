#include "apps/camherd/api/picture/film.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <utility>

namespace camherd::api {
namespace {

using namespace std::chrono_literals;
using http::refuse;
using http::response;
using std::chrono::steady_clock;

constexpr auto fresh_for = 100ms;
constexpr auto patience = 5s;
// A client that may be told why there is no picture is not answered before. Later it is to know
// that it is connected.
constexpr auto patience_of_streams = 1s;

constexpr double every_frame = 0;

}  // namespace

film::film(film_key key, const film_context& shared) : key_{std::move(key)}, shared_{shared} {}

film::~film() {
  for (auto each = feeds_.begin(); each != feeds_.end();) each = drop(each);
}

bool film::is_fresh(time_point asked_at) const {
  return newest_ && newest_->published_at + fresh_for >= asked_at;
}

std::optional<film::time_point> film::useless_from() const {
  if (!feeds_.empty()) return std::nullopt;
  return newest_ ? newest_->published_at + fresh_for : time_point::min();
}

void film::take_snapshot(const http::responder& to, time_point asked_at) {
  if (is_fresh(asked_at)) return to.send(picture_answer(*newest_, steady_clock::now()));
  if (open(every_frame) == nullptr) return to.send(refuse(503, problem_));
  snapshots_.push_back({to, asked_at, presence{shared_.counts.viewers}});
  expect_alarm();
}

void film::show(const http::responder& to, double fps) {
  auto* const from = open(fps);
  if (from == nullptr) return to.send(refuse(503, problem_));
  auto& added = from->viewers.emplace_back(
      viewer{next_viewer_++, to, steady_clock::now(), presence{shared_.counts.viewers}});
  // Where others look already, the next frame may be far away.
  const bool streams = from->camera.state() == consumer::camera_state::streaming;
  if (streams && newest_ && from->shown == newest_->published_at) {
    open_stream(added, fps);
    added.stream->send(jpeg_type, newest_->jpeg);
  }
  expect_alarm();
}

void film::close(const response& why) {
  for (const auto& each : std::exchange(snapshots_, {})) each.to.send(why);
  for (auto each = feeds_.begin(); each != feeds_.end();) {
    for (const auto& one : each->second.viewers) one.to.send(why);
    each = drop(each);
  }
  shared_.idle(key_);
}

film::feed* film::open(double fps) {
  if (const auto found = feeds_.find(fps); found != feeds_.end()) return &found->second;
  consumer::options wanted;
  wanted.format = consumer::pixel_format::rgb24;
  wanted.width = key_.width;
  wanted.height = key_.height;
  wanted.max_fps = fps;
  wanted.runtime_dir = shared_.runtime_dir;
  consumer::camera camera{key_.camera, wanted};
  const auto again = [weak = weak_from_this(), fps] {
    if (const auto self = weak.lock()) self->read(fps);
  };
  const auto watched = shared_.loop.watch(camera.descriptor(), EPOLLIN,
                                          [again](std::uint32_t /*events*/) { again(); });
  if (!watched) {
    problem_ = camera.problem().empty() ? watched.error().message() : camera.problem();
    return nullptr;
  }
  shared_.loop.post(again);
  feed made{std::move(camera), presence{shared_.counts.connections}, *watched};
  return &feeds_.emplace(fps, std::move(made)).first->second;
}

film::feed_map::iterator film::drop(feed_map::iterator unused) {
  shared_.loop.forget(unused->second.token, unused->second.camera.descriptor());
  return feeds_.erase(unused);
}

void film::read(double fps) {
  const auto found = feeds_.find(fps);
  if (found == feeds_.end()) return;
  auto& from = found->second;
  {
    const auto frame = from.camera.next(0ns);
    if (!frame) return without_frame(from.camera);
    take(*frame, from, fps);
  }
  drop_unused();
  if (!feeds_.contains(fps)) return;
  // Films take turns: whoever has the most frames must not keep the others waiting.
  shared_.loop.post([weak = weak_from_this(), fps] {
    if (const auto self = weak.lock()) self->read(fps);
  });
}

void film::without_frame(const consumer::camera& camera) {
  if (camera.refused()) {
    // A form that the camera's frames cannot have: it is so at every rate.
    return close(refuse(422, camera.problem()));
  }
  const bool away = camera.state() == consumer::camera_state::removed ||
                    camera.state() == consumer::camera_state::stopped;
  if (away && !shared_.runs(key_.camera))
    close(refuse(409, "camera " + key_.camera + " does not run"));
}

void film::take(const consumer::frame& frame, feed& from, double fps) {
  const auto published_at = frame.info().published_at;
  const bool awaited = std::any_of(snapshots_.begin(), snapshots_.end(), [&](const auto& s) {
    return published_at + fresh_for >= s.asked_at;
  });
  if (from.viewers.empty() && !awaited) return;
  if (!newest_ || newest_->published_at < published_at) {
    auto made = encode(frame, key_.quality);
    if (!made) {
      problem_ = made.error().message();
      return;
    }
    newest_ = *std::move(made);
    ++shared_.counts.encoded;
  }
  if (std::exchange(from.shown, newest_->published_at) != newest_->published_at) {
    for (auto& each : from.viewers) {
      if (!each.stream) open_stream(each, fps);
      each.stream->send(jpeg_type, newest_->jpeg);
    }
  }
  answer_snapshots();
}

void film::open_stream(viewer& to, double fps) {
  to.stream = to.to.open_multipart();
  // Called on the server's thread, or on this one if the client has left already.
  to.stream->on_close([weak = weak_from_this(), &loop = shared_.loop, fps, id = to.id] {
    loop.post([weak, fps, id] {
      if (const auto self = weak.lock()) self->leave(fps, id);
    });
  });
}

void film::leave(double fps, std::uint64_t id) {
  const auto found = feeds_.find(fps);
  if (found == feeds_.end()) return;
  std::erase_if(found->second.viewers, [&](const auto& each) { return each.id == id; });
  drop_unused();
}

void film::answer_snapshots() {
  const auto now = steady_clock::now();
  std::erase_if(snapshots_, [&](const snapshot& each) {
    const bool answered = is_fresh(each.asked_at);
    if (answered) each.to.send(picture_answer(*newest_, now));
    return answered;
  });
}

// A camera that streams may have a frame every ten seconds: then its newest one is what there
// is to see.
void film::answer_late_snapshots(time_point now) {
  const auto on_time = std::find_if(snapshots_.begin(), snapshots_.end(),
                                    [&](const auto& s) { return s.asked_at + patience > now; });
  if (on_time == snapshots_.begin()) return;
  const auto from = feeds_.find(every_frame);
  const bool streams =
      from != feeds_.end() && from->second.camera.state() == consumer::camera_state::streaming;
  const auto answer = newest_ && streams ? picture_answer(*newest_, now) : no_picture();
  for (auto each = snapshots_.begin(); each != on_time; ++each) each->to.send(answer);
  snapshots_.erase(snapshots_.begin(), on_time);
}

response film::no_picture() const {
  std::string why = "no picture of " + key_.camera + " within 5 s";
  if (const auto from = feeds_.find(every_frame); from != feeds_.end()) {
    const auto& camera = from->second.camera;
    why += ": " + std::string{to_string(camera.state())};
    if (!camera.problem().empty()) why += ": " + camera.problem();
  }
  if (!problem_.empty()) why += ": " + problem_;
  return refuse(503, why);
}

void film::drop_unused() {
  const auto before = feeds_.size();
  for (auto each = feeds_.begin(); each != feeds_.end();) {
    const bool wanted =
        !each->second.viewers.empty() || (each->first == every_frame && !snapshots_.empty());
    each = wanted ? std::next(each) : drop(each);
  }
  if (feeds_.empty() && before > 0) shared_.idle(key_);
}

void film::expect_alarm() {
  auto first = time_point::max();
  if (!snapshots_.empty()) first = snapshots_.front().asked_at + patience;
  for (const auto& [fps, each] : feeds_) {
    for (const auto& one : each.viewers) {
      if (!one.stream) first = std::min(first, one.since + patience_of_streams);
    }
  }
  if (first >= alarm_at_) return;
  alarm_at_ = first;
  shared_.loop.run_at(first, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->alarm();
  });
}

void film::alarm() {
  alarm_at_ = time_point::max();
  const auto now = steady_clock::now();
  answer_late_snapshots(now);
  for (auto& [fps, each] : feeds_) {
    for (auto& one : each.viewers) {
      if (!one.stream && one.since + patience_of_streams <= now) open_stream(one, fps);
    }
  }
  drop_unused();
  expect_alarm();
}

}  // namespace camherd::api
