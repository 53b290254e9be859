// What does a camera's TCP stream cost from the bytes of a read to the access unit, beside
// copying the bytes twice (out of the kernel, into the unit)?

#include "benchmarks/micro/camera_packets.hpp"
#include "core/rtsp/media_pipeline.hpp"
#include "core/rtsp/message.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace camherd::micro {
namespace {

constexpr std::size_t read_bytes = 64 * 1024;  // as the RTSP connection reads
constexpr std::size_t header_bytes = 4 + 12;   // interleaved, RTP
constexpr std::uint8_t payload_type = 96;

/// A round of packets as they come over TCP (RFC 2326 section 10.12).
class tcp_stream {
 public:
  explicit tcp_stream(const camera_packets& sent) : sent_{sent} {
    for (const auto& packet : sent.packets) {
      begins_.push_back(bytes_.size());
      const auto size = packet.payload.size() + 12;
      bytes_.insert(bytes_.end(), {'$', 0, static_cast<std::uint8_t>(size >> 8),
                                   static_cast<std::uint8_t>(size), 0x80});
      bytes_.push_back(
          static_cast<std::uint8_t>(payload_type | (packet.ends_picture ? 0x80 : 0)));
      bytes_.resize(bytes_.size() + 10, 0);
      bytes_.insert(bytes_.end(), packet.payload.begin(), packet.payload.end());
    }
  }

  /// Numbers the packets on from the last round.
  void next_round() {
    for (std::size_t i = 0; i < begins_.size(); ++i) {
      auto* const rtp = bytes_.data() + begins_[i] + 4;
      const auto time = begin_ + sent_.packets[i].timestamp;
      ++sequence_;
      rtp[2] = static_cast<std::uint8_t>(sequence_ >> 8);
      rtp[3] = static_cast<std::uint8_t>(sequence_);
      for (unsigned b = 0; b < 4; ++b)
        rtp[4 + b] = static_cast<std::uint8_t>(time >> (24 - 8 * b));
    }
    begin_ += sent_.ticks;
  }

  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  const camera_packets& sent_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::size_t> begins_;  // of the packets
  std::uint16_t sequence_ = 0;
  std::uint32_t begin_ = 0;
};

void count(benchmark::State& state, const camera_packets& sent) {
  const auto rounds = state.iterations();
  state.SetBytesProcessed(rounds * static_cast<std::int64_t>(sent.payload_bytes));
  state.SetItemsProcessed(rounds * static_cast<std::int64_t>(sent.packets.size()));
  using benchmark::Counter;
  const auto per = [&](std::size_t things) {
    return Counter(static_cast<double>(rounds) * static_cast<double>(things),
                   Counter::kIsRate | Counter::kInvert);
  };
  state.counters["time_per_packet"] = per(sent.packets.size());
  state.counters["time_per_unit"] = per(sent.pictures);
}

void ingest(benchmark::State& state, const camera_settings& camera) {
  const auto sent = make_packets(camera);
  tcp_stream stream{sent};
  rtsp::video_track track;
  track.codec = camera.codec;
  track.payload_type = payload_type;
  std::size_t units = 0;
  bool complained = false;
  rtsp::media_pipeline media{track,
                             std::nullopt,
                             {},
                             {[&units](access_unit unit) {
                                benchmark::DoNotOptimize(unit.payload.data());
                                ++units;
                              },
                              [&complained](const std::string&) { complained = true; }}};
  rtsp::stream_parser parser;
  for (auto _ : state) {
    stream.next_round();
    auto left = std::span{stream.bytes()};
    while (!left.empty()) {
      const auto room = parser.prepare(read_bytes);
      const auto size = std::min({room.size(), read_bytes, left.size()});
      std::memcpy(room.data(), left.data(), size);
      left = left.subspan(size);
      const auto now = std::chrono::steady_clock::now();
      parser.commit(size);
      for (;;) {
        const auto item = parser.next();
        if (!item) return state.SkipWithError("the stream cannot be read");
        if (!*item) break;
        media.push(std::get<rtsp::interleaved_packet>(**item).payload, now);
      }
    }
  }
  if (complained || units != static_cast<std::size_t>(state.iterations()) * sent.pictures)
    return state.SkipWithError("pictures are missing");
  count(state, sent);
}

void ingest_memcpy_twice(benchmark::State& state, const camera_settings& camera) {
  const auto sent = make_packets(camera);
  tcp_stream stream{sent};
  std::vector<std::uint8_t> buffer(read_bytes);
  std::vector<std::uint8_t> picture(sent.payload_bytes);
  for (auto _ : state) {
    stream.next_round();
    const auto* from = stream.bytes().data();
    std::size_t filled = 0;
    auto first = sent.packets.begin();
    std::size_t size = 0;
    for (auto packet = first; packet != sent.packets.end(); ++packet) {
      filled += header_bytes + packet->payload.size();
      const auto next = packet + 1;
      if (next != sent.packets.end() &&
          filled + header_bytes + next->payload.size() <= read_bytes) {
        continue;
      }
      std::memcpy(buffer.data(), from, filled);
      benchmark::ClobberMemory();
      from += filled;
      const auto* read = buffer.data();
      for (; first != next; ++first) {
        const auto bytes = first->payload.size();
        std::memcpy(picture.data() + size, read + header_bytes, bytes);
        benchmark::ClobberMemory();
        size = first->ends_picture ? 0 : size + bytes;
        read += header_bytes + bytes;
      }
      filled = 0;
    }
  }
  count(state, sent);
}

const bool registered =
    measure_cameras({{"ingest", ingest}, {"ingest_memcpy_twice", ingest_memcpy_twice}});

}  // namespace
}  // namespace camherd::micro
