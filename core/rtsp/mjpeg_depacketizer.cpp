#include "core/rtsp/big_endian.hpp"
#include "core/rtsp/codec_depacketizers.hpp"
#include "core/rtsp/jfif_header.hpp"
#include "core/rtsp/unit_depacketizer.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace camherd::rtsp {
namespace {

constexpr std::size_t main_header_bytes = 8;
constexpr std::size_t restart_header_bytes = 4;
constexpr std::size_t table_header_bytes = 4;
constexpr std::array<std::uint8_t, 2> end_of_image{0xff, 0xd9};

depacketizer_limits with_room_for_end(depacketizer_limits limits) {
  limits.max_access_unit_bytes -= std::min(limits.max_access_unit_bytes, end_of_image.size());
  return limits;
}

error malformed(const char* what) {
  return {error_kind::corrupt, what};
}

/// RFC 2435.
class mjpeg_depacketizer final : public unit_depacketizer {
 public:
  mjpeg_depacketizer(std::uint32_t clock_rate, depacketizer_limits limits)
      : unit_depacketizer{video_codec::mjpeg, clock_rate, with_room_for_end(limits)} {}

 private:
  using tables = std::array<quantisation_table, 2>;
  struct known_tables {
    std::uint8_t q = 0;
    tables values;
  };

  [[nodiscard]] bool must_begin_unit(std::span<const std::uint8_t> payload) const override {
    return has_picture() && payload.size() >= main_header_bytes && read_u24(payload, 1) == 0;
  }
  [[nodiscard]] bool in_fragment() const noexcept override { return false; }
  void end_fragment() override {}
  void lose_fragment() override {}
  void unit_begins() override {
    scan_bytes_ = 0;
    cut_ = false;
  }

  void complete(access_unit& unit) override {
    unit.keyframe = true;
    unit.reference = false;
    const auto image = unit.payload.bytes();
    if (!std::equal(end_of_image.begin(), end_of_image.end(), image.end() - 2)) {
      unit.payload.append(end_of_image);
    }
  }

  result<void> take(const rtp_packet& packet) override;
  result<void> begin_image(std::span<const std::uint8_t> payload, std::size_t& position);
  result<tables> read_tables(std::uint8_t q, std::span<const std::uint8_t> payload,
                             std::size_t& position);

  std::vector<known_tables> known_tables_;  // of Q 128 to 254, at most one each
  std::size_t scan_bytes_ = 0;              // of the open unit
  bool cut_ = false;                        // a fragment is missing: the rest is left out
};

result<void> mjpeg_depacketizer::take(const rtp_packet& packet) {
  const auto payload = packet.payload;
  if (payload.size() < main_header_bytes) {
    damage();
    return malformed("a JPEG packet without header");
  }
  const std::size_t offset = read_u24(payload, 1);
  std::size_t position = main_header_bytes;
  if ((payload[4] & 0x40) != 0) position += restart_header_bytes;
  if (position > payload.size()) {
    damage();
    return malformed("a JPEG restart header passes the end");
  }
  if (offset == 0) {
    if (auto begun = begin_image(payload, position); !begun) {
      damage();
      return begun;
    }
  } else {
    picture_part_begins(picture_part::later);
  }
  if (!has_picture() || cut_) return {};
  if (offset != scan_bytes_) {
    damage();
    cut_ = true;
    return offset > scan_bytes_ ? result<void>{} : malformed("JPEG fragments overlap");
  }
  const auto scan = payload.subspan(position);
  if (append(scan)) scan_bytes_ += scan.size();
  return {};
}

result<void> mjpeg_depacketizer::begin_image(std::span<const std::uint8_t> payload,
                                             std::size_t& position) {
  const auto type = payload[4];
  if ((type & 0x80) != 0 || (type & 0x3f) > 1) {
    return error{error_kind::unsupported, "JPEG type " + std::to_string(type)};
  }
  jfif_parameters image;
  image.sampling = (type & 0x3f) == 0 ? chroma_sampling::yuv422 : chroma_sampling::yuv420;
  image.width = static_cast<std::uint16_t>(8 * payload[6]);
  image.height = static_cast<std::uint16_t>(8 * payload[7]);
  if (image.width == 0 || image.height == 0) {
    return error{error_kind::unsupported, "JPEG pictures above 2040 pixels"};
  }
  if ((type & 0x40) != 0) image.restart_interval = read_u16(payload, main_header_bytes);
  const auto quantisers = read_tables(payload[5], payload, position);
  if (!quantisers) return quantisers.error();

  picture_part_begins(picture_part::first);
  reserve_for(picture_kind::keyframe);
  if (append(make_jfif_header(image, *quantisers))) picture_part_kept();
  return {};
}

result<mjpeg_depacketizer::tables> mjpeg_depacketizer::read_tables(
    std::uint8_t q, std::span<const std::uint8_t> payload, std::size_t& position) {
  static constexpr std::uint8_t first_in_band = 128;
  static constexpr std::uint8_t always_in_band = 255;
  if (q < first_in_band) {
    if (q == 0 || q > 99) return malformed("a reserved JPEG quality");
    return tables_of_quality(q);
  }
  auto rest = payload.subspan(position);
  if (rest.size() < table_header_bytes) return malformed("a JPEG table header is cut");
  const auto precision = rest[1];
  const std::size_t length = read_u16(rest, 2);
  rest = rest.subspan(table_header_bytes);
  if (length > rest.size()) return malformed("the JPEG tables pass the end");
  position += table_header_bytes + length;
  rest = rest.first(length);

  const auto known = std::find_if(known_tables_.begin(), known_tables_.end(),
                                  [q](const known_tables& t) { return t.q == q; });
  if (rest.empty()) {
    if (known == known_tables_.end()) return malformed("JPEG tables that were never sent");
    return known->values;
  }
  tables sent;
  std::size_t count = 0;
  for (; count < sent.size() && !rest.empty(); ++count) {
    sent[count].wide = (precision >> count & 1) != 0;
    const auto size = sent[count].values().size();
    if (size > rest.size()) return malformed("a JPEG table is cut");
    std::copy_n(rest.begin(), size, sent[count].bytes.begin());
    rest = rest.subspan(size);
  }
  if (count == 1) sent[1] = sent[0];
  if (known != known_tables_.end()) {
    known->values = sent;
  } else if (q != always_in_band) {
    known_tables_.push_back({q, sent});
  }
  return sent;
}

}  // namespace

std::unique_ptr<depacketizer> make_mjpeg_depacketizer(std::uint32_t clock_rate,
                                                      depacketizer_limits limits) {
  return std::make_unique<mjpeg_depacketizer>(clock_rate, limits);
}

}  // namespace camherd::rtsp
