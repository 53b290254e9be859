#include "core/rtsp/nal_depacketizer.hpp"

#include "core/rtsp/big_endian.hpp"
#include "core/rtsp/start_code.hpp"

#include <utility>
#include <vector>

namespace camherd::rtsp {
namespace {

std::span<const std::uint8_t> without_trailing_zeros(std::span<const std::uint8_t> nal) {
  while (!nal.empty() && nal.back() == 0) nal = nal.first(nal.size() - 1);
  return nal;
}

// Of three or four bytes.
bool begins_with_start_code(std::span<const std::uint8_t> nal) {
  return nal.size() >= 3 && nal[0] == 0 && nal[1] == 0 &&
         (nal[2] == 1 || (nal[2] == 0 && nal.size() >= 4 && nal[3] == 1));
}

std::uint8_t first_of(std::span<const std::uint8_t> bytes) {
  return bytes.empty() ? std::uint8_t{0} : bytes.front();
}

error malformed(const char* what) {
  return {error_kind::corrupt, what};
}

// The first error of several steps, all of which are taken.
void keep_first(result<void>& first, result<void> next) {
  if (first && !next) first = std::move(next);
}

}  // namespace

nal_depacketizer::nal_depacketizer(video_codec codec, std::uint32_t clock_rate,
                                   std::span<const std::uint8_t> parameter_sets,
                                   depacketizer_limits limits)
    : unit_depacketizer{codec, clock_rate, limits},
      codec_{codec},
      sets_{codec, limits.max_parameter_set_bytes} {
  for_each_nal(parameter_sets, [this](std::span<const std::uint8_t> nal) {
    if (role_of(codec_, nal) == nal_role::parameter_set) sets_.put(nal);
  });
  sets_.next_unit();
}

result<void> nal_depacketizer::end_fragments() {
  const bool open = in_fragment();
  if (open) lose_fragment();
  state_ = fragment_state::none;
  if (open) return damaged_by(error_kind::corrupt, "the last fragmented NAL unit has no end");
  return {};
}

result<void> nal_depacketizer::take_nal(std::span<const std::uint8_t> nal) {
  nal = without_trailing_zeros(nal);
  if (nal.empty() || given_up()) return {};
  const auto role = role_of(codec_, nal);
  // Some cameras send a byte stream as one NAL unit: with a start code before it, or (V380) as
  // an SPS with PPS and slice behind it. Slices are not searched: a start code in them is one
  // for the decoder too.
  if (begins_with_start_code(nal) || (!is_slice(role) && find_start_code(nal) < nal.size())) {
    return take_each_nal(nal);
  }
  if (!has_valid_header(codec_, nal)) {
    if (is_slice(role)) damage();
    return malformed("a NAL unit header that is not allowed");
  }
  if (is_slice(role)) return take_slice(nal);
  if (role == nal_role::parameter_set) return take_parameter_set(nal);
  if (is_delimiter_or_filler(codec_, nal)) return {};
  recovery_point_ = recovery_point_ || is_instant_recovery_point(codec_, nal);
  if (begin_nal(nal)) append(nal.subspan(nal_header_size(codec_)));
  return {};
}

result<void> nal_depacketizer::take_slice(std::span<const std::uint8_t> nal) {
  if (nal.size() <= nal_header_size(codec_)) {
    return damaged_by(error_kind::corrupt, "a slice without content");
  }
  if (begin_nal(nal) && append(nal.subspan(nal_header_size(codec_)))) keep_slice();
  return {};
}

result<void> nal_depacketizer::take_each_nal(std::span<const std::uint8_t> nals) {
  const auto next = find_start_code(nals);
  auto taken = take_nal(nals.first(next));
  for_each_nal(nals.subspan(next),
               [&](std::span<const std::uint8_t> nal) { keep_first(taken, take_nal(nal)); });
  return taken;
}

result<void> nal_depacketizer::take_parameter_set(std::span<const std::uint8_t> nal) {
  switch (sets_.put(nal)) {
    case parameter_set_cache::verdict::malformed:
      return malformed("a parameter set without a valid id");
    case parameter_set_cache::verdict::too_large:
      return malformed("the parameter sets pass their limit");
    case parameter_set_cache::verdict::unchanged:
    case parameter_set_cache::verdict::changed:
      break;
  }
  return {};
}

result<void> nal_depacketizer::take_aggregate(std::span<const std::uint8_t> payload) {
  result<void> taken;
  while (payload.size() > 2) {
    const std::size_t size = read_u16(payload, 0);
    payload = payload.subspan(2);
    if (size > payload.size()) {
      keep_first(taken,
                 damaged_by(error_kind::corrupt, "an aggregated NAL unit passes the end"));
      return taken;
    }
    keep_first(taken, take_nal(payload.first(size)));
    payload = payload.subspan(size);
  }
  if (!payload.empty()) keep_first(taken, malformed("aggregated NAL units end early"));
  return taken;
}

result<void> nal_depacketizer::take_fragment(const fragment& part) {
  result<void> taken;
  if (part.start) {
    taken = end_fragments();
    keep_first(taken, begin_fragment(part));
  } else if (state_ == fragment_state::none) {
    taken = damaged_by(error_kind::corrupt, "a fragment of a NAL unit that did not begin");
    state_ = fragment_state::skipping;
  } else if (state_ == fragment_state::skipping) {
    damage();
  } else if (type_of(part) != fragment_type_) {
    lose_fragment();
    taken = damaged_by(error_kind::corrupt, "the NAL unit type changes between fragments");
  }
  if (state_ != fragment_state::open || !append(part.payload)) return taken;
  if (part.end) keep_first(taken, finish_fragment());
  return taken;
}

result<void> nal_depacketizer::begin_fragment(const fragment& part) {
  state_ = fragment_state::skipping;
  const std::array<std::uint8_t, 3> start{
      part.header[0], codec_ == video_codec::h265 ? part.header[1] : first_of(part.payload),
      first_of(part.payload)};
  const auto nal = std::span{start}.first(nal_header_size(codec_) + 1);
  if (part.payload.empty() || !has_valid_header(codec_, nal)) {
    return damaged_by(error_kind::corrupt,
                      "a fragmented NAL unit begins without a valid header");
  }
  if (!begin_nal(nal)) return {};
  fragment_type_ = type_of(part);
  state_ = fragment_state::open;
  return {};
}

result<void> nal_depacketizer::finish_fragment() {
  state_ = fragment_state::none;
  const auto content = payload().bytes().subspan(nal_begin_ + start_code.size());
  const auto nal = without_trailing_zeros(content);
  if (is_slice(role_)) {
    if (nal.size() <= nal_header_size(codec_)) {
      payload().truncate(nal_begin_);
      return damaged_by(error_kind::corrupt, "a slice without content");
    }
    payload().truncate(nal_begin_ + start_code.size() + nal.size());
    keep_slice();
    return {};
  }
  // What is no slice may have more in it and is looked at in one piece.
  const std::vector<std::uint8_t> whole{nal.begin(), nal.end()};
  payload().truncate(nal_begin_);
  return take_nal(whole);
}

unsigned nal_depacketizer::type_of(const fragment& part) const noexcept {
  return part.header[0] & (codec_ == video_codec::h264 ? 0x1fU : 0x7eU);
}

void nal_depacketizer::end_fragment() {
  // The packet that could be blamed is gone.
  static_cast<void>(finish_fragment());
}

void nal_depacketizer::lose_fragment() {
  if (state_ == fragment_state::open) payload().truncate(nal_begin_);
  state_ = fragment_state::skipping;
}

bool nal_depacketizer::begin_nal(std::span<const std::uint8_t> start) {
  role_ = role_of(codec_, start);
  if (is_slice(role_)) {
    picture_part_begins(begins_picture(codec_, start) ? picture_part::first
                                                      : picture_part::later);
    if (!has_picture()) {
      reserve_for(role_ == nal_role::keyframe_slice ? picture_kind::keyframe
                                                    : picture_kind::other);
    }
    if (!lead_with_parameter_sets()) return false;
  }
  nal_begin_ = payload().size();
  return append(start_code) && append(start.first(nal_header_size(codec_)));
}

bool nal_depacketizer::lead_with_parameter_sets() {
  const bool all = role_ == nal_role::keyframe_slice || recovery_point_;
  if (all && lead_ != lead::all_sets) {
    lead_ = lead::all_sets;
    return prepend(sets_.deliver_all());
  }
  // Once for each unit: what is prepended moves the rest.
  if (lead_ == lead::none && sets_.has_undelivered()) {
    lead_ = lead::new_sets;
    return prepend(sets_.deliver_new());
  }
  return true;
}

void nal_depacketizer::keep_slice() {
  picture_part_kept();
  keyframe_ = keyframe_ || role_ == nal_role::keyframe_slice;
  reference_ = reference_ || role_ != nal_role::disposable_slice;
}

void nal_depacketizer::complete(access_unit& unit) {
  unit.keyframe = keyframe_;
  unit.reference = reference_;
  // Whether a picture behind a recovery point is intra-coded throughout is in its slices.
  if (recovery_point_) classify(unit);
}

void nal_depacketizer::unit_begins() {
  sets_.next_unit();
  lead_ = lead::none;
  keyframe_ = reference_ = recovery_point_ = false;
}

error nal_depacketizer::damaged_by(error_kind kind, const char* what) {
  damage();
  return {kind, what};
}

}  // namespace camherd::rtsp
