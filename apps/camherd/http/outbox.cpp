#include "apps/camherd/http/outbox.hpp"

#include <utility>

namespace camherd::http {

outbox::outbox(bounds limits, std::shared_ptr<io_gate> gate,
               std::shared_ptr<std::atomic<std::uint64_t>> all_dropped)
    : limits_{limits}, gate_{std::move(gate)}, all_dropped_{std::move(all_dropped)} {}

void outbox::connect(std::function<void()> ready) {
  const std::lock_guard lock{mutex_};
  ready_ = std::move(ready);
  if (!waiting_.empty() || ended_) wake();
}

outbox::next_piece outbox::take() {
  const std::lock_guard lock{mutex_};
  woken_ = false;
  next_piece next;
  if (!waiting_.empty()) {
    next.piece = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= next.piece->size();
    next.dropped_before = std::exchange(dropped_before_next_, 0);
  }
  next.ended = ended_ && waiting_.empty();
  return next;
}

void outbox::leave() {
  std::function<void()> gone;
  std::function<void()> ready;
  {
    const std::lock_guard lock{mutex_};
    left_ = true;
    waiting_.clear();
    waiting_bytes_ = 0;
    gone.swap(gone_);
    ready.swap(ready_);
  }
  if (gone) gone();
}

bool outbox::push(stream_piece piece) {
  const std::lock_guard lock{mutex_};
  if (left_ || ended_) return false;
  waiting_bytes_ += piece.size();
  waiting_.push_back(std::move(piece));
  while (waiting_.size() > 1 &&
         (waiting_.size() > limits_.pieces || waiting_bytes_ > limits_.bytes)) {
    waiting_bytes_ -= waiting_.front().size();
    waiting_.pop_front();
    ++dropped_;
    ++dropped_before_next_;
    ++*all_dropped_;
  }
  wake();
  return true;
}

void outbox::end() {
  const std::lock_guard lock{mutex_};
  if (left_ || ended_) return;
  ended_ = true;
  wake();
}

bool outbox::open() const {
  const std::lock_guard lock{mutex_};
  return !left_ && !ended_;
}

std::uint64_t outbox::dropped() const {
  const std::lock_guard lock{mutex_};
  return dropped_;
}

void outbox::on_leave(std::function<void()> gone) {
  {
    const std::lock_guard lock{mutex_};
    if (!left_) {
      gone_ = std::move(gone);
      return;
    }
  }
  gone();
}

void outbox::wake() {
  if (woken_ || !ready_) return;
  woken_ = true;
  gate_->post(ready_);
}

}  // namespace camherd::http
