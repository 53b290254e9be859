#include "apps/camherd-sim/faults/scripted_media.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace camherd::faults {

namespace {

const byte_vector start_code{0, 0, 0, 1};
const byte_vector sps{0x67, 0x42, 0xc0, 0x1e, 0xda, 0x02, 0x80, 0xbf, 0xe5, 0xc0, 0x44};
const byte_vector pps{0x68, 0xce, 0x3c, 0x80};

void append(byte_vector& to, const byte_vector& more) {
  to.insert(to.end(), more.begin(), more.end());
}

void put16(byte_vector& to, std::uint16_t value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value));
}

void put32(byte_vector& to, std::uint32_t value) {
  put16(to, static_cast<std::uint16_t>(value >> 16));
  put16(to, static_cast<std::uint16_t>(value));
}

byte_vector slice(std::uint8_t header, std::uint8_t index, std::size_t size) {
  byte_vector nal{header, 0x88, index};
  while (nal.size() < size)
    nal.push_back(static_cast<std::uint8_t>(0x80 | (nal.size() & 0x7f)));
  return nal;
}

}  // namespace

std::vector<byte_vector> nal_units(const byte_vector& annex_b) {
  std::vector<byte_vector> found;
  constexpr std::array<std::uint8_t, 3> mark{0, 0, 1};
  auto at = std::search(annex_b.begin(), annex_b.end(), mark.begin(), mark.end());
  while (at != annex_b.end()) {
    const auto begin = at + mark.size();
    at = std::search(begin, annex_b.end(), mark.begin(), mark.end());
    auto end = at;
    // A fourth byte of the next start code; no NAL unit ends with zeros.
    while (end != begin && end[-1] == 0) --end;
    if (end != begin) found.emplace_back(begin, end);
  }
  return found;
}

std::string base64(const byte_vector& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::vector<byte_vector> packetizer::payloads_of(const byte_vector& nal) const {
  if (nal.size() <= how_.packet_size) return {nal};
  const bool h265 = how_.codec == video_codec::h265;
  const std::size_t header = h265 ? 2 : 1;
  const auto type = static_cast<std::uint8_t>(h265 ? nal[0] >> 1 & 0x3f : nal[0] & 0x1f);
  byte_vector head =
      h265 ? byte_vector{static_cast<std::uint8_t>((nal[0] & 0x81) | 49 << 1), nal[1]}
           : byte_vector{static_cast<std::uint8_t>((nal[0] & 0x60) | 28)};
  std::vector<byte_vector> parts;
  for (auto at = header; at < nal.size();) {
    const auto size = std::min(how_.packet_size - header - 1, nal.size() - at);
    const unsigned start = at == header ? 0x80 : 0;
    const unsigned end = at + size == nal.size() ? 0x40 : 0;
    auto part = head;
    part.push_back(static_cast<std::uint8_t>(start | end | type));
    part.insert(part.end(), nal.begin() + static_cast<std::ptrdiff_t>(at),
                nal.begin() + static_cast<std::ptrdiff_t>(at + size));
    parts.push_back(std::move(part));
    at += size;
  }
  return parts;
}

byte_vector packetizer::packet(const byte_vector& payload) {
  byte_vector bytes{0x80, how_.payload_type};
  put16(bytes, sequence_++);
  put32(bytes, timestamp_);
  put32(bytes, how_.ssrc);
  append(bytes, payload);
  return bytes;
}

std::vector<byte_vector> packetizer::packets(const byte_vector& unit,
                                             std::optional<std::uint32_t> timestamp) {
  if (timestamp) timestamp_ = *timestamp;
  std::vector<byte_vector> all;
  for (const auto& nal : nal_units(unit)) {
    for (const auto& payload : payloads_of(nal)) {
      all.push_back(packet(payload));
      if (how_.marker == marker_mode::always) all.back()[1] |= 0x80;
    }
  }
  if (how_.marker == marker_mode::at_end_of_unit && !all.empty()) all.back()[1] |= 0x80;
  timestamp_ += how_.timestamp_step;
  return all;
}

byte_vector sender_report_bytes(std::uint32_t ssrc, std::uint64_t ntp_time,
                                std::uint32_t rtp_time) {
  byte_vector bytes{0x80, 200, 0, 6};
  put32(bytes, ssrc);
  put32(bytes, static_cast<std::uint32_t>(ntp_time >> 32));
  put32(bytes, static_cast<std::uint32_t>(ntp_time));
  put32(bytes, rtp_time);
  put32(bytes, 0);
  put32(bytes, 0);
  return bytes;
}

byte_vector bye_bytes(std::uint32_t ssrc) {
  byte_vector bytes{0x80, 201, 0, 1};
  put32(bytes, ssrc);
  append(bytes, {0x81, 203, 0, 1});
  put32(bytes, ssrc);
  return bytes;
}

byte_vector test_parameter_sets() {
  byte_vector bytes = start_code;
  append(bytes, sps);
  append(bytes, start_code);
  append(bytes, pps);
  return bytes;
}

std::string test_sprop() {
  return base64(sps) + "," + base64(pps);
}

byte_vector keyframe_unit(std::uint8_t index, std::size_t size) {
  auto unit = test_parameter_sets();
  append(unit, start_code);
  append(unit, slice(0x65, index, size));
  return unit;
}

byte_vector picture_unit(std::uint8_t index, std::size_t size) {
  auto unit = start_code;
  append(unit, slice(0x41, index, size));
  return unit;
}

}  // namespace camherd::faults
