#pragma once

#include "config/config.hpp"
#include "config/values.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace camherd {

/// One key of the configuration file: how its text becomes a member of `Config` and back. What
/// `print` returns is a scalar that `read` accepts.
template <class Config>
struct config_key {
  std::string_view name;
  std::function<read_status(std::string_view text, Config& into)> read;
  std::function<std::string(const Config&)> print;
  bool secret = false;  ///< its text is never shown; `print` returns a mask
};

/// The keys under `node:`, in the order in which they are printed.
[[nodiscard]] std::span<const config_key<node_config>> node_keys();

/// The keys under `log:`.
[[nodiscard]] std::span<const config_key<node_config>> log_keys();

/// The keys under `http:`.
[[nodiscard]] std::span<const config_key<http_config>> http_keys();

/// The keys of a camera and under `defaults:`, except those of `camera_address_keys`.
[[nodiscard]] std::span<const config_key<camera_config>> camera_keys();

/// The keys that make up the name and the URL of a camera, which no table can describe.
[[nodiscard]] std::span<const std::string_view> camera_address_keys();

/// The sections at the top level.
[[nodiscard]] std::span<const std::string_view> section_names();

/// Keys of `node:` and of `defaults:` that may also stand at the top level.
[[nodiscard]] std::span<const std::string_view> promoted_node_keys();
[[nodiscard]] std::span<const std::string_view> promoted_camera_keys();

/// Our name for a key of go2rtc, Frigate, MediaMTX or FFmpeg.
[[nodiscard]] std::optional<std::string_view> name_here(std::string_view foreign);

}  // namespace camherd
