#pragma once

#include "config/config.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace camherd {

/// One key of a camera and its value, as in the configuration file.
struct camera_setting {
  std::string key;
  std::string value;

  friend bool operator==(const camera_setting&, const camera_setting&) = default;
};

/// One thing wrong with the settings of a camera.
struct setting_problem {
  std::string key;   ///< empty if it concerns the camera as a whole, its name too
  std::string text;  ///< one sentence without passwords and URLs
};

/// A camera, or everything that is wrong with its settings.
struct camera_outcome {
  camera_config value;                    ///< meaningful only without problems
  std::vector<setting_problem> problems;  ///< in the order of the settings; empty on success
};

/// Makes a camera of settings that did not come from the configuration file: by the same keys,
/// ranges and rules for names and URLs. `url` is required; `name` may be among the settings if
/// it is `name`. Nothing is replaced from the environment, and what the file has under
/// `defaults` does not count. Never throws.
[[nodiscard]] camera_outcome parse_camera(std::string_view name,
                                          const std::vector<camera_setting>& settings);

enum class secrets : std::uint8_t { hidden, shown };

/// Every setting of a camera but its name, the URL first, so that `parse_camera` makes the same
/// of them. With `secrets::hidden` the URL is `camera_url::redacted`; with `secrets::shown` it
/// must never be printed.
[[nodiscard]] std::vector<camera_setting> print_camera(const camera_config& camera,
                                                       secrets passwords);

/// The address that `given` means as a new one for a camera that has `stored`. People send back
/// what they were shown: "***" stands for the secret that was shown so, but only where scheme,
/// host, port and user stay, so that nobody makes us tell it to a stranger. Errors:
/// `invalid_argument` where "***" stands for nothing that is known.
[[nodiscard]] result<camera_url> with_stored_secrets(const camera_url& given,
                                                     const camera_url& stored);

/// True if `url` holds a "***" that stands for a secret.
[[nodiscard]] bool hides_secrets(const camera_url& url);

}  // namespace camherd
