// What does it cost to join payloads to access units, beside copying their bytes?

#include "benchmarks/micro/camera_packets.hpp"
#include "core/rtsp/depacketizer.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace camherd::micro {
namespace {

void count(benchmark::State& state, const camera_packets& sent) {
  const auto rounds = state.iterations();
  state.SetBytesProcessed(rounds * static_cast<std::int64_t>(sent.payload_bytes));
  state.SetItemsProcessed(rounds * static_cast<std::int64_t>(sent.packets.size()));
}

void depacketize(benchmark::State& state, const camera_settings& camera) {
  auto sent = make_packets(camera);
  const auto reader = rtsp::make_depacketizer(camera.codec, 90000, {});
  std::size_t units = 0;
  const rtsp::depacketizer::emit take = [&units](access_unit unit) {
    benchmark::DoNotOptimize(unit.payload.data());
    ++units;
  };
  rtsp::received_packet received;
  std::uint32_t begin = 0;
  for (auto _ : state) {
    for (const auto& packet : sent.packets) {
      received.packet.sequence = static_cast<std::uint16_t>(++received.extended_sequence);
      received.packet.timestamp = begin + packet.timestamp;
      received.packet.marker = packet.ends_picture;
      received.packet.payload = packet.payload;
      if (!reader->push(received, take)) return state.SkipWithError("a packet was refused");
    }
    begin += sent.ticks;
  }
  if (units != static_cast<std::size_t>(state.iterations()) * sent.pictures)
    return state.SkipWithError("pictures are missing");
  count(state, sent);
}

// The bytes of a picture into a buffer that is there already: the limit.
void depacketize_memcpy(benchmark::State& state, const camera_settings& camera) {
  const auto sent = make_packets(camera);
  std::vector<std::uint8_t> picture(sent.payload_bytes);
  for (auto _ : state) {
    std::size_t size = 0;
    for (const auto& packet : sent.packets) {
      std::memcpy(picture.data() + size, packet.payload.data(), packet.payload.size());
      size = packet.ends_picture ? 0 : size + packet.payload.size();
      benchmark::ClobberMemory();
    }
  }
  count(state, sent);
}

// The same into new memory of the right size for each picture: the limit of whoever gives
// pictures away.
void depacketize_new_and_memcpy(benchmark::State& state, const camera_settings& camera) {
  const auto sent = make_packets(camera);
  std::vector<std::size_t> sizes(1);
  for (const auto& packet : sent.packets) {
    sizes.back() += packet.payload.size();
    if (packet.ends_picture) sizes.push_back(0);
  }
  for (auto _ : state) {
    auto next = sizes.begin();
    auto picture = std::make_unique_for_overwrite<std::uint8_t[]>(*next);
    std::size_t size = 0;
    for (const auto& packet : sent.packets) {
      std::memcpy(picture.get() + size, packet.payload.data(), packet.payload.size());
      size += packet.payload.size();
      benchmark::ClobberMemory();
      if (!packet.ends_picture) continue;
      benchmark::DoNotOptimize(picture.get());
      picture = std::make_unique_for_overwrite<std::uint8_t[]>(*++next);
      size = 0;
    }
  }
  count(state, sent);
}

const bool registered =
    measure_cameras({{"depacketize", depacketize},
                     {"depacketize_memcpy", depacketize_memcpy},
                     {"depacketize_new_and_memcpy", depacketize_new_and_memcpy}});

}  // namespace
}  // namespace camherd::micro
