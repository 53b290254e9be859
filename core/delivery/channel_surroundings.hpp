#pragma once

#include "core/base/unique_fd.hpp"
#include "core/delivery/event_loop.hpp"
#include "core/delivery/frame_server.hpp"
#include "core/delivery/runtime_directory.hpp"

#include <memory>

namespace camherd {

/// A descriptor to give up when there are no others.
[[nodiscard]] unique_fd spare_descriptor();

/// What the channels of a server share.
struct channel_surroundings {
  frame_server_options options;
  runtime_directory directory;
  std::unique_ptr<event_loop> loop;
  unique_fd spare;  // given up for a moment to refuse a consumer when descriptors have run out
};

}  // namespace camherd
