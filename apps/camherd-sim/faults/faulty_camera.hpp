#pragma once

#include "apps/camherd-sim/faults/clip.hpp"
#include "apps/camherd-sim/faults/feeder.hpp"
#include "apps/camherd-sim/faults/scripted_camera.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace camherd::faults {

/// A camera whose fault can be made to begin and to end. It begins good. Any thread, one at a
/// time.
class faulty_camera {
 public:
  virtual ~faulty_camera() = default;

  /// Its address, with the credentials that it asks for.
  [[nodiscard]] virtual std::string url() const = 0;

  /// All clips that it may send pictures of, each once. What decodes to anything else is
  /// damaged.
  [[nodiscard]] virtual std::vector<clip_ptr> clips() const = 0;

  virtual void begin() = 0;
  virtual void end() = 0;
};

/// What a camera needs to be started.
struct camera_stage {
  std::uint16_t port = 0;  ///< to listen on; 0: a free one
  clip_ptr pictures;       ///< what a good camera sends, made once for all
  feed_plan feed{};        ///< how; none: in a loop
};

/// How a camera behaves.
struct conduct {
  script told;
  clip_ptr pictures;  ///< null: those of the stage
  feed_plan feed;     ///< none: the clip in a loop
};

/// What a change of conduct does to the clients that are connected.
enum class onset : unsigned char {
  with_new_connections,  ///< they are cut off, as by a camera that restarts
  at_once,               ///< they stay and feel it
};

/// A scripted camera with a feeder, good until `begin` and after `end`, faulty between. The
/// session description is made from the pictures, unless the script has one.
class staged_camera final : public faulty_camera {
 public:
  staged_camera(const camera_stage& stage, conduct good, conduct faulty, onset how);

  [[nodiscard]] std::string url() const override;
  [[nodiscard]] std::vector<clip_ptr> clips() const override;
  void begin() override { turn_to(faulty_); }
  void end() override { turn_to(good_); }

  /// What it saw of its clients.
  [[nodiscard]] const scripted_camera& camera() const noexcept { return camera_; }

 private:
  void turn_to(const conduct& next);

  conduct good_;
  conduct faulty_;
  onset onset_;
  scripted_camera camera_;
  feeder feeder_;
};

/// The usual way to make one: good but for what `faulty` is told.
[[nodiscard]] std::unique_ptr<faulty_camera> stage(const camera_stage& where, conduct faulty,
                                                   onset how = onset::with_new_connections,
                                                   conduct good = {});

}  // namespace camherd::faults
