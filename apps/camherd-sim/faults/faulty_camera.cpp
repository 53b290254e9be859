#include "apps/camherd-sim/faults/faulty_camera.hpp"

#include <utility>

namespace camherd::faults {
namespace {

conduct completed(conduct how, const camera_stage& stage) {
  if (!how.pictures) how.pictures = stage.pictures;
  if (!how.feed) how.feed = in_a_loop(how.pictures);
  if (!how.told.sdp) how.told.sdp = describe(*how.pictures);
  how.told.media.codec = how.pictures->made_of.codec;
  how.told.media.timestamp_step = 90000 / how.pictures->made_of.fps;
  return how;
}

}  // namespace

staged_camera::staged_camera(const camera_stage& stage, conduct good, conduct faulty, onset how)
    : good_{completed(std::move(good), stage)},
      faulty_{completed(std::move(faulty), stage)},
      onset_{how},
      camera_{good_.told, stage.port},
      feeder_{camera_, good_.feed, good_.pictures->made_of.fps} {}

std::string staged_camera::url() const {
  const auto& login =
      good_.told.login.scheme == camera_login::none ? faulty_.told.login : good_.told.login;
  return camera_.url(login.scheme == camera_login::none
                         ? std::string{}
                         : login.user + ":" + login.password + "@");
}

std::vector<clip_ptr> staged_camera::clips() const {
  if (good_.pictures == faulty_.pictures) return {good_.pictures};
  return {good_.pictures, faulty_.pictures};
}

void staged_camera::turn_to(const conduct& next) {
  camera_.tell(next.told);
  feeder_.follow(next.feed, next.pictures->made_of.fps);
  if (onset_ == onset::with_new_connections) camera_.drop_clients();
}

std::unique_ptr<faulty_camera> stage(const camera_stage& where, conduct faulty, onset how,
                                     conduct good) {
  return std::make_unique<staged_camera>(where, std::move(good), std::move(faulty), how);
}

}  // namespace camherd::faults
