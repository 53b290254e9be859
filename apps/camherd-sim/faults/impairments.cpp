#include "apps/camherd-sim/faults/impairments.hpp"

#include <chrono>
#include <optional>
#include <random>
#include <utility>

namespace camherd::faults {
namespace {

using pieces = std::vector<wire_piece>;

wire_piece packet_piece(byte_vector packet) {
  return {wire_piece::kind::rtp, std::move(packet)};
}

/// Draws without a distribution, whose results differ between standard libraries.
class dice {
 public:
  explicit dice(chance when) : source_{when.seed}, per_mille_{when.per_mille} {}

  bool fall() { return source_() % 1000 < per_mille_; }

 private:
  std::mt19937 source_;
  unsigned per_mille_;
};

std::uint32_t read(const byte_vector& packet, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + size; ++i) value = value << 8 | packet[i];
  return value;
}

void write(byte_vector& packet, std::size_t at, std::size_t size, std::uint32_t value) {
  for (auto i = at + size; i > at; --i, value >>= 8) {
    packet[i - 1] = static_cast<std::uint8_t>(value);
  }
}

}  // namespace

impairment_maker losing(chance when, unsigned length) {
  return [=]() -> impairment {
    return [dice = dice{when}, length, to_lose = 0U](byte_vector packet) mutable -> pieces {
      if (to_lose == 0 && dice.fall()) to_lose = length;
      if (to_lose > 0) {
        --to_lose;
        return {};
      }
      return {packet_piece(std::move(packet))};
    };
  };
}

impairment_maker losing_all() {
  return []() -> impairment { return [](const byte_vector&) { return pieces{}; }; };
}

impairment_maker doubling(chance when) {
  return [=]() -> impairment {
    return [dice = dice{when}](const byte_vector& packet) mutable {
      pieces out{packet_piece(packet)};
      if (dice.fall()) out.push_back(packet_piece(packet));
      return out;
    };
  };
}

impairment_maker delaying(chance when, unsigned places) {
  return [=]() -> impairment {
    return [dice = dice{when}, places, held = std::optional<byte_vector>{},
            to_pass = 0U](byte_vector packet) mutable {
      if (!held && dice.fall()) {
        held = std::move(packet);
        to_pass = places;
        return pieces{};
      }
      pieces out{packet_piece(std::move(packet))};
      if (held && --to_pass == 0) out.push_back(packet_piece(*std::exchange(held, {})));
      return out;
    };
  };
}

impairment_maker both(impairment_maker first, impairment_maker second) {
  return [first = std::move(first), second = std::move(second)]() -> impairment {
    return [one = first(), other = second()](byte_vector packet) {
      pieces out;
      for (auto& piece : one(std::move(packet))) {
        if (piece.what != wire_piece::kind::rtp) {
          out.push_back(std::move(piece));
          continue;
        }
        for (auto& last : other(std::move(piece.bytes))) out.push_back(std::move(last));
      }
      return out;
    };
  };
}

impairment_maker rewriting(std::function<void(std::uint64_t, byte_vector&)> change) {
  return [change = std::move(change)]() -> impairment {
    return [change, number = std::uint64_t{0}](byte_vector packet) mutable {
      change(number++, packet);
      return pieces{packet_piece(std::move(packet))};
    };
  };
}

impairment_maker interspersing(std::function<pieces(std::uint64_t, const byte_vector&)> extra) {
  return [extra = std::move(extra)]() -> impairment {
    return [extra, number = std::uint64_t{0}](byte_vector packet) mutable {
      auto out = extra(number++, packet);
      out.push_back(packet_piece(std::move(packet)));
      return out;
    };
  };
}

impairment_maker counted(impairment_maker harm, std::shared_ptr<harm_tally> tally) {
  return [harm = std::move(harm), tally = std::move(tally)]() -> impairment {
    return [harm = harm(), tally](byte_vector packet) {
      auto out = harm(std::move(packet));
      tally->count(out.size());
      return out;
    };
  };
}

void harm_tally::count(std::size_t out) {
  const std::lock_guard lock{mutex_};
  ++in_;
  out_ += out;
  if (out == 0) ++held_back_;
  changed_.notify_all();
}

std::uint64_t harm_tally::withheld() const {
  const std::lock_guard lock{mutex_};
  return in_ - out_;
}

std::uint64_t harm_tally::added() const {
  const std::lock_guard lock{mutex_};
  return out_ > in_ ? out_ - in_ : 0;
}

std::uint64_t harm_tally::held_back() const {
  const std::lock_guard lock{mutex_};
  return held_back_;
}

std::uint64_t harm_tally::seen() const {
  const std::lock_guard lock{mutex_};
  return in_;
}

bool harm_tally::wait_for_withheld(std::uint64_t packets) const {
  return wait_until([&] { return in_ - out_ >= packets; });
}

bool harm_tally::wait_for_seen(std::uint64_t packets) const {
  return wait_until([&] { return in_ >= packets; });
}

bool harm_tally::wait_until(const std::function<bool()>& holds) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::minutes{1}, holds);
}

void set_marker(byte_vector& packet, bool marker) {
  packet[1] = static_cast<std::uint8_t>((packet[1] & 0x7fU) | (marker ? 0x80U : 0));
}

std::uint16_t sequence_of(const byte_vector& packet) {
  return static_cast<std::uint16_t>(read(packet, 2, 2));
}

void set_sequence(byte_vector& packet, std::uint16_t sequence) {
  write(packet, 2, 2, sequence);
}

std::uint32_t timestamp_of(const byte_vector& packet) {
  return read(packet, 4, 4);
}

void set_timestamp(byte_vector& packet, std::uint32_t timestamp) {
  write(packet, 4, 4, timestamp);
}

void set_ssrc(byte_vector& packet, std::uint32_t ssrc) {
  write(packet, 8, 4, ssrc);
}

}  // namespace camherd::faults
