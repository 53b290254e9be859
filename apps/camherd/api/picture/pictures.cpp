#include "apps/camherd/api/picture/pictures.hpp"

#include <chrono>
#include <utility>

namespace camherd::api {
namespace {

using namespace std::chrono_literals;
using http::refuse;
using std::chrono::steady_clock;

constexpr double every_frame = 0;

film_key key_of(const std::string& camera, const picture_query& wanted) {
  return {camera, wanted.width, wanted.height, wanted.quality};
}

http::response too_many() {
  return refuse(503, "more than " + std::to_string(pictures::most_connections) +
                         " different cameras, sizes, qualities and rates are looked at")
      .with("Retry-After", "2");
}

http::response going_down() {
  return refuse(503, "camherd is going down");
}

}  // namespace

result<std::unique_ptr<pictures>> pictures::create(
    std::string runtime_dir, std::function<bool(const std::string& camera)> runs) {
  auto loop = event_loop::create();
  if (!loop) return loop.error().within("pictures");
  std::unique_ptr<pictures> made{new pictures};
  made->loop_ = *std::move(loop);
  made->shared_ = std::make_unique<film_context>(film_context{
      *made->loop_, std::move(runtime_dir), std::move(runs),
      [self = made.get()](const film_key& key) { self->forget_if_idle(key); }, made->counts_});
  return made;
}

pictures::~pictures() {
  if (loop_) loop_->stop();
  films_.clear();
}

void pictures::take_snapshot(const std::string& camera, const picture_query& wanted,
                             const http::responder& to) {
  loop_->post([this, to, key = key_of(camera, wanted), asked_at = steady_clock::now()] {
    if (closed_) return to.send(going_down());
    const auto shown = find(key);
    if (!shown->is_fresh(asked_at) && !shown->looks_at(every_frame) && !has_room())
      to.send(too_many());
    else
      shown->take_snapshot(to, asked_at);
    forget_if_idle(key);
  });
}

void pictures::show(const std::string& camera, const picture_query& wanted,
                    const http::responder& to) {
  loop_->post([this, to, key = key_of(camera, wanted), fps = wanted.fps] {
    if (closed_) return to.send(going_down());
    const auto shown = find(key);
    if (!shown->looks_at(fps) && !has_room())
      to.send(too_many());
    else
      shown->show(to, fps);
    forget_if_idle(key);
  });
}

void pictures::close() {
  loop_->post([this] {
    closed_ = true;
    const auto all = std::exchange(films_, {});
    for (const auto& [key, each] : all) each->close(going_down());
  });
}

std::shared_ptr<film> pictures::find(const film_key& key) {
  auto& place = films_[key];
  if (!place) place = std::make_shared<film>(key, *shared_);
  return place;
}

bool pictures::has_room() const {
  // Beside those that look there are films that have just been looked at.
  return counts_.connections < most_connections && films_.size() <= 2 * most_connections;
}

// A picture stays for as long as it answers snapshots, so that many who ask at about the same
// time cause one.
void pictures::forget_if_idle(const film_key& key) {
  const auto found = films_.find(key);
  if (found == films_.end()) return;
  const auto until = found->second->useless_from();
  if (!until) return;
  if (*until < steady_clock::now()) {
    films_.erase(found);
  } else {
    loop_->run_at(*until + 1ms, [this, key] { forget_if_idle(key); });
  }
}

}  // namespace camherd::api
