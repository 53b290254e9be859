#include "core/rtsp/rtcp.hpp"

#include "core/rtsp/big_endian.hpp"

#include <algorithm>
#include <chrono>

namespace camherd::rtsp {
namespace {

// RFC 3550 section 12.1.
enum packet_type : std::uint8_t {
  type_sender_report = 200,
  type_receiver_report = 201,
  type_source_description = 202,
  type_bye = 203,
};

constexpr std::size_t header_bytes = 4;
constexpr std::size_t sender_report_bytes = 28;  // without report blocks
constexpr std::uint64_t ntp_seconds_of_1970 = 2'208'988'800;

error corrupt_compound(const char* what) {
  return {error_kind::corrupt, std::string{"RTCP packet: "} + what};
}

sender_report read_sender_report(std::span<const std::uint8_t> packet) {
  sender_report report;
  report.ssrc = read_u32(packet, 4);
  report.ntp_time = std::uint64_t{read_u32(packet, 8)} << 32 | read_u32(packet, 12);
  report.rtp_time = read_u32(packet, 16);
  return report;
}

void put_u8(std::vector<std::uint8_t>& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value));
}

void put_u16(std::vector<std::uint8_t>& out, std::uint32_t value) {
  put_u8(out, value >> 8);
  put_u8(out, value);
}

void put_u32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  put_u16(out, value >> 16);
  put_u16(out, value);
}

// `words` counts the 32-bit words after the header.
void put_header(std::vector<std::uint8_t>& out, std::uint8_t count, packet_type type,
                std::size_t words) {
  put_u8(out, 0x80U | count);
  put_u8(out, type);
  put_u16(out, static_cast<std::uint32_t>(words));
}

}  // namespace

result<rtcp_contents> parse_rtcp(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < header_bytes) return corrupt_compound("too short for a header");
  rtcp_contents contents;
  while (bytes.size() >= header_bytes) {
    if (bytes[0] >> 6 != 2) return corrupt_compound("its version is not 2");
    const std::size_t size = header_bytes + std::size_t{4} * read_u16(bytes, 2);
    if (size > bytes.size()) return corrupt_compound("a length passes the end");
    const auto packet = bytes.first(size);
    const std::size_t count = packet[0] & 0x1f;
    if (packet[1] == type_sender_report) {
      if (size < sender_report_bytes) return corrupt_compound("the sender report is cut");
      if (!contents.report) contents.report = read_sender_report(packet);
    } else if (packet[1] == type_bye) {
      if (size < header_bytes + 4 * count) return corrupt_compound("the BYE is cut");
      contents.bye = true;
      contents.bye_ssrcs.clear();
      for (std::size_t i = 0; i < count; ++i) {
        contents.bye_ssrcs.push_back(read_u32(packet, header_bytes + 4 * i));
      }
    }
    bytes = bytes.subspan(size);
  }
  return contents;
}

std::vector<std::uint8_t> make_receiver_report(std::uint32_t own_ssrc,
                                               const rtp_receiver::report& report,
                                               std::uint32_t middle_ntp,
                                               std::uint32_t delay_since,
                                               std::string_view cname) {
  cname = cname.substr(0, 255);
  // SSRC, type, length, text, and at least one zero byte up to the next word.
  const std::size_t chunk_words = (4 + 2 + cname.size() + 1 + 3) / 4;
  std::vector<std::uint8_t> out;
  out.reserve(32 + header_bytes + 4 * chunk_words);

  put_header(out, 1, type_receiver_report, 7);
  put_u32(out, own_ssrc);
  put_u32(out, report.ssrc);
  put_u32(out, std::uint32_t{report.fraction_lost} << 24 |
                   (static_cast<std::uint32_t>(report.cumulative_lost) & 0xffffff));
  put_u32(out, report.highest_sequence);
  put_u32(out, report.jitter);
  put_u32(out, middle_ntp);
  put_u32(out, delay_since);

  put_header(out, 1, type_source_description, chunk_words);
  const auto chunk_end = out.size() + 4 * chunk_words;
  put_u32(out, own_ssrc);
  put_u8(out, 1);  // CNAME
  put_u8(out, static_cast<std::uint32_t>(cname.size()));
  out.insert(out.end(), cname.begin(), cname.end());
  out.resize(chunk_end);
  return out;
}

wall_time wall_from_ntp(std::uint64_t ntp_time) noexcept {
  const auto seconds = ntp_time >> 32;
  if (seconds < ntp_seconds_of_1970) return {};
  const auto nanoseconds = (ntp_time & 0xffffffff) * 1'000'000'000 >> 32;
  return wall_time{std::chrono::duration_cast<wall_time::duration>(
      std::chrono::seconds{seconds - ntp_seconds_of_1970} +
      std::chrono::nanoseconds{nanoseconds})};
}

void capture_clock::update(const sender_report& report) {
  last_ = report;
}

wall_time capture_clock::captured_at(std::uint32_t rtp_time) const {
  using namespace std::chrono;
  static constexpr sys_days earliest{year{2000} / January / 1};
  if (!last_ || clock_rate_ == 0) return {};
  const auto reported = wall_from_ntp(last_->ntp_time);
  if (reported < earliest) return {};
  const auto ticks = static_cast<std::int32_t>(rtp_time - last_->rtp_time);
  return reported + duration_cast<wall_time::duration>(
                        nanoseconds{std::int64_t{ticks} * 1'000'000'000 / clock_rate_});
}

}  // namespace camherd::rtsp
