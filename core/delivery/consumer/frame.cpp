#include "core/delivery/consumer/frame_state.hpp"

#include <utility>

namespace camherd::consumer {
namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

// CLOCK_MONOTONIC is the steady clock of every standard library on Linux.
steady_clock::time_point steady(std::int64_t ns) noexcept {
  return steady_clock::time_point{duration_cast<steady_clock::duration>(nanoseconds{ns})};
}

metadata metadata_of(const lease::frame& m) noexcept {
  metadata info;
  info.sequence = m.sequence;
  info.unit_sequence = m.unit_sequence;
  info.generation = m.generation;
  info.rtp_time = m.rtp_time;
  info.clock_rate = m.clock_rate;
  info.captured_at = system_clock::time_point{
      duration_cast<system_clock::duration>(nanoseconds{m.captured_at})};
  info.received_at = steady(m.received_at);
  info.decoded_at = steady(m.decoded_at);
  info.published_at = steady(m.published_at);
  info.dropped_before = m.dropped_before;
  info.missed_before = m.missed_before;
  info.keyframe = (m.flags & lease::flag_keyframe) != 0;
  info.corrupt = (m.flags & lease::flag_corrupt) != 0;
  info.after_gap = (m.flags & lease::flag_after_gap) != 0;
  info.interlaced = (m.flags & lease::flag_interlaced) != 0;
  info.full_range = (m.flags & lease::flag_full_range) != 0;
  info.matrix = static_cast<colour_matrix>(m.matrix);
  return info;
}

}  // namespace

frame::state::state(const arrival& came, std::shared_ptr<lease_ledger> leases)
    : message{came.message},
      info{metadata_of(came.message)},
      memory{came.memory},
      ledger{std::move(leases)} {}

frame::state::~state() {
  ledger->give_back(message.lease);
}

frame::frame(std::unique_ptr<state> s) noexcept : state_{std::move(s)} {}
frame::frame(frame&&) noexcept = default;
frame& frame::operator=(frame&&) noexcept = default;
frame::~frame() = default;

const metadata& frame::info() const noexcept {
  return state_->info;
}

pixel_format frame::format() const noexcept {
  return static_cast<pixel_format>(state_->message.format);
}

std::uint32_t frame::width() const noexcept {
  return state_->message.width;
}

std::uint32_t frame::height() const noexcept {
  return state_->message.height;
}

unsigned frame::plane_count() const noexcept {
  return state_->message.plane_count;
}

plane frame::plane(unsigned index) const noexcept {
  const auto& m = state_->message;
  return {state_->memory->bytes() + m.plane_offset[index], m.plane_stride[index],
          m.plane_rows[index], m.plane_row_bytes[index]};
}

rect frame::content() const noexcept {
  const auto& m = state_->message;
  return {m.content_x, m.content_y, m.content_width, m.content_height};
}

std::uint32_t frame::source_width() const noexcept {
  return state_->message.source_width;
}

std::uint32_t frame::source_height() const noexcept {
  return state_->message.source_height;
}

std::chrono::nanoseconds frame::age() const noexcept {
  return steady_clock::now() - state_->info.received_at;
}

bool frame::intact() const noexcept {
  return state_->ledger->stands();
}

}  // namespace camherd::consumer
