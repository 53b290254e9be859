#include "core/delivery/camera_channel.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <unistd.h>
#include <utility>

namespace camherd {
namespace {

using namespace std::chrono_literals;

// A newcomer gets the newest frame at once if it is no older.
constexpr auto fresh = 500ms;
// Messages taken from one consumer before the others have their turn.
constexpr int messages_a_turn = 16;

}  // namespace

camera_channel::camera_channel(std::string camera, std::size_t max_leases,
                               frame_sink::demand_listener listener,
                               std::shared_ptr<channel_surroundings> around)
    : camera_{std::move(camera)},
      max_leases_{max_leases},
      around_{std::move(around)},
      listener_{std::move(listener)} {}

camera_channel::~camera_channel() {
  close("the camera is gone");
  for (const auto& [id, c] : consumers_) around_->loop->forget(c->token, c->link.fd());
}

void camera_channel::start() {
  auto acceptor = std::make_shared<consumer_acceptor>(camera_, around_,
                                                      [channel = weak()](unique_fd socket) {
                                                        if (const auto self = channel.lock())
                                                          self->add(std::move(socket));
                                                      });
  if (const auto listens = acceptor->listen(); !listens) return report(listens.error());
  const std::lock_guard lock{mutex_};
  acceptor_ = std::move(acceptor);
}

void camera_channel::report(const error& what) const {
  if (around_->options.on_problem) around_->options.on_problem(camera_, what);
}

void camera_channel::add(unique_fd socket) {
  const int fd = socket.get();
  std::uint64_t id = 0;
  {
    const std::lock_guard lock{mutex_};
    if (closed_) return;
    id = next_consumer_++;
    auto c = std::make_unique<consumer>(std::move(socket));
    c->connected_at = std::chrono::steady_clock::now();
    auto watched =
        around_->loop->watch(fd, EPOLLIN, [channel = weak(), id](std::uint32_t events) {
          if (const auto self = channel.lock()) self->on_event(id, events);
        });
    if (!watched) return c->link.refuse({lease::refusal::busy, watched.error().message()});
    c->token = *watched;
    consumers_.emplace(id, std::move(c));
  }
  drop_oldest_stranger();
  expect_hello();
}

void camera_channel::on_event(std::uint64_t id, std::uint32_t events) {
  bool stays = true;
  bool was_welcome = false;
  bool is_welcome = false;
  {
    const std::lock_guard lock{mutex_};
    const auto found = consumers_.find(id);
    if (found == consumers_.end()) return;
    auto& c = *found->second;
    was_welcome = c.link.is_welcome();
    if ((events & EPOLLOUT) != 0) {
      c.link.has_room();
      if (c.owes_state) tell_state(c);
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) stays = read_messages(c);
    is_welcome = c.link.is_welcome();
    watch_for_room(c);
  }
  if (!stays) remove(id);
  if (!stays || was_welcome != is_welcome) tell_demand();
  pump();
}

// False when the connection is over.
bool camera_channel::read_messages(consumer& c) {
  std::array<std::byte, lease::most_message_bytes> buffer;
  for (int i = 0; i < messages_a_turn; ++i) {
    // MSG_TRUNC: the whole length is told of a message that is longer than the buffer.
    const auto length =
        ::recv(c.link.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return errno == EAGAIN && !c.link.is_gone();
    if (length == 0) return false;
    const auto size = static_cast<std::size_t>(length);
    if (size > buffer.size()) {
      c.link.refuse({lease::refusal::malformed, "a message that is too long"});
      return false;
    }
    const auto message = std::span{buffer}.first(size);
    if (!c.link.is_welcome()) {
      on_hello(c, message);
    } else {
      const auto said = read_release(message);
      if (const auto* lease = std::get_if<std::uint64_t>(&said); lease == nullptr) {
        c.link.refuse(std::get<consumer_refusal>(said));
      } else if (const auto received_at = c.link.release(*lease)) {
        counts_.age_at_release.record(std::chrono::steady_clock::now() - *received_at);
      } else {
        c.link.refuse({lease::refusal::malformed,
                       "lease " + std::to_string(*lease) + " is not held by this consumer"});
      }
    }
    if (c.link.is_gone()) return false;
  }
  return true;
}

void camera_channel::on_hello(consumer& c, std::span<const std::byte> message) {
  const auto read = read_hello(message);
  if (const auto* refused = std::get_if<consumer_refusal>(&read))
    return c.link.refuse(*refused);
  const auto& request = std::get<consumer_request>(read);
  const auto granted = granted_frames();
  if (granted + request.frames() > max_leases_) {
    return c.link.refuse({lease::refusal::busy,
                          "the camera's consumers hold " + std::to_string(granted) + " of " +
                              std::to_string(max_leases_) + " leases (max_leases)"});
  }
  if (c.link.welcome(request, camera_) != consumer_link::sending::done) return;
  if (request.wanted.format || request.wanted.width != 0 || request.wanted.height != 0) {
    auto& shop = workshops_[request.wanted];
    if (!shop.maker) {
      shop.maker =
          std::make_shared<rendition_maker>(request.wanted, around_->options.make_converter());
    }
  }
  tell_state(c);
  if (latest_ &&
      std::chrono::steady_clock::now() - latest_->native.metadata.published_at <= fresh) {
    c.link.offer(latest_, counts_);
  }
}

void camera_channel::remove(std::uint64_t id) {
  const std::lock_guard lock{mutex_};
  const auto found = consumers_.find(id);
  if (found == consumers_.end()) return;
  around_->loop->forget(found->second->token, found->second->link.fd());
  consumers_.erase(found);
  forget_unused_renditions();
}

// Renditions that nobody asks for give their memory back.
void camera_channel::forget_unused_renditions() {
  std::erase_if(workshops_, [&](const auto& shop) { return frames_of(shop.first) == 0; });
  if (!latest_) return;
  std::erase_if(latest_->made,
                [&](const auto& made) { return !workshops_.contains(made.first); });
}

std::size_t camera_channel::granted_frames() const {
  std::size_t sum = 0;
  for (const auto& [id, c] : consumers_) {
    if (c->link.is_welcome()) sum += c->link.request().frames();
  }
  return sum;
}

std::size_t camera_channel::frames_of(const rendition& wanted) const {
  std::size_t sum = 0;
  for (const auto& [id, c] : consumers_) {
    if (c->link.is_welcome() && c->link.request().wanted == wanted) {
      sum += c->link.request().frames();
    }
  }
  return sum;
}

void camera_channel::tell_demand() {
  camera_demand now;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [id, c] : consumers_) {
      if (!c->link.is_welcome()) continue;
      now.pictures = greatest(now.pictures, c->link.request().pictures);
      now.held_frames += c->link.request().decoded_frames();
    }
  }
  const std::lock_guard lock{listener_mutex_};
  if (now == told_ || !listener_) return;
  told_ = now;
  listener_(now);
}

void camera_channel::publish(const frame& f) {
  {
    const std::lock_guard lock{mutex_};
    if (closed_) return;
    latest_ = std::make_shared<published_frame>(published_frame{f, {}});
    for (const auto& [id, c] : consumers_) {
      if (c->link.is_welcome()) c->link.offer(latest_, counts_);
    }
  }
  pump();
}

void camera_channel::forget_newest() {
  const std::lock_guard lock{mutex_};
  latest_.reset();
}

void camera_channel::pump() {
  std::unique_lock lock{mutex_};
  while (const auto needed = send_ready()) {
    lock.unlock();
    auto made = needed->maker->make(needed->source->native, needed->layout, needed->slots);
    if (!made && made.error().kind() != error_kind::retry) report(made.error());
    lock.lock();
    auto& place = needed->source->made[needed->wanted];
    if (made) {
      place = *std::move(made);
      ++counts_.converted;
      counts_.converted_bytes += needed->layout.bytes;
    }
    // Its consumers may have left, and others may have come and got another maker.
    const auto shop = workshops_.find(needed->wanted);
    if (shop == workshops_.end() || shop->second.maker != needed->maker) continue;
    shop->second.at_work = false;
    if (made) {
      shop->second.trouble.clear();
    } else if (made.error().kind() != error_kind::retry) {
      shop->second.trouble = made.error().message();
    }
  }
}

// Sends what can be sent. Returns a conversion to make when there is one.
std::optional<camera_channel::job> camera_channel::send_ready() {
  for (const auto& [id, c] : consumers_) {
    if (auto needed = serve(*c)) return needed;
  }
  return std::nullopt;
}

std::optional<camera_channel::job> camera_channel::serve(consumer& c) {
  while (const auto f = c.link.next()) {
    const auto& wanted = c.link.request().wanted;
    const auto shop = workshops_.find(wanted);
    if (shop == workshops_.end()) {
      if (!give(c, f->native)) break;
      continue;
    }
    const auto layout = lay_out(wanted, f->native);
    if (!layout) {
      c.link.refuse({lease::refusal::unsupported, layout.error().message()});
      break;
    }
    if (*layout && is_far_larger(**layout, f->native)) {
      c.link.refuse(
          {lease::refusal::unsupported, "a picture of " + std::to_string((*layout)->width) +
                                            "x" + std::to_string((*layout)->height) +
                                            " would be more than four times the camera's own"});
      break;
    }
    const auto made = f->made.find(wanted);
    if (*layout && made == f->made.end()) {
      if (shop->second.at_work) return std::nullopt;
      // Besides what consumers have: one for newcomers, and one that is being made.
      const auto slots = frames_of(wanted) + 2;
      if ((*layout)->bytes > around_->options.max_rendition_bytes / slots) {
        c.link.refuse({lease::refusal::busy,
                       "so many frames of this size would take more than " +
                           std::to_string(around_->options.max_rendition_bytes >> 20U) +
                           " MiB: ask for fewer leases, a smaller size or the decoded one"});
        break;
      }
      shop->second.at_work = true;
      return job{f, wanted, shop->second.maker, **layout, slots};
    }
    if (*layout && !made->second) {
      c.link.skip(drop_reason::no_free_slot, counts_);
      set_trouble(c, shop->second.trouble);
      continue;
    }
    const bool luma = wanted.format == pixel_format::gray8;
    if (!give(c, *layout ? *made->second : luma ? luma_of(f->native) : f->native)) break;
  }
  watch_for_room(c);
  return std::nullopt;
}

bool camera_channel::give(consumer& c, const frame& f) {
  const auto sent = c.link.give(f);
  if (sent == consumer_link::sending::later) {
    set_trouble(c, "the system has no room for another descriptor or message just now");
  }
  if (sent != consumer_link::sending::done) return false;
  set_trouble(c, {});
  ++counts_.delivered;
  return true;
}

void camera_channel::set_trouble(consumer& c, const std::string& words) {
  if (words == c.trouble) return;
  c.trouble = words;
  tell_state(c);
}

void camera_channel::watch_for_room(consumer& c) {
  const bool wanted = c.link.wants_room();
  if (wanted == std::exchange(c.awaits_room, wanted)) return;
  around_->loop->change(c.token, c.link.fd(), wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void camera_channel::tell_state(consumer& c) {
  const auto sent = c.link.tell(state_, reason_.empty() ? c.trouble : reason_);
  c.owes_state = sent == consumer_link::sending::full || sent == consumer_link::sending::later;
}

void camera_channel::state_changed(camera_state state, std::string_view reason) {
  const std::lock_guard lock{mutex_};
  if (closed_) return;
  state_ = state;
  reason_ = reason;
  // What was seen before an interruption is no news to a newcomer after it.
  if (state != camera_state::streaming) latest_.reset();
  for (const auto& [id, c] : consumers_) {
    if (!c->link.is_welcome()) continue;
    tell_state(*c);
    watch_for_room(*c);
  }
}

void camera_channel::close(std::string_view reason) {
  {
    const std::lock_guard lock{listener_mutex_};
    listener_ = nullptr;
  }
  const std::lock_guard lock{mutex_};
  if (std::exchange(closed_, true)) return;
  latest_.reset();
  if (acceptor_) acceptor_->close();
  for (const auto& [id, c] : consumers_) {
    if (c->link.is_welcome()) (void)c->link.tell(camera_state::stopped, reason);
    c->link.refuse({lease::refusal::closed, std::string{reason}});
    around_->loop->forget(c->token, c->link.fd());
  }
  consumers_.clear();
  workshops_.clear();
}

delivery_counts camera_channel::counts() const {
  const std::lock_guard lock{mutex_};
  auto now = counts_;
  for (const auto& [id, c] : consumers_) {
    if (!c->link.is_welcome()) continue;
    ++now.consumers;
    now.leases += c->link.leases();
  }
  return now;
}

}  // namespace camherd
