#pragma once

#include "actors/messages.hpp"
#include "core/frame/au_queue.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace camherd {

/// Carries what the source of one session says from its thread to the camera's actor: access
/// units through the queue, with one wake-up message, everything else as messages with the
/// number of the session.
class mailbox_listener final : public source_listener {
 public:
  mailbox_listener(camera_actor owner, std::uint64_t session, std::shared_ptr<au_queue> queue);

  void on_stream(const stream_info& info) override;
  void on_access_unit(access_unit unit) override;
  void on_notice(const std::string& text) override;
  void on_ended(const error& reason) override;

  /// Nothing the source says from now on arrives anywhere. Any thread.
  void cut();

 private:
  template <class Event>
  void send(Event event);

  std::mutex mutex_;  // the actor cuts while the source speaks
  camera_actor owner_;
  const std::uint64_t session_;
  const std::shared_ptr<au_queue> queue_;  // shared with the actor, which may end first
};

}  // namespace camherd
