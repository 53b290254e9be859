#include "apps/camherd-sim/faults/impaired_camera.hpp"

#include <utility>

namespace camherd::faults {

media_script in_packets_of(std::size_t bytes) {
  media_script media;
  media.packet_size = bytes;
  return media;
}

impaired_camera::impaired_camera(const camera_stage& where, impairment_maker harm,
                                 harm_place place, media_script media)
    : pictures_{where.pictures},
      harm_{counted(std::move(harm), tally_)},
      good_{told(*pictures_, media)},
      camera_{good_, place == harm_place::in_the_camera ? where.port : std::uint16_t{0}},
      feeder_{camera_, where.feed ? where.feed : in_a_loop(pictures_), pictures_->made_of.fps} {
  if (place == harm_place::on_the_network) relay_.emplace(camera_.port(), where.port);
}

script impaired_camera::told(const clip& pictures, media_script media) {
  script good;
  good.media = media;
  good.media.codec = pictures.made_of.codec;
  good.media.timestamp_step = 90000 / pictures.made_of.fps;
  good.sdp = describe(pictures);
  return good;
}

std::string impaired_camera::url() const {
  if (!relay_) return camera_.url();
  return "rtsp://127.0.0.1:" + std::to_string(relay_->port()) + "/live";
}

void impaired_camera::turn_to(const impairment_maker& harm) {
  if (relay_) {
    relay_->impair(harm);
    return;
  }
  auto next = good_;
  next.impair = harm;
  camera_.tell(std::move(next));
}

fault packet_fault(std::string name, unsigned row, std::string does, expectation expects,
                   impairment_maker harm, harm_place place, media_script media) {
  return {std::move(name),
          row,
          std::move(does),
          std::move(expects),
          [=](const camera_stage& where) -> std::unique_ptr<faulty_camera> {
            return std::make_unique<impaired_camera>(where, harm, place, media);
          },
          place == harm_place::on_the_network ? "transport: udp" : ""};
}

expectation streams_on(std::string counter) {
  return {.state = "streaming",
          .event = "connected",
          .counter = std::move(counter),
          .recovers = recovery::throughout};
}

expectation streams_on_with_notice(std::string words, std::string counter) {
  return {.state = "streaming",
          .event = "notice",
          .words = std::move(words),
          .counter = std::move(counter),
          .recovers = recovery::throughout};
}

}  // namespace camherd::faults
