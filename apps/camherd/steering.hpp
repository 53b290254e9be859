#pragma once

#include "apps/camherd/state_file.hpp"
#include "config/config.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camherd {

/// Why the herd could not be steered, chosen by what an operator does about it.
enum class steering_problem : std::uint8_t {
  not_found,    ///< no camera of this name
  exists,       ///< a camera of this name exists already
  out_of_date,  ///< it was changed by somebody else since it was looked at
  in_file,      ///< it stands in the configuration file and is changed there
  invalid,      ///< the settings are wrong; the text says which
  storage,      ///< the change could not be kept on disk and was not made
};

struct steering_error {
  steering_problem problem = steering_problem::invalid;
  std::string text;  ///< one sentence without credentials
};

/// One camera as it is wanted. It runs if it is `started` and `spec.enabled`.
struct steered_camera {
  camera_config spec;      ///< as it was given; `spec.stopped` is not used
  bool from_file = false;  ///< it stands in the configuration file
  bool started = true;     ///< false: an operator stopped it
  /// Of this camera; any change of it makes a new one. Never used again, not even by the
  /// camherd that runs after this one, so that it does for an ETag.
  std::uint64_t revision = 0;
};

/// Whether it runs.
[[nodiscard]] inline bool runs(const steered_camera& camera) {
  return camera.started && camera.spec.enabled;
}

/// The desired state of the node: the cameras of the configuration file, those added by
/// operators, and which of all of them are stopped. What operators change is on disk before it
/// is acknowledged and before it takes effect: the state file is written beside, synced and
/// renamed, so that a crash at any point leaves the old state or the new one. Changes come one
/// after the other, whoever makes them; readers do not wait for them. Any thread.
class steering {
 public:
  /// Brings a configuration about: `node::apply`. Called by one thread at a time, in the order
  /// of the changes; must not call back.
  using applier = std::function<void(std::shared_ptr<const config>)>;

  /// Brings together what stands in the configuration file and what operators changed before.
  /// Without `kept` nothing is kept (and `storage` never happens). A kept camera whose name is
  /// in the configuration file by now gives way, and a stop of a camera that is nowhere any
  /// more is forgotten. Errors: those of the state file, in words for the operator.
  [[nodiscard]] static result<std::unique_ptr<steering>> open(
      std::shared_ptr<const config> from_file, std::unique_ptr<state_file> kept);

  /// Applies everything for the first time, and from now on every change. Before it is called,
  /// nothing but `cameras` and `camera` may be.
  void start(applier apply);

  /// In the order of the file, then of addition.
  [[nodiscard]] std::vector<steered_camera> cameras() const;
  [[nodiscard]] std::optional<steered_camera> camera(std::string_view name) const;

  // Each returns nothing on success; after an error everything is as before. `expected`: refuse
  // as `out_of_date` unless it is the camera's revision. Specs are those of `parse_camera`.

  [[nodiscard]] std::optional<steering_error> add(camera_config spec);

  /// A "***" in the URL stands for the secret that was shown so (`with_stored_secrets`). What
  /// makes no difference makes no revision.
  [[nodiscard]] std::optional<steering_error> change(camera_config spec,
                                                     std::optional<std::uint64_t> expected);
  [[nodiscard]] std::optional<steering_error> remove(std::string_view name,
                                                     std::optional<std::uint64_t> expected);

  /// Of cameras of the configuration file too. Starting one that its settings disable is
  /// `invalid`.
  [[nodiscard]] std::optional<steering_error> set_started(std::string_view name, bool started);

  /// The configuration file has changed. Cameras of operators give way, and stops are
  /// forgotten, as in `open`; `storage` if that cannot be kept.
  [[nodiscard]] std::optional<steering_error> reload(std::shared_ptr<const config> from_file);

 private:
  using camera_list = std::vector<steered_camera>;

  explicit steering(std::unique_ptr<state_file> file);

  [[nodiscard]] std::shared_ptr<const camera_list> current() const;
  [[nodiscard]] camera_list merge(const config& file, const camera_list& before);
  [[nodiscard]] std::optional<steering_error> keep(const camera_list& next);
  [[nodiscard]] std::optional<steering_error> commit(camera_list next);

  std::mutex changing_;  // held over a whole change; guards all but current_
  std::unique_ptr<state_file> file_;
  std::optional<kept_state> kept_;  // what file_ holds, unless a write of it failed
  std::shared_ptr<const config> from_file_;
  applier apply_;
  std::uint64_t last_revision_;

  mutable std::mutex reading_;  // never held for long: readers must not wait for the disk
  std::shared_ptr<const camera_list> current_;  // shared with readers
};

}  // namespace camherd
