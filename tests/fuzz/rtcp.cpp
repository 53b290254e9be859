#include "core/rtsp/rtcp.hpp"

#include "tests/fuzz/packet_sequence.hpp"

using namespace camherd;

namespace {

// Bytes of the input, zeros after its end.
struct reader {
  std::uint32_t number(unsigned count) {
    std::uint32_t value = 0;
    for (; count > 0; --count) {
      value = value << 8 | (rest.empty() ? 0U : rest[0]);
      if (!rest.empty()) rest = rest.subspan(1);
    }
    return value;
  }

  std::span<const std::uint8_t> rest;
};

// Compounds, each behind its 16-bit size.
void read_compounds(reader input) {
  rtsp::capture_clock clock{90000};
  while (!input.rest.empty()) {
    const std::size_t stated = input.number(2);
    const auto size = std::min(stated, input.rest.size());
    const std::vector<std::uint8_t> compound(input.rest.begin(),
                                             input.rest.begin() + static_cast<long>(size));
    input.rest = input.rest.subspan(size);
    const auto contents = rtsp::parse_rtcp(compound);
    if (!contents) {
      fuzz::demand(contents.error().kind() == error_kind::corrupt, "RTCP errors are corrupt");
      continue;
    }
    fuzz::demand(contents->bye || contents->bye_ssrcs.empty(), "SSRCs leave with a BYE");
    if (contents->report) clock.update(*contents->report);
    static_cast<void>(clock.captured_at(input.number(4)));
  }
}

// What the RTP side makes of any sequence of packets, and its reports.
void receive_packets(reader input) {
  rtsp::rtp_receiver receiver{90000, input.number(1)};
  rtsp::reorder_buffer reorder{std::chrono::milliseconds{20}, 5};
  mono_time now{};
  std::uint64_t delivered = 0;
  std::uint64_t pushed = 0;
  std::int64_t last = -1;
  const auto deliver = [&](std::span<const std::uint8_t> bytes, mono_time received_at) {
    ++delivered;
    const auto packet = rtsp::parse_rtp(bytes);
    if (!packet) return;
    const auto received = receiver.accept(*packet, received_at, bytes.size());
    if (!received) return;
    fuzz::demand(received->stream_restarted || received->extended_sequence > last,
                 "packets come in order");
    last = received->extended_sequence;
  };
  while (!input.rest.empty()) {
    const auto size = input.number(1) % 32;
    std::vector<std::uint8_t> packet(size);
    for (auto& byte : packet) byte = static_cast<std::uint8_t>(input.number(1));
    // Few SSRCs, so that streams form.
    if (size >= 12) packet[8] = packet[9] = packet[10] = 0;
    now += std::chrono::milliseconds{input.number(1)};
    reorder.expire(now, deliver);
    reorder.push(packet, now, deliver);
    ++pushed;
    fuzz::demand(reorder.waiting() <= 5, "no more packets wait than allowed");
    fuzz::demand(delivered + reorder.waiting() == pushed, "no packet is lost or doubled");
  }
  if (const auto report = receiver.make_report()) {
    const auto made = rtsp::make_receiver_report(1, *report, 2, 3, "fuzz");
    fuzz::demand(rtsp::parse_rtcp(made).has_value(), "our own reports are well-formed");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const reader input{{data + 1, size - 1}};
  if (data[0] % 2 == 0) {
    read_compounds(input);
  } else {
    receive_packets(input);
  }
  return 0;
}
