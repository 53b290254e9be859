#pragma once

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

/// One camera as it is wanted.
struct steered_camera {
  camera_config spec;
  bool from_file = false;  ///< it stands in the configuration file
  bool started = true;     ///< false: an operator stopped it
  std::uint64_t revision = 0;  ///< of this camera; any change of it makes a new one
};

/// The desired state of the node: the cameras of the configuration file, those added by
/// operators, and which of all of them are stopped. What operators change is on disk before it
/// is acknowledged and before it takes effect: the state file is written beside, synced and
/// renamed, so that a crash at any point leaves the old state or the new one. Changes come one
/// after the other, whoever makes them. Any thread.
class steering {
 public:
  /// Brings a configuration about: `node::apply`.
  using applier = std::function<void(std::shared_ptr<const config>)>;

  /// Without `state_file` nothing is kept (and `storage` never happens).
  steering(std::shared_ptr<const config> from_file, std::optional<std::string> state_file,
           applier apply);

  /// Reads the state file, if there is one, and applies everything for the first time. An error
  /// text for a file that cannot be read or was not written by us; then nothing was applied.
  [[nodiscard]] std::optional<steering_error> start();

  /// In the order of the file, then of addition.
  [[nodiscard]] std::vector<steered_camera> cameras() const;
  [[nodiscard]] std::optional<steered_camera> camera(std::string_view name) const;

  // Each returns nothing on success. `expected`: refuse as `out_of_date` unless it is the
  // camera's revision.
  [[nodiscard]] std::optional<steering_error> add(camera_config spec);
  [[nodiscard]] std::optional<steering_error> change(camera_config spec,
                                                     std::optional<std::uint64_t> expected);
  [[nodiscard]] std::optional<steering_error> remove(std::string_view name,
                                                     std::optional<std::uint64_t> expected);
  [[nodiscard]] std::optional<steering_error> set_started(std::string_view name, bool started);

  /// The configuration file has changed. A camera of the same name that an operator added gives
  /// way to the file's.
  void reload(std::shared_ptr<const config> from_file);

 private:
  mutable std::mutex mutex_;  // API calls, reloads and readers meet here
};

}  // namespace camherd
