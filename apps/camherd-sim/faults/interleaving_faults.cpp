#include "apps/camherd-sim/faults/impaired_camera.hpp"

#include <string>

namespace camherd::faults {
namespace {

constexpr unsigned row = 10;

using kind = wire_piece::kind;
using pieces = std::vector<wire_piece>;

const std::string garbage = "\x01\x02garbage\xff\xfe";
const byte_vector not_rtp{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09};

wire_piece text(const std::string& words) {
  return {kind::bytes, {words.begin(), words.end()}};
}

/// A packet whose frame says that it is of `length` bytes.
wire_piece framed_as(std::size_t length, const byte_vector& packet) {
  byte_vector bytes{'$', 0, static_cast<std::uint8_t>(length >> 8),
                    static_cast<std::uint8_t>(length)};
  bytes.insert(bytes.end(), packet.begin(), packet.end());
  return {kind::bytes, std::move(bytes)};
}

/// Sends `extra` before every `nth` packet.
impairment_maker before_every(unsigned nth, pieces extra) {
  return interspersing([=](std::uint64_t number, const byte_vector&) {
    return number % nth == 0 ? extra : pieces{};
  });
}

bool ends_picture(const byte_vector& packet) {
  return (packet[1] & 0x80) != 0;
}

/// The packets of a picture that are meant.
enum class which : unsigned char { any, last };

/// Says of every `nth` packet of more than `least` bytes that it is of `add` bytes more.
impairment_maker lying_about_length(unsigned nth, std::size_t least, int add,
                                    which meant = which::any) {
  return [=]() -> impairment {
    return [=, number = 0U](byte_vector packet) mutable -> pieces {
      if (packet.size() <= least || (meant == which::last && !ends_picture(packet)) ||
          ++number % nth != 0) {
        return {{kind::rtp, std::move(packet)}};
      }
      const auto length = static_cast<std::size_t>(static_cast<int>(packet.size()) + add);
      return {framed_as(length, packet)};
    };
  };
}

/// Sends `extra` behind every `nth` picture.
impairment_maker behind_every(unsigned nth, const std::string& extra) {
  return [=]() -> impairment {
    return [=, number = 0U](byte_vector packet) mutable -> pieces {
      if (!ends_picture(packet) || ++number % nth != 0) return {{kind::rtp, std::move(packet)}};
      auto both = framed_as(packet.size(), packet);
      both.bytes.insert(both.bytes.end(), extra.begin(), extra.end());
      return {std::move(both)};
    };
  };
}

impairment_maker instead_of_packets(std::function<wire_piece(const byte_vector&)> other) {
  return [=]() -> impairment {
    return [=](const byte_vector& packet) -> pieces { return {other(packet)}; };
  };
}

/// A packet of another session before each: of another source, or only of other numbers.
impairment_maker stale_packets(bool other_source) {
  return interspersing([=](std::uint64_t, const byte_vector& packet) -> pieces {
    auto stale = packet;
    if (other_source) set_ssrc(stale, 0x0badcafe);
    set_sequence(stale, static_cast<std::uint16_t>(sequence_of(packet) + 20000));
    set_timestamp(stale, timestamp_of(packet) + 1000000);
    return {{kind::rtp, std::move(stale)}};
  });
}

fault_list wrong_lengths() {
  // What begins like a packet of 256 bytes, which the next packets then seem to belong to.
  const byte_vector false_packet{'$', 0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8};
  return {
      packet_fault("length-too-long", row,
                   "says of every 40th packet that it is 50 bytes longer than it is.",
                   streams_on_with_notice("neither RTSP nor RTP are skipped", "packets_lost"),
                   lying_about_length(40, 0, 50)),
      packet_fault(
          "length-too-short", row,
          "says of every 25th packet that it is 5 bytes shorter than it is.",
          streams_on_with_notice("neither RTSP nor RTP are skipped", "dropped.corrupt"),
          lying_about_length(25, 30, -5)),
      packet_fault(
          "length-too-short-at-the-end", row,
          "says of every 7th picture's last packet that it is 5 bytes shorter than it "
          "is.",
          streams_on_with_notice("neither RTSP nor RTP are skipped", "dropped.corrupt"),
          lying_about_length(7, 30, -5, which::last)),
      packet_fault("length-zero", row, "sends packets of no bytes between the others.",
                   streams_on_with_notice("0 bytes are too few for a header"),
                   before_every(10, {framed_as(0, {})})),
      packet_fault("length-of-64-kib", row, "says of every packet that it is of 65535 bytes.",
                   {.state = "backoff", .event = "stall", .counter = "restarts.stall"},
                   instead_of_packets(
                       [](const byte_vector& packet) { return framed_as(65535, packet); })),
      packet_fault("false-packet-headers", row,
                   "sends bytes between packets that begin like a packet of 256 bytes.",
                   streams_on_with_notice("damaged packet", "packets_lost"),
                   before_every(40, {{kind::bytes, false_packet}})),
  };
}

fault_list strangers() {
  return {
      packet_fault("unknown-channels", row, "sends packets on channels that nobody has set up.",
                   streams_on_with_notice("packets on channel 9, which was not set up"),
                   before_every(1, {{kind::framed, not_rtp, 9},
                                    {kind::framed, not_rtp, 2},
                                    {kind::framed, not_rtp, 200}})),
      packet_fault(
          "garbage-between-pictures", row,
          "sends bytes without meaning behind every 7th picture, where they may be the "
          "rest of its last packet.",
          streams_on_with_notice("neither RTSP nor RTP are skipped", "dropped.corrupt"),
          behind_every(7, garbage)),
      packet_fault(
          "garbage-inside-pictures", row,
          "sends bytes without meaning between the packets of a picture, where they "
          "may be the rest of one that was cut.",
          streams_on_with_notice("neither RTSP nor RTP are skipped", "dropped.corrupt"),
          before_every(40, {text(garbage)})),
      packet_fault("garbage-without-end", row, "sends bytes without meaning in place of RTP.",
                   {.state = "backoff",
                    .event = "protocol",
                    .words = "bytes in a row that are neither RTSP nor interleaved packets",
                    .counter = "restarts.protocol"},
                   instead_of_packets(
                       [](const byte_vector&) { return text(std::string(16384, '\x7f')); })),
      packet_fault("garbage-as-rtcp", row, "sends bytes without meaning as RTCP.",
                   streams_on_with_notice("RTCP packet: its version is not 2"),
                   before_every(10, {{kind::framed, not_rtp, 1}})),
      packet_fault("requests-between-packets", row,
                   "sends requests with and without a body between packets.", streams_on(),
                   before_every(20, {text("SET_PARAMETER rtsp://127.0.0.1/live RTSP/1.0\r\n"
                                          "CSeq: 7\r\nContent-Length: 6\r\n\r\n$hello"),
                                     text("ANNOUNCE rtsp://127.0.0.1/live RTSP/1.0\r\n"
                                          "CSeq: 8\r\n\r\n")})),
      packet_fault("answers-nobody-asked-for", row,
                   "sends answers to requests that nobody made, between packets.", streams_on(),
                   before_every(20, {text("RTSP/1.0 200 OK\r\nCSeq: 4711\r\n\r\n")})),
      packet_fault("stale-session", row, "sends packets of another session's source as well.",
                   streams_on_with_notice("packets of another source"), stale_packets(true)),
      packet_fault("stale-session-of-one-source", row,
                   "sends packets of another session as well, under the same SSRC.",
                   streams_on(), stale_packets(false)),
      packet_fault(
          "ssrc-changes", row, "goes on under another SSRC in mid-session.",
          streams_on_with_notice("packets of another source"),
          rewriting([](std::uint64_t, byte_vector& packet) { set_ssrc(packet, 0x55667788); })),
  };
}

}  // namespace

fault_list interleaving_faults() {
  auto all = strangers();
  for (auto& one : wrong_lengths()) all.push_back(std::move(one));
  return all;
}

}  // namespace camherd::faults
