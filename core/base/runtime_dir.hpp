#pragma once

#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace camherd {

/// The directory where a camherd of this user puts its sockets unless told otherwise:
/// $CAMHERD_RUNTIME_DIR; else /run/camherd for root; else $XDG_RUNTIME_DIR/camherd; else
/// /tmp/camherd-UID.
[[nodiscard]] std::string default_runtime_dir();

/// The directory where a consumer looks for cameras unless told otherwise: the first that
/// exists of $CAMHERD_RUNTIME_DIR (which ends the search if set), $XDG_RUNTIME_DIR/camherd,
/// /tmp/camherd-UID and /run/camherd; /run/camherd if none does.
[[nodiscard]] std::string find_runtime_dir();

/// The socket of a camera: RUNTIME_DIR/cameras/NAME.sock.
[[nodiscard]] std::string camera_socket(std::string_view runtime_dir, std::string_view camera);

}  // namespace camherd
