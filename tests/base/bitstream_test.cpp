#include "core/base/bitstream.hpp"

#include "core/base/bit_reader.hpp"
#include "tests/support/bit_writer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/nal_units.hpp"

#include <vector>

using namespace camherd;
using camherd::testing::annex_b;
using camherd::testing::bit_writer;
using camherd::testing::bytes;

namespace {

std::vector<bytes> nals_of(const bytes& stream) {
  std::vector<bytes> found;
  for_each_nal(stream, [&](std::span<const std::uint8_t> nal) {
    found.emplace_back(nal.begin(), nal.end());
  });
  return found;
}

access_unit unit_of(video_codec codec, const std::vector<bytes>& nals) {
  access_unit unit;
  unit.codec = codec;
  unit.payload.append(annex_b(nals));
  classify(unit);
  return unit;
}

}  // namespace

TEST_CASE("H.264 roles follow from the header", "[base][bitstream]") {
  using enum nal_role;
  const auto [header, role] = GENERATE(table<std::uint8_t, nal_role>({
      {0x67, parameter_set},
      {0x68, parameter_set},
      {0x6d, parameter_set},
      {0x6f, parameter_set},
      {0x65, keyframe_slice},
      {0x41, reference_slice},
      {0x21, reference_slice},
      {0x01, disposable_slice},
      {0x62, reference_slice},
      {0x06, other},
      {0x09, other},
      {0x0c, other},
      {0x78, other},
  }));
  CHECK(role_of(video_codec::h264, bytes{header}) == role);
}

TEST_CASE("H.265 roles follow from the header", "[base][bitstream]") {
  using enum nal_role;
  const auto [type, role] = GENERATE(table<int, nal_role>({
      {32, parameter_set},
      {33, parameter_set},
      {34, parameter_set},
      {16, keyframe_slice},
      {19, keyframe_slice},
      {21, keyframe_slice},
      {1, reference_slice},
      {9, reference_slice},
      {0, disposable_slice},
      {8, disposable_slice},
      {35, other},
      {39, other},
      {24, other},
  }));
  CHECK(role_of(video_codec::h265, bytes{static_cast<std::uint8_t>(type << 1), 1}) == role);
}

TEST_CASE("what is too short for a header has no role", "[base][bitstream]") {
  CHECK(role_of(video_codec::h264, {}) == nal_role::other);
  CHECK(role_of(video_codec::h265, bytes{0x26}) == nal_role::other);
}

TEST_CASE("headers that may not stand in a byte stream are told", "[base][bitstream]") {
  CHECK(has_valid_header(video_codec::h264, bytes{0x65}));
  CHECK_FALSE(has_valid_header(video_codec::h264, {}));
  CHECK_FALSE(has_valid_header(video_codec::h264, bytes{0xe5}));
  CHECK_FALSE(has_valid_header(video_codec::h264, bytes{0x60}));
  CHECK_FALSE(has_valid_header(video_codec::h264, bytes{0x7c}));
  CHECK(has_valid_header(video_codec::h265, bytes{0x26, 1}));
  CHECK_FALSE(has_valid_header(video_codec::h265, bytes{0x26}));
  CHECK_FALSE(has_valid_header(video_codec::h265, bytes{0xa6, 1}));
  CHECK_FALSE(has_valid_header(video_codec::h265, bytes{0x26, 0}));
  CHECK_FALSE(has_valid_header(video_codec::h265, bytes{48 << 1, 1}));
}

TEST_CASE("NAL units are found between start codes of either length", "[base][bitstream]") {
  CHECK(nals_of({0, 0, 1, 5, 6, 0, 0, 0, 1, 7, 0, 0, 1, 8, 9}) ==
        std::vector<bytes>{{5, 6}, {7}, {8, 9}});
}

TEST_CASE("zero bytes and what precedes the first start code belong to no NAL unit",
          "[base][bitstream]") {
  CHECK(nals_of({9, 9, 0, 0, 1, 5, 0, 0, 0, 0, 1, 6, 0, 0, 0}) == std::vector<bytes>{{5}, {6}});
  CHECK(nals_of({0, 0, 1, 0, 0, 1, 0, 0}).empty());
  CHECK(nals_of({0, 0, 1}).empty());
  CHECK(nals_of({1, 0, 0}).empty());
  CHECK(nals_of({}).empty());
}

TEST_CASE("start codes are found wherever they are", "[base][bitstream]") {
  for (std::size_t at = 0; at < 40; ++at) {
    bytes stream(60, 1);
    if (at > 0) stream[at - 1] = 7;
    stream[at] = stream[at + 1] = 0;
    REQUIRE(find_start_code(stream) == at);
    stream[at + 1] = 1;
    REQUIRE(find_start_code(stream) == stream.size());
  }
  CHECK(find_start_code(bytes{0, 0}) == 2);
  CHECK(find_start_code(bytes{}) == 0);
}

TEST_CASE("access units are classified by their slices", "[base][bitstream]") {
  using namespace camherd::testing::h264;
  const auto key = unit_of(video_codec::h264, {sps(), pps(), idr()});
  CHECK(key.keyframe);
  CHECK(key.reference);
  const auto between = unit_of(video_codec::h264, {sei, p_slice()});
  CHECK_FALSE(between.keyframe);
  CHECK(between.reference);
  const auto unneeded = unit_of(video_codec::h264, {disposable()});
  CHECK_FALSE(unneeded.keyframe);
  CHECK_FALSE(unneeded.reference);
  const auto sets = unit_of(video_codec::h264, {sps(), pps()});
  CHECK_FALSE(sets.keyframe);
  CHECK_FALSE(sets.reference);
}

TEST_CASE("an MJPEG picture is a keyframe that nothing refers to", "[base][bitstream]") {
  const auto unit = unit_of(video_codec::mjpeg, {});
  CHECK(unit.keyframe);
  CHECK_FALSE(unit.reference);
}

TEST_CASE("a recovery point counts before intra slices only", "[base][bitstream]") {
  using namespace camherd::testing::h264;
  const auto is_key = [](const std::vector<bytes>& nals) {
    return unit_of(video_codec::h264, nals).keyframe;
  };
  CHECK(is_key({recovery_point(0), i_slice(), i_slice()}));
  CHECK_FALSE(is_key({recovery_point(0), i_slice(), p_slice()}));
  CHECK_FALSE(is_key({recovery_point(0)}));
  CHECK_FALSE(is_key({recovery_point(1), i_slice()}));
  CHECK_FALSE(is_key({i_slice(), recovery_point(0)}));
  CHECK_FALSE(is_key({sei, i_slice()}));
}

TEST_CASE("an SEI cut anywhere is no recovery point", "[base][bitstream]") {
  const auto whole = camherd::testing::h264::recovery_point(0);
  CHECK(is_instant_recovery_point(video_codec::h264, whole));
  CHECK_FALSE(is_instant_recovery_point(video_codec::h265, whole));
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    CHECK_FALSE(is_instant_recovery_point(video_codec::h264, std::span{whole}.first(size)));
  }
}

TEST_CASE("bits are read across bytes and emulation prevention", "[base][bitstream]") {
  const bytes nal{0xa5, 0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 0x80};
  bit_reader reader{nal};
  CHECK(reader.bits(4) == 0xa);
  CHECK(reader.bits(12) == 0x500);
  CHECK(reader.bits(16) == 0x0001);
  CHECK(reader.bits(32) == 0);
  CHECK(reader.bits(8) == 0x80);
  CHECK_FALSE(reader.failed());
  CHECK(reader.bits(1) == 0);
  CHECK(reader.failed());
}

TEST_CASE("Exp-Golomb codes are read back", "[base][bitstream]") {
  bit_writer writer;
  const std::vector<std::uint32_t> values{0, 1, 2, 3, 7, 8, 254, 255, 65535, 0xfffffffe};
  writer.bits(1, 1);
  for (const auto value : values) {
    if (value != 0xfffffffe) writer.exp_golomb(value);
  }
  writer.bits(0, 31).bits(0xffffffff, 32);
  const auto written = writer.finish();
  // The writer adds no emulation prevention: the reader must not meet its pattern.
  bit_reader reader{written};
  CHECK(reader.bits(1) == 1);
  for (const auto value : values) CHECK(reader.exp_golomb() == value);
}

TEST_CASE("an Exp-Golomb code without end fails", "[base][bitstream]") {
  const bytes zeros(20);
  bit_reader reader{zeros};
  CHECK(reader.exp_golomb() == 0);
  CHECK(reader.failed());
}

TEST_CASE("bytes are skipped at any bit position", "[base][bitstream]") {
  const bytes nal{0xab, 0x12, 0x34, 0x56, 0x78};
  bit_reader aligned{nal};
  aligned.skip_bytes(2);
  CHECK(aligned.bits(8) == 0x34);
  aligned.skip_bytes(3);
  CHECK(aligned.failed());
  bit_reader shifted{nal};
  CHECK(shifted.bits(4) == 0xa);
  shifted.skip_bytes(2);
  CHECK(shifted.bits(8) == 0x45);
}
