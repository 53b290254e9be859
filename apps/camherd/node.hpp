#pragma once

#include "actors/event_log.hpp"
#include "actors/status.hpp"
#include "config/config.hpp"
#include "core/frame/frame_sink.hpp"

#include <memory>
#include <string>

namespace camherd {

/// What a node tells and where its frames go; all shared with the node until it has stopped.
struct node_parts {
  std::shared_ptr<herd_observer> observer;
  std::shared_ptr<event_log> log;
  std::shared_ptr<frame_sink> frames;  ///< may be null
};

/// A running camherd: the io threads, the actor system and the herd. Made and ended by one
/// thread; its other functions may be called by any.
class node {
 public:
  /// Starts everything, without cameras. `settings` that shape the process (threads, restart
  /// policy) are taken from here once; `apply` changes cameras only.
  node(const node_config& settings, node_parts parts);

  /// Waits for the herd to have stopped; `halt` must have been called.
  ~node();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Brings this configuration about. Returns at once.
  void apply(std::shared_ptr<const config> wanted);

  /// Opens a new session of this camera, also if it waits for its next try or was played to its
  /// end. Nothing happens to one that is unknown, stopped or disabled. Returns at once.
  void restart(const std::string& camera);

  /// Every camera serves this demand from now on. Returns at once.
  void serve(const demand& wanted);

  /// Begins the orderly shutdown; `on_stopped` of the observer follows. Returns at once.
  void halt();

 private:
  class running;
  std::unique_ptr<running> running_;
};

}  // namespace camherd
