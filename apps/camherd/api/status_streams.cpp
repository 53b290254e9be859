#include "apps/camherd/api/status_streams.hpp"

#include "apps/camherd/api/iso_time.hpp"
#include "apps/camherd/api/json_answer.hpp"
#include "apps/camherd/api/seen_cameras.hpp"
#include "apps/camherd/api/status_json.hpp"

#include <utility>

namespace camherd::api {

using json = nlohmann::ordered_json;

void status_streams::tell(std::shared_ptr<const herd_status> status) {
  const std::lock_guard lock{mutex_};
  newest_ = std::move(status);
  for_all_.reset();
  std::erase_if(viewers_, [this](viewer& each) { return !send(each); });
}

void status_streams::add(http::event_stream to, std::optional<std::string> camera) {
  const std::lock_guard lock{mutex_};
  viewer added{std::move(to), std::move(camera)};
  if (!newest_ || send(added)) viewers_.push_back(std::move(added));
}

bool status_streams::send(viewer& to) {
  if (to.camera) return to.to.open() && to.to.send(text_for(*to.camera));
  if (!for_all_) for_all_ = text_for_all();
  return to.to.send(*for_all_);
}

http::body status_streams::text_for_all() const {
  const seen_cameras seen{newest_};
  json cameras = json::array();
  for (const auto& camera : wanted_.cameras()) {
    const auto& name = camera.spec.name;
    cameras.push_back(status_json(camera, seen.find(name), past_.recent(name)));
  }
  return text_of(std::move(cameras));
}

http::body status_streams::text_for(const std::string& camera) const {
  json cameras = json::array();
  if (const auto wanted = wanted_.camera(camera)) {
    cameras.push_back(
        status_json(*wanted, seen_cameras{newest_}.find(camera), past_.recent(camera)));
  }
  return text_of(std::move(cameras));
}

http::body status_streams::text_of(json cameras) const {
  const auto at = time_.wall_now() -
                  std::chrono::duration_cast<wall_time::duration>(time_.now() - newest_->at);
  return http::to_text({.name = "status",
                  .id = {},
                  .data = json_text({{"at", iso_time(at)}, {"cameras", std::move(cameras)}})});
}

}  // namespace camherd::api
