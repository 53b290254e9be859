#include "actors/mailbox_listener.hpp"

#include <utility>

namespace camherd {

mailbox_listener::mailbox_listener(camera_actor owner, std::uint64_t session,
                                   std::shared_ptr<au_queue> queue)
    : owner_{std::move(owner)}, session_{session}, queue_{std::move(queue)} {}

void mailbox_listener::on_stream(const stream_info& info) {
  send(source_opened{session_, info});
}

void mailbox_listener::on_access_unit(access_unit unit) {
  const std::lock_guard lock{mutex_};
  if (owner_ && queue_->push(std::move(unit))) tell_anonymously(owner_, wake_atom_v);
}

void mailbox_listener::on_notice(const std::string& text) {
  send(source_notice{session_, text});
}

void mailbox_listener::on_ended(const error& reason) {
  send(source_ended{session_, reason});
}

void mailbox_listener::cut() {
  const std::lock_guard lock{mutex_};
  owner_ = nullptr;
}

template <class Event>
void mailbox_listener::send(Event event) {
  const std::lock_guard lock{mutex_};
  if (owner_) tell_anonymously(owner_, std::move(event));
}

}  // namespace camherd
