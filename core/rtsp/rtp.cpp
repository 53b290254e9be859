#include "core/rtsp/rtp.hpp"

#include "core/rtsp/big_endian.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace camherd::rtsp {
namespace {

constexpr std::size_t fixed_header_bytes = 12;

error corrupt_packet(std::span<const std::uint8_t> bytes, const char* what) {
  return {error_kind::corrupt,
          "RTP packet " + std::to_string(read_u16(bytes, 2)) + ": " + what};
}

// How far `sequence` is ahead of `reference`, the shorter way round.
int sequence_distance(std::uint16_t sequence, std::int64_t reference) {
  return static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(reference));
}

}  // namespace

result<rtp_packet> parse_rtp(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < fixed_header_bytes) {
    return error{error_kind::corrupt, "RTP packet: " + std::to_string(bytes.size()) +
                                          " bytes are too few for a header"};
  }
  if (bytes[0] >> 6 != 2) return corrupt_packet(bytes, "its version is not 2");
  rtp_packet packet;
  packet.marker = (bytes[1] & 0x80) != 0;
  packet.payload_type = bytes[1] & 0x7f;
  packet.sequence = read_u16(bytes, 2);
  packet.timestamp = read_u32(bytes, 4);
  packet.ssrc = read_u32(bytes, 8);

  std::size_t begin = fixed_header_bytes + std::size_t{4} * (bytes[0] & 0x0f);
  if (begin > bytes.size()) return corrupt_packet(bytes, "the CSRC list passes the end");
  if ((bytes[0] & 0x10) != 0) {
    if (begin + 4 > bytes.size()) {
      return corrupt_packet(bytes, "the header extension passes the end");
    }
    begin += 4 + std::size_t{4} * read_u16(bytes, begin + 2);
    if (begin > bytes.size()) {
      return corrupt_packet(bytes, "the header extension passes the end");
    }
  }
  std::size_t end = bytes.size();
  if ((bytes[0] & 0x20) != 0) {
    const std::size_t padding = bytes.back();
    if (padding == 0 || padding > end - begin) {
      return corrupt_packet(bytes, "the padding is longer than the payload, or empty");
    }
    end -= padding;
  }
  packet.payload = bytes.subspan(begin, end - begin);
  return packet;
}

std::int64_t unwrapper::unwrap(std::uint32_t value) {
  if (!last_) {
    last_ = value;
  } else if (bits_ == 16) {
    *last_ += static_cast<std::int16_t>(static_cast<std::uint16_t>(value) -
                                        static_cast<std::uint16_t>(*last_));
  } else {
    *last_ += static_cast<std::int32_t>(value - static_cast<std::uint32_t>(*last_));
  }
  return *last_;
}

bool rtp_receiver::confirms_candidate(const rtp_packet& packet) {
  const bool confirmed = candidate_ && candidate_->ssrc == packet.ssrc &&
                         candidate_->next_sequence == packet.sequence;
  candidate_ = {packet.ssrc, static_cast<std::uint16_t>(packet.sequence + 1)};
  return confirmed;
}

received_packet rtp_receiver::begin_sequence(const rtp_packet& packet, announcement announced,
                                             mono_time received_at) {
  const bool restarted = ssrc_.has_value();
  const std::uint64_t unused = announced == announcement::given_up ? 1 : 0;
  ssrc_ = packet.ssrc;
  candidate_.reset();
  first_sequence_ = highest_sequence_ = packet.sequence;
  seen_.reset();
  seen_.set(packet.sequence % seen_.size());
  received_ = 1;
  expected_before_ = received_before_ = 0;
  jitter_ = 0;
  last_transit_.reset();
  measure_jitter(packet.timestamp, received_at);
  statistics_.packets_lost += unused;
  return {packet, highest_sequence_, unused, restarted, received_at};
}

received_packet rtp_receiver::advance(const rtp_packet& packet, int distance,
                                      mono_time received_at) {
  const int skipped = std::min(distance - 1, static_cast<int>(seen_.size()));
  for (int i = 1; i <= skipped; ++i) {
    seen_.reset(static_cast<std::uint64_t>(highest_sequence_ + i) % seen_.size());
  }
  highest_sequence_ += distance;
  seen_.set(static_cast<std::uint64_t>(highest_sequence_) % seen_.size());
  ++received_;
  const auto lost = static_cast<std::uint64_t>(distance - 1);
  statistics_.packets_lost += lost;
  measure_jitter(packet.timestamp, received_at);
  return {packet, highest_sequence_, lost, false, received_at};
}

void rtp_receiver::count_old(std::int64_t extended) {
  const auto position = static_cast<std::uint64_t>(extended) % seen_.size();
  if (extended < first_sequence_) {
    ++statistics_.packets_late;
  } else if (seen_.test(position)) {
    ++statistics_.packets_duplicate;
  } else {
    ++statistics_.packets_late;
    ++received_;
    seen_.set(position);
  }
}

std::optional<received_packet> rtp_receiver::accept(const rtp_packet& packet,
                                                    mono_time received_at, std::size_t bytes) {
  auto announced = announcement::none;
  if (ssrc_ && packet.ssrc != *ssrc_) {
    const bool confirmed = confirms_candidate(packet);
    const bool patient = received_at - last_heard_ >= ssrc_patience;
    if (packet.ssrc != expected_ssrc_ && !(confirmed && patient)) {
      ++foreign_packets_;
      return std::nullopt;
    }
    if (confirmed) announced = announcement::given_up;
  }
  ++statistics_.packets;
  statistics_.bytes += bytes;
  last_heard_ = received_at;
  if (packet.ssrc != ssrc_) return begin_sequence(packet, announced, received_at);

  const int distance = sequence_distance(packet.sequence, highest_sequence_);
  if (distance > max_sequence_dropout || distance < -max_sequence_misorder) {
    if (!confirms_candidate(packet)) return std::nullopt;
    return begin_sequence(packet, announcement::given_up, received_at);
  }
  if (distance <= 0) {
    count_old(highest_sequence_ + distance);
    return std::nullopt;
  }
  candidate_.reset();
  return advance(packet, distance, received_at);
}

void rtp_receiver::measure_jitter(std::uint32_t timestamp, mono_time received_at) {
  if (clock_rate_ == 0) return;
  const auto since_start = received_at.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_start);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since_start - seconds);
  const auto arrival = static_cast<std::uint64_t>(seconds.count()) * clock_rate_ +
                       static_cast<std::uint64_t>(rest.count()) * clock_rate_ / 1'000'000'000;
  const auto transit = static_cast<std::uint32_t>(arrival) - timestamp;
  if (last_transit_) {
    const double change = static_cast<std::int32_t>(transit - *last_transit_);
    jitter_ += (std::abs(change) - jitter_) / 16;
  }
  last_transit_ = transit;
  statistics_.jitter =
      std::chrono::nanoseconds{static_cast<std::int64_t>(jitter_ * 1e9 / clock_rate_)};
}

std::optional<rtp_receiver::report> rtp_receiver::make_report() {
  if (!ssrc_) return std::nullopt;
  const auto expected = static_cast<std::uint64_t>(highest_sequence_ - first_sequence_ + 1);
  const auto expected_now = static_cast<std::int64_t>(expected - expected_before_);
  const auto lost_now = expected_now - static_cast<std::int64_t>(received_ - received_before_);
  expected_before_ = expected;
  received_before_ = received_;

  report made;
  made.ssrc = *ssrc_;
  if (expected_now > 0 && lost_now > 0) {
    made.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::int64_t>(255, lost_now * 256 / expected_now));
  }
  const auto lost = static_cast<std::int64_t>(expected) - static_cast<std::int64_t>(received_);
  made.cumulative_lost =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(lost, -0x800000, 0x7fffff));
  made.highest_sequence = static_cast<std::uint32_t>(highest_sequence_);
  made.jitter = static_cast<std::uint32_t>(jitter_);
  return made;
}

reorder_buffer::placing reorder_buffer::place(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < fixed_header_bytes) return placing::passes;
  if (read_u32(bytes, 8) != ssrc_) return placing::behind_jump;
  const int distance = sequence_distance(read_u16(bytes, 2), next_);
  // next_ is one past the highest, so that the receiver's distances are these plus one.
  if (distance >= max_sequence_dropout || distance < -max_sequence_misorder - 1) {
    return placing::behind_jump;
  }
  if (distance < 0) return placing::passes;
  if (distance > 0) return placing::early;
  if (!waiting_.empty()) ++reordered_;
  return placing::in_order;
}

void reorder_buffer::follow(std::span<const std::uint8_t> bytes) {
  ssrc_ = read_u32(bytes, 8);
  next_ = std::int64_t{read_u16(bytes, 2)} + 1;
}

void reorder_buffer::hold(std::span<const std::uint8_t> bytes, mono_time now) {
  entry held;
  if (!spare_.empty()) {
    held.bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  held.bytes.assign(bytes.begin(), bytes.end());
  held.sequence = next_ + sequence_distance(read_u16(bytes, 2), next_);
  held.received_at = now;
  // A duplicate goes behind its original, for the receiver to tell.
  auto position = waiting_.end();
  while (position != waiting_.begin() && std::prev(position)->sequence > held.sequence) {
    --position;
  }
  const bool duplicate =
      position != waiting_.begin() && std::prev(position)->sequence == held.sequence;
  if (position != waiting_.end() && !duplicate) ++reordered_;
  waiting_.insert(position, std::move(held));
}

std::size_t reorder_buffer::overdue(mono_time now) const {
  for (auto count = waiting_.size(); count > 0; --count) {
    if (waiting_[count - 1].received_at + max_delay_ <= now) return count;
  }
  return 0;
}

void reorder_buffer::release(entry&& done) {
  static constexpr std::size_t max_spare = 64;
  if (spare_.size() < max_spare) spare_.push_back(std::move(done.bytes));
}

std::optional<mono_time> reorder_buffer::deadline() const {
  if (waiting_.empty()) return std::nullopt;
  const auto first = std::min_element(
      waiting_.begin(), waiting_.end(),
      [](const entry& a, const entry& b) { return a.received_at < b.received_at; });
  return first->received_at + max_delay_;
}

}  // namespace camherd::rtsp
