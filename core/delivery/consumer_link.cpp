#include "core/delivery/consumer_link.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace camherd {
namespace {

template <std::size_t Size>
void fill(char (&field)[Size], std::string_view text) {
  // A text that is too long loses its end, but no half of a UTF-8 character is left.
  auto length = std::min(text.size(), Size - 1);
  if (length < text.size()) {
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U) --length;
  }
  std::memcpy(field, text.data(), length);
}

std::int64_t nanoseconds(mono_time at) {
  return std::chrono::nanoseconds{at.time_since_epoch()}.count();
}

lease::frame describe(const frame& f, std::uint64_t lease, std::uint32_t segment) {
  const auto& m = f.metadata;
  lease::frame said;
  said.lease = lease;
  said.segment = segment;
  said.format = static_cast<std::uint8_t>(f.format);
  said.plane_count = f.plane_count;
  said.flags = static_cast<std::uint8_t>(
      (m.keyframe ? lease::flag_keyframe : 0) | (m.corrupt ? lease::flag_corrupt : 0) |
      (m.after_gap ? lease::flag_after_gap : 0) | (m.full_range ? lease::flag_full_range : 0) |
      (m.interlaced ? lease::flag_interlaced : 0));
  said.matrix = static_cast<std::uint8_t>(m.matrix);
  said.width = f.width;
  said.height = f.height;
  for (std::size_t i = 0; i < f.plane_count; ++i) {
    said.plane_offset[i] = f.planes[i].offset;
    said.plane_stride[i] = f.planes[i].stride;
    said.plane_rows[i] = f.planes[i].rows;
    said.plane_row_bytes[i] = f.planes[i].row_bytes;
  }
  said.content_x = f.content.x;
  said.content_y = f.content.y;
  said.content_width = f.content.width;
  said.content_height = f.content.height;
  said.source_width = f.source_width;
  said.source_height = f.source_height;
  said.generation = m.generation;
  said.sequence = m.sequence;
  said.unit_sequence = m.unit_sequence;
  said.rtp_time = m.rtp_time;
  said.clock_rate = m.clock_rate;
  said.captured_at = std::chrono::nanoseconds{m.captured_at.time_since_epoch()}.count();
  said.received_at = nanoseconds(m.received_at);
  said.decoded_at = nanoseconds(m.decoded_at);
  said.published_at = nanoseconds(m.published_at);
  return said;
}

}  // namespace

consumer_link::sending consumer_link::welcome(const consumer_request& request,
                                              std::string_view camera) {
  lease::welcome said;
  said.leases = static_cast<std::uint8_t>(request.leases);
  fill(said.camera, camera);
  const auto sent = send(&said, sizeof(said));
  if (sent == sending::done) {
    request_ = request;
    schedule_.set_rate(request.pictures.max_fps);
  }
  return sent;
}

void consumer_link::refuse(const consumer_refusal& why) {
  lease::refused said;
  said.code = why.code;
  fill(said.text, why.text);
  (void)send(&said, sizeof(said));
  hang_up();
}

// Why it does not want `f`; nothing if it does.
std::optional<drop_reason> consumer_link::objection(const frame& f) const {
  const auto& m = f.metadata;
  if (m.keyframe) return std::nullopt;
  if (request_->pictures.level == decode_level::keyframes) return drop_reason::not_keyframe;
  if (request_->pictures.level == decode_level::references && !m.reference)
    return drop_reason::not_reference;
  return std::nullopt;
}

void consumer_link::miss(drop_reason why, delivery_counts& counts) {
  ++missed_;
  ++counts.dropped_by[static_cast<std::size_t>(why)];
}

void consumer_link::offer(const std::shared_ptr<published_frame>& f, delivery_counts& counts) {
  const auto& m = f->native.metadata;
  dropped_ += m.dropped_before;
  if (const auto why = objection(f->native)) return miss(*why, counts);
  schedule_.note(m.published_at);
  if (!schedule_.due(m.published_at)) return miss(drop_reason::rate_limit, counts);
  // A queue takes its turns as frames come, not as they are fetched.
  if (request_->queue_depth > 0) schedule_.taken(m.published_at);
  const auto room = std::max<std::size_t>(request_->queue_depth, 1);
  if (waiting_.size() >= room) {
    waiting_.pop_front();
    miss(drop_reason::consumer_busy, counts);
  }
  waiting_.push_back(f);
}

std::shared_ptr<published_frame> consumer_link::next() const {
  if (gone_ || wants_room_ || !request_ || leases_.size() >= request_->leases) return nullptr;
  return waiting_.empty() ? nullptr : waiting_.front();
}

void consumer_link::skip(drop_reason why, delivery_counts& counts) {
  waiting_.pop_front();
  miss(why, counts);
}

consumer_link::sending consumer_link::give(const frame& f) {
  if (const auto sent = retire_segments(); sent != sending::done) return sent;
  std::uint32_t segment = 0;
  if (const auto sent = announce(*f.slot.pool(), segment); sent != sending::done) return sent;
  auto said = describe(f, next_lease_, segment);
  said.dropped_before = dropped_;
  said.missed_before = missed_;
  const auto sent = send(&said, sizeof(said));
  if (sent != sending::done) return sent;
  leases_.emplace(next_lease_++, held_frame{f.slot, f.metadata.received_at});
  if (request_->queue_depth == 0) schedule_.taken(f.metadata.published_at);
  waiting_.pop_front();
  missed_ = dropped_ = 0;
  return sending::done;
}

std::optional<mono_time> consumer_link::release(std::uint64_t lease) {
  const auto held = leases_.extract(lease);
  if (!held) return std::nullopt;
  return held.mapped().received_at;
}

consumer_link::sending consumer_link::tell(camera_state state, std::string_view reason) {
  lease::state said;
  said.state = static_cast<std::uint32_t>(state);
  fill(said.reason, reason);
  return send(&said, sizeof(said));
}

// Memory that no frame will come from any more: its pool is gone, so nobody holds a slot of it.
consumer_link::sending consumer_link::retire_segments() {
  for (auto segment = segments_.begin(); segment != segments_.end();) {
    if (!segment->pool.expired()) {
      ++segment;
      continue;
    }
    lease::segment_retired said;
    said.id = segment->id;
    if (const auto sent = send(&said, sizeof(said)); sent != sending::done) return sent;
    segment = segments_.erase(segment);
  }
  return sending::done;
}

consumer_link::sending consumer_link::announce(const slot_pool& pool, std::uint32_t& id) {
  for (const auto& known : segments_) {
    if (known.pool.lock().get() == &pool) {
      id = known.id;
      return sending::done;
    }
  }
  lease::segment said;
  said.id = next_segment_;
  said.size = pool.segment().bytes().size();
  said.slot_size = pool.slot_bytes();
  const auto sent = send(&said, sizeof(said), pool.segment().fd());
  if (sent == sending::done) {
    segments_.push_back({pool.weak_from_this(), next_segment_});
    id = next_segment_++;
  }
  return sent;
}

// Whoever waits for this socket hears of it; what was sent can still be read.
void consumer_link::hang_up() {
  gone_ = true;
  ::shutdown(socket_.get(), SHUT_RDWR);
  // A socket that is closed with unread messages hides what it said last behind ECONNRESET.
  char unread[64];
  while (::recv(socket_.get(), unread, sizeof(unread), MSG_DONTWAIT) > 0) {
  }
}

consumer_link::sending consumer_link::send(const void* message, std::size_t size,
                                           int descriptor) {
  if (gone_) return sending::gone;
  if (wants_room_) return sending::full;
  iovec part{const_cast<void*>(message), size};
  msghdr envelope{};
  envelope.msg_iov = &part;
  envelope.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (descriptor >= 0) {
    envelope.msg_control = control;
    envelope.msg_controllen = sizeof(control);
    auto* const rights = CMSG_FIRSTHDR(&envelope);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), &descriptor, sizeof(descriptor));
  }
  for (;;) {
    if (::sendmsg(socket_.get(), &envelope, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
      return sending::done;
    switch (errno) {
      case EINTR:
        continue;
      case EAGAIN:
        wants_room_ = true;
        return sending::full;
      case ETOOMANYREFS:  // descriptors under way, which other consumers have not read
      case ENOBUFS:
      case ENOMEM:
        return sending::later;
      default:
        hang_up();
        return sending::gone;
    }
  }
}

}  // namespace camherd
