#include "core/rtsp/rtp.hpp"

#include "tests/support/catch.hpp"

#include <optional>
#include <string>
#include <vector>

using namespace camherd;
using namespace camherd::rtsp;
using namespace std::chrono_literals;

namespace {

using bytes = std::vector<std::uint8_t>;

bytes plain_packet() {
  return {0x80, 0xe0, 0x12, 0x34, 0x00, 0x01, 0x02, 0x03, 0xca, 0xfe, 0xba, 0xbe, 1, 2, 3};
}

// Feeds a receiver; time goes on by 10 ms and the RTP clock with it, packet by packet.
struct sender {
  std::optional<received_packet> send(std::uint16_t sequence, std::uint32_t ssrc = 1) {
    rtp_packet packet;
    packet.sequence = sequence;
    packet.ssrc = ssrc;
    packet.timestamp = timestamp += 900;
    now += 10ms;
    return receiver.accept(packet, now, 100);
  }

  rtp_receiver receiver{90000};
  mono_time now{std::chrono::hours{1}};
  std::uint32_t timestamp = 0xffffff00;
};

}  // namespace

TEST_CASE("an RTP header is read field by field", "[rtsp][rtp]") {
  const auto raw = plain_packet();
  const auto packet = parse_rtp(raw);
  REQUIRE(packet);
  CHECK(packet->marker);
  CHECK(packet->payload_type == 96);
  CHECK(packet->sequence == 0x1234);
  CHECK(packet->timestamp == 0x00010203);
  CHECK(packet->ssrc == 0xcafebabe);
  CHECK(packet->payload.data() == raw.data() + 12);
  CHECK(packet->payload.size() == 3);
}

TEST_CASE("CSRC list, extension and padding are no payload", "[rtsp][rtp]") {
  bytes raw{0xb2, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1};
  raw.insert(raw.end(), 8, 0xcc);                         // two CSRCs
  raw.insert(raw.end(), {0xbe, 0xde, 0, 1, 9, 9, 9, 9});  // one word of extension
  raw.insert(raw.end(), {7, 8, 0, 0, 3});                 // payload, padding
  const auto packet = parse_rtp(raw);
  REQUIRE(packet);
  CHECK(bytes(packet->payload.begin(), packet->payload.end()) == bytes{7, 8});
}

TEST_CASE("an RTP packet may be without payload", "[rtsp][rtp]") {
  auto raw = plain_packet();
  raw.resize(12);
  REQUIRE(parse_rtp(raw));
  CHECK(parse_rtp(raw)->payload.empty());
  raw[0] |= 0x20;
  raw.insert(raw.end(), {0, 0, 0, 4});
  REQUIRE(parse_rtp(raw));
  CHECK(parse_rtp(raw)->payload.empty());
}

TEST_CASE("RTP packets with lengths that lie are corrupt", "[rtsp][rtp]") {
  auto raw = plain_packet();
  std::string says = "RTP packet 4660: ";
  SECTION("short header") {
    raw.resize(11);
    says = "RTP packet: 11 bytes";
  }
  SECTION("version") {
    raw[0] = 0x40;
  }
  SECTION("CSRC list") {
    raw[0] |= 1;
  }
  SECTION("extension header") {
    raw[0] |= 0x10;
  }
  SECTION("extension") {
    raw[0] |= 0x10;
    raw.insert(raw.end(), {0, 0, 0xff, 0xff});
  }
  SECTION("padding past the payload") {
    raw[0] |= 0x20;
    raw.back() = 4;
  }
  SECTION("padding of nothing") {
    raw[0] |= 0x20;
    raw.back() = 0;
  }
  const auto packet = parse_rtp(raw);
  REQUIRE_FALSE(packet);
  CHECK(packet.error().kind() == error_kind::corrupt);
  CHECK(packet.error().message().rfind(says, 0) == 0);
}

TEST_CASE("16-bit numbers are extended over the wrap-around, both ways", "[rtsp][rtp]") {
  unwrapper numbers{16};
  CHECK(numbers.unwrap(65534) == 65534);
  CHECK(numbers.unwrap(65535) == 65535);
  CHECK(numbers.unwrap(0) == 65536);
  CHECK(numbers.unwrap(65535) == 65535);
  CHECK(numbers.unwrap(32766) == 65536 + 32766);
  CHECK(numbers.unwrap(65534) == 65534);  // equally near: the smaller
  numbers.reset();
  CHECK(numbers.unwrap(1) == 1);
  CHECK(numbers.unwrap(65535) == -1);
  CHECK(numbers.unwrap(1) == 1);
}

TEST_CASE("32-bit numbers are extended over the wrap-around, both ways", "[rtsp][rtp]") {
  constexpr std::int64_t round = std::int64_t{1} << 32;
  unwrapper numbers{32};
  CHECK(numbers.unwrap(0xfffffff0) == round - 16);
  CHECK(numbers.unwrap(16) == round + 16);
  CHECK(numbers.unwrap(0xfffffff0) == round - 16);
  CHECK(numbers.unwrap(0x7fffffef) == round + 0x7fffffef);
  CHECK(numbers.unwrap(0xffffffef) == round - 17);
  std::int64_t expected = numbers.unwrap(0);
  for (std::uint32_t i = 1; i <= 8; ++i) {
    expected += 0x60000000;
    CHECK(numbers.unwrap(i * 0x60000000U) == expected);
  }
}

TEST_CASE("packets in sequence pass without loss", "[rtsp][rtp]") {
  sender camera;
  for (std::uint32_t i = 0; i < 10; ++i) {
    const auto received = camera.send(static_cast<std::uint16_t>(65530 + i));
    REQUIRE(received);
    CHECK(received->extended_sequence == 65530 + i);
    CHECK(received->lost_before == 0);
    CHECK_FALSE(received->stream_restarted);
    CHECK(received->received_at == camera.now);
  }
  const auto& counted = camera.receiver.statistics();
  CHECK(counted.packets == 10);
  CHECK(counted.bytes == 1000);
  CHECK(counted.packets_lost == 0);
  CHECK(counted.jitter == 0ns);
}

TEST_CASE("loss is told with the packet after it", "[rtsp][rtp]") {
  sender camera;
  REQUIRE(camera.send(65534));
  const auto received = camera.send(3);
  REQUIRE(received);
  CHECK(received->lost_before == 4);
  CHECK(received->extended_sequence == 65539);
  CHECK(camera.receiver.statistics().packets_lost == 4);
}

TEST_CASE("duplicates and late packets are told apart", "[rtsp][rtp]") {
  sender camera;
  for (std::uint16_t sequence : {10, 11, 14, 15}) REQUIRE(camera.send(sequence));
  CHECK_FALSE(camera.send(15));  // duplicate
  CHECK_FALSE(camera.send(11));  // duplicate
  CHECK_FALSE(camera.send(12));  // late
  CHECK_FALSE(camera.send(12));  // now a duplicate
  CHECK_FALSE(camera.send(9));   // from before the first
  const auto& counted = camera.receiver.statistics();
  CHECK(counted.packets == 9);
  CHECK(counted.packets_duplicate == 3);
  CHECK(counted.packets_late == 2);
  // A late packet was of no use: the loss stays.
  CHECK(counted.packets_lost == 2);
  const auto next = camera.send(16);
  REQUIRE(next);
  CHECK(next->lost_before == 0);
}

TEST_CASE("late packets are told from duplicates after long loss", "[rtsp][rtp]") {
  sender camera;
  REQUIRE(camera.send(1));
  REQUIRE(camera.send(129 + 64));  // shares places in the history with 1 to 65
  CHECK_FALSE(camera.send(129));
  CHECK(camera.receiver.statistics().packets_late == 1);
  CHECK(camera.receiver.statistics().packets_duplicate == 0);
}

TEST_CASE("a far jump is believed when the next packet follows on", "[rtsp][rtp]") {
  const std::uint16_t jump = GENERATE(1000 + 3001, 1000 - 102, 40000);
  sender camera;
  REQUIRE(camera.send(1000));
  CHECK_FALSE(camera.send(jump));
  const auto received = camera.send(static_cast<std::uint16_t>(jump + 1));
  REQUIRE(received);
  CHECK(received->stream_restarted);
  CHECK(received->lost_before == 1);
  CHECK(received->extended_sequence == jump + 1);
  CHECK_FALSE(camera.send(static_cast<std::uint16_t>(jump + 2))->stream_restarted);
}

TEST_CASE("the nearest numbers are no jump", "[rtsp][rtp]") {
  sender camera;
  REQUIRE(camera.send(1000));
  CHECK_FALSE(camera.send(900));
  const auto received = camera.send(4000);
  REQUIRE(received);
  CHECK(received->lost_before == 2999);
  CHECK_FALSE(received->stream_restarted);
}

TEST_CASE("a single stray packet harms nothing", "[rtsp][rtp]") {
  sender camera;
  REQUIRE(camera.send(1000));
  CHECK_FALSE(camera.send(20000));
  const auto received = camera.send(1001);
  REQUIRE(received);
  CHECK(received->lost_before == 0);
  CHECK_FALSE(received->stream_restarted);
  CHECK_FALSE(camera.send(20001));
  CHECK(camera.receiver.statistics().packets_lost == 0);
}

TEST_CASE("a stale session's packets do not break the stream", "[rtsp][rtp]") {
  sender camera;
  for (std::uint16_t i = 0; i < 50; ++i) {
    const auto received = camera.send(i);
    REQUIRE(received);
    CHECK(received->lost_before == 0);
    CHECK_FALSE(received->stream_restarted);
    for (std::uint16_t k = 0; k < 5; ++k) {
      CHECK_FALSE(camera.send(static_cast<std::uint16_t>(500 + 5 * i + k), 2));
    }
  }
  CHECK(camera.receiver.foreign_packets() == 250);
  CHECK(camera.receiver.statistics().packets == 50);
}

TEST_CASE("another SSRC takes over when the current one is silent", "[rtsp][rtp]") {
  sender camera;
  REQUIRE(camera.send(10));
  std::uint16_t sequence = 7000;
  const auto silent_since = camera.now;
  std::optional<received_packet> received;
  while (!received) received = camera.send(sequence++, 2);
  CHECK(camera.now - silent_since >= rtp_receiver::ssrc_patience);
  CHECK(camera.now - silent_since <= rtp_receiver::ssrc_patience + 20ms);
  CHECK(received->stream_restarted);
  CHECK(received->packet.ssrc == 2);
  CHECK(received->lost_before == 1);
  CHECK(camera.receiver.make_report()->ssrc == 2);
}

TEST_CASE("after silence a new SSRC still needs two packets in sequence", "[rtsp][rtp]") {
  sender camera;
  REQUIRE(camera.send(10));
  camera.now += 5s;
  CHECK_FALSE(camera.send(7000, 2));
  CHECK_FALSE(camera.send(7002, 2));
  CHECK_FALSE(camera.send(7003, 3));
  CHECK_FALSE(camera.send(7004, 2));
  CHECK(camera.send(7005, 2));
}

TEST_CASE("the expected SSRC is believed at once, another one is tolerated", "[rtsp][rtp]") {
  sender camera;
  camera.receiver = rtp_receiver{90000, 1};
  REQUIRE(camera.send(5, 9));
  REQUIRE(camera.send(6, 9));
  const auto received = camera.send(100, 1);
  REQUIRE(received);
  CHECK(received->stream_restarted);
  CHECK(received->lost_before == 0);
  CHECK_FALSE(camera.send(7, 9));
  CHECK_FALSE(camera.send(8, 9));
}

TEST_CASE("jitter follows RFC 3550 appendix A.8", "[rtsp][rtp]") {
  sender camera;
  REQUIRE(camera.send(1));
  camera.now += 16ms;
  REQUIRE(camera.send(2));
  CHECK(camera.receiver.statistics().jitter == 1ms);
  REQUIRE(camera.send(3));
  CHECK(camera.receiver.statistics().jitter == 937500ns);
  CHECK(camera.receiver.make_report()->jitter == 84);
}

TEST_CASE("a receiver without clock rate measures no jitter", "[rtsp][rtp]") {
  sender camera;
  camera.receiver = rtp_receiver{0};
  REQUIRE(camera.send(1));
  camera.now += 1s;
  REQUIRE(camera.send(2));
  CHECK(camera.receiver.statistics().jitter == 0ns);
}

TEST_CASE("reports count by interval and in all", "[rtsp][rtp]") {
  sender camera;
  CHECK_FALSE(camera.receiver.make_report());
  for (std::uint16_t sequence : {65532, 65533, 65535, 0}) REQUIRE(camera.send(sequence));
  auto report = camera.receiver.make_report();
  REQUIRE(report);
  CHECK(report->fraction_lost == 256 / 5);
  CHECK(report->cumulative_lost == 1);
  CHECK(report->highest_sequence == 65536);
  CHECK_FALSE(camera.send(65534));  // late: makes up for the loss
  REQUIRE(camera.send(1));
  report = camera.receiver.make_report();
  CHECK(report->fraction_lost == 0);
  CHECK(report->cumulative_lost == 0);
  report = camera.receiver.make_report();
  CHECK(report->fraction_lost == 0);
}

TEST_CASE("the fraction lost of a report stays below all", "[rtsp][rtp]") {
  sender camera;
  REQUIRE(camera.send(0));
  REQUIRE(camera.receiver.make_report());
  REQUIRE(camera.send(3000));
  CHECK(camera.receiver.make_report()->fraction_lost == 255);
}
