#include "tests/support/interlaced.hpp"

#include "core/base/bitstream.hpp"

#include <utility>

namespace camherd::testing {
namespace {

/// Writes one NAL unit bit by bit. The values used here never need emulation prevention.
class nal_writer {
 public:
  explicit nal_writer(std::uint8_t header) { bytes_.push_back(header); }

  nal_writer& bits(unsigned value, unsigned count) {
    for (; count > 0; --count) {
      if (filled_ == 0) bytes_.push_back(0);
      const auto bit = value >> (count - 1) & 1U;
      bytes_.back() |= static_cast<std::uint8_t>(bit << (7 - filled_));
      filled_ = (filled_ + 1) % 8;
    }
    return *this;
  }
  nal_writer& golomb(unsigned value) {
    unsigned length = 0;
    while ((value + 1) >> (length + 1) != 0) ++length;
    return bits(0, length).bits(value + 1, length + 1);
  }
  nal_writer& align() {
    filled_ = 0;
    return *this;
  }
  nal_writer& stop() { return bits(1, 1).align(); }

  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
  unsigned filled_ = 0;  // bits of the last byte
};

constexpr unsigned macroblocks_across = 2;
constexpr unsigned macroblocks_in_field = 2;

nal_writer sequence_parameters() {
  nal_writer out{0x67};
  out.bits(77, 8).bits(0, 8).bits(30, 8).golomb(0);  // Main profile
  out.golomb(0);                                     // frame_num has 4 bits
  out.golomb(0).golomb(4);                           // picture order count: type 0, 8 bits
  out.golomb(1).bits(0, 1);
  out.golomb(macroblocks_across - 1).golomb(0);  // one map unit of two macroblocks high
  out.bits(0, 1).bits(0, 1);                     // fields allowed, not adaptive by macroblock
  out.bits(1, 1).bits(0, 1).bits(0, 1);
  return out.stop();
}

nal_writer picture_parameters() {
  nal_writer out{0x68};
  out.golomb(0).golomb(0).bits(0, 1).bits(0, 1);  // CAVLC
  out.golomb(0).golomb(0).golomb(0).bits(0, 3);
  out.golomb(0).golomb(0).golomb(0);
  out.bits(1, 1).bits(0, 2);  // deblocking is told by the slice
  return out.stop();
}

enum class field_parity : unsigned { top, bottom };

/// One field as a slice of I_PCM macroblocks. The second field of an IDR picture is no IDR.
nal_writer field_slice(std::size_t frame, field_parity parity) {
  const bool first = parity == field_parity::top;
  nal_writer out{static_cast<std::uint8_t>(first ? 0x65 : 0x61)};
  out.golomb(0).golomb(7).golomb(0);  // I slices only
  out.bits(0, 4);                     // frame_num of an IDR picture and its second field
  out.bits(1, 1).bits(first ? 0 : 1, 1);
  if (first) out.golomb(static_cast<unsigned>(frame % 2));  // idr_pic_id differs from the last
  out.bits(first ? 0 : 1, 8);                               // pic_order_cnt_lsb
  if (first) {
    out.bits(0, 2);
  } else {
    out.bits(0, 1);
  }
  out.golomb(0).golomb(1);  // QP as it is; no deblocking
  const auto luma = static_cast<unsigned>((first ? 16 : 116) + frame);
  for (unsigned mb = 0; mb < macroblocks_in_field; ++mb) {
    out.golomb(25).align();
    for (int i = 0; i < 256; ++i) out.bits(luma, 8);
    for (int i = 0; i < 128; ++i) out.bits(128, 8);
  }
  return out.stop();
}

void add(access_unit& unit, const nal_writer& nal) {
  static constexpr std::uint8_t start_code[] = {0, 0, 0, 1};
  unit.payload.append(start_code);
  unit.payload.append(nal.bytes());
}

}  // namespace

std::vector<access_unit> make_field_stream(std::size_t frames) {
  std::vector<access_unit> units;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    for (const auto parity : {field_parity::top, field_parity::bottom}) {
      access_unit unit;
      unit.codec = video_codec::h264;
      if (parity == field_parity::top) {
        add(unit, sequence_parameters());
        add(unit, picture_parameters());
      }
      add(unit, field_slice(frame, parity));
      classify(unit);
      unit.sequence = units.size();
      unit.rtp_time = static_cast<std::int64_t>(units.size()) * 1800;
      units.push_back(std::move(unit));
    }
  }
  return units;
}

}  // namespace camherd::testing
