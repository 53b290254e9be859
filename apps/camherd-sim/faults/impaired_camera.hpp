#pragma once

#include "apps/camherd-sim/faults/fault_catalogue.hpp"
#include "apps/camherd-sim/faults/faulty_camera.hpp"
#include "apps/camherd-sim/faults/impairing_relay.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace camherd::faults {

/// Where its packets come to harm.
enum class harm_place : unsigned char {
  in_the_camera,   ///< whatever the transport
  on_the_network,  ///< a relay stands before the camera; UDP only
};

/// So small, mostly, that a picture takes several packets, and what is rare comes soon.
[[nodiscard]] media_script in_packets_of(std::size_t bytes);

/// A good camera whose packets come to harm while its fault lasts: at once, its clients stay
/// connected and its pictures go on.
class impaired_camera final : public faulty_camera {
 public:
  impaired_camera(const camera_stage& where, impairment_maker harm, harm_place place,
                  media_script media);

  [[nodiscard]] std::string url() const override;
  [[nodiscard]] std::vector<clip_ptr> clips() const override { return {pictures_}; }
  void begin() override { turn_to(harm_); }
  void end() override { turn_to({}); }

  [[nodiscard]] const harm_tally& tally() const { return *tally_; }

 private:
  static script told(const clip& pictures, media_script media);
  void turn_to(const impairment_maker& harm);

  clip_ptr pictures_;
  std::shared_ptr<harm_tally> tally_ = std::make_shared<harm_tally>();
  impairment_maker harm_;
  script good_;
  scripted_camera camera_;
  feeder feeder_;
  std::optional<impairing_relay> relay_;
};

/// A fault of the packets of a good camera, in mid-session.
[[nodiscard]] fault packet_fault(std::string name, unsigned row, std::string does,
                                 expectation expects, impairment_maker harm,
                                 harm_place place = harm_place::in_the_camera,
                                 media_script media = in_packets_of(200));

/// What is expected where nothing is to be felt, or too little for more than a counter.
[[nodiscard]] expectation streams_on(std::string counter = {});

/// And where an operator is told of it.
[[nodiscard]] expectation streams_on_with_notice(std::string words, std::string counter = {});

}  // namespace camherd::faults
