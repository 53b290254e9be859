#include "core/rtsp/rtp.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>
#include <vector>

using namespace camherd;
using namespace camherd::rtsp;
using namespace std::chrono_literals;

namespace {

struct reordering {
  explicit reordering(std::size_t max_packets = 8) : buffer{50ms, max_packets} {}

  std::vector<std::uint8_t> packet(int sequence, std::uint8_t ssrc = 1) {
    return {0x80,
            96,
            static_cast<std::uint8_t>(sequence >> 8),
            static_cast<std::uint8_t>(sequence),
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            ssrc,
            42};
  }

  auto receive() {
    return [this](std::span<const std::uint8_t> bytes, mono_time received_at) {
      delivered.push_back(bytes[2] << 8 | bytes[3]);
      addresses.push_back(bytes.data());
      times.push_back(received_at);
    };
  }

  reordering& push(int sequence, std::uint8_t ssrc = 1) {
    const auto bytes = packet(sequence, ssrc);
    last_address = bytes.data();
    buffer.push(bytes, clock.now(), receive());
    return *this;
  }

  reordering& after(std::chrono::milliseconds time) {
    clock.advance(time);
    buffer.expire(clock.now(), receive());
    return *this;
  }

  testing::manual_clock clock;
  reorder_buffer buffer;
  std::vector<int> delivered;
  std::vector<const std::uint8_t*> addresses;
  std::vector<mono_time> times;
  const std::uint8_t* last_address = nullptr;
};

using order = std::vector<int>;

}  // namespace

TEST_CASE("packets in order pass at once and uncopied", "[rtsp][reorder]") {
  reordering network;
  for (int i : {65534, 65535, 0, 1}) {
    network.push(i);
    CHECK(network.addresses.back() == network.last_address);
    CHECK_FALSE(network.buffer.deadline());
  }
  CHECK(network.delivered == order{65534, 65535, 0, 1});
  CHECK(network.buffer.reordered() == 0);
}

TEST_CASE("early packets wait for those before them", "[rtsp][reorder]") {
  reordering network;
  const auto begin = network.clock.now();
  network.push(65533).push(0).push(65535);
  CHECK(network.delivered == order{65533});
  CHECK(network.buffer.waiting() == 2);
  CHECK(network.buffer.deadline() == begin + 50ms);
  network.clock.advance(5ms);
  network.push(65534);
  CHECK(network.delivered == order{65533, 65534, 65535, 0});
  CHECK(network.times[3] == begin);
  CHECK(network.times[1] == begin + 5ms);
  CHECK(network.buffer.reordered() == 2);
  CHECK_FALSE(network.buffer.deadline());
}

TEST_CASE("a packet waits no longer than the delay", "[rtsp][reorder]") {
  reordering network;
  network.push(1).push(4);
  network.after(20ms).push(3).push(6);
  network.after(29ms);
  CHECK(network.delivered == order{1});
  // 4 is due, 3 comes before it though it waited less; 6 still waits for 5.
  network.after(1ms);
  CHECK(network.delivered == order{1, 3, 4});
  CHECK(network.buffer.waiting() == 1);
  network.push(5);
  CHECK(network.delivered == order{1, 3, 4, 5, 6});
}

TEST_CASE("no more packets wait than allowed", "[rtsp][reorder]") {
  reordering network{3};
  network.push(1).push(5).push(4).push(8);
  CHECK(network.delivered == order{1});
  network.push(10);
  CHECK(network.delivered == order{1, 4, 5});
  CHECK(network.buffer.waiting() == 2);
}

TEST_CASE("duplicates and late packets pass for the receiver to count", "[rtsp][reorder]") {
  reordering network;
  network.push(10).push(10).push(8).push(13).push(13).push(12).push(11);
  CHECK(network.delivered == order{10, 10, 8, 11, 12, 13, 13});
  CHECK(network.buffer.reordered() == 2);
  rtp_receiver receiver{90000};
  for (int sequence : network.delivered) {
    const auto bytes = network.packet(sequence);
    static_cast<void>(receiver.accept(*parse_rtp(bytes), network.clock.now(), bytes.size()));
  }
  CHECK(receiver.statistics().packets_duplicate == 2);
  CHECK(receiver.statistics().packets_late == 1);
  CHECK(receiver.statistics().packets_lost == 0);
}

TEST_CASE("a jump of the sequence delivers what waits and begins anew", "[rtsp][reorder]") {
  const int jump = GENERATE(100 + 3003, 0xffff & (100 - 103), 30000);
  reordering network;
  network.push(100).push(102).push(jump).push((jump + 1) & 0xffff);
  CHECK(network.delivered == order{100, 102, jump, (jump + 1) & 0xffff});
  CHECK(network.buffer.waiting() == 0);
}

TEST_CASE("another SSRC delivers what waits and begins anew", "[rtsp][reorder]") {
  reordering network;
  network.push(100).push(102).push(103, 2).push(105, 2).push(104, 2);
  CHECK(network.delivered == order{100, 102, 103, 104, 105});
}

TEST_CASE("what is no RTP packet passes", "[rtsp][reorder]") {
  reordering network;
  network.push(7).push(9);
  const std::vector<std::uint8_t> stub{0x80, 96, 0, 8};
  network.buffer.push(stub, network.clock.now(), network.receive());
  CHECK(network.delivered == order{7, 8});
  CHECK(network.buffer.waiting() == 1);
}

TEST_CASE("any order within reach comes out in order", "[rtsp][reorder]") {
  reordering network{64};
  std::vector<int> sent;
  for (int i = 0; i < 600; ++i) sent.push_back((65300 + i) & 0xffff);
  std::uint32_t random = 1;
  for (std::size_t i = 1; i + 20 < sent.size(); i += 20) {
    for (std::size_t k = 19; k > 0; --k) {
      random = random * 1664525 + 1013904223;
      std::swap(sent[i + k], sent[i + random % (k + 1)]);
    }
  }
  for (int sequence : sent) network.push(sequence);
  order expected;
  for (int i = 0; i < 600; ++i) expected.push_back((65300 + i) & 0xffff);
  CHECK(network.delivered == expected);
}
