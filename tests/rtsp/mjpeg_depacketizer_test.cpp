#include "core/rtsp/depacketizer.hpp"
#include "core/rtsp/jfif_header.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packet_script.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

using namespace camherd;
using namespace camherd::rtsp;
using namespace camherd::testing;

namespace {

struct mjpeg_script : packet_script {
  explicit mjpeg_script(depacketizer_limits limits = {})
      : packet_script{video_codec::mjpeg, {}, limits} {}
};

struct jpeg {
  std::uint8_t type = 1;
  std::uint8_t q = 50;
  std::uint8_t width = 80;   // of 8 pixels
  std::uint8_t height = 60;  // of 8 pixels
  std::optional<std::uint16_t> restart_interval;
  bytes tables;  // with their header
};

bytes fragment(const jpeg& image, std::size_t offset, const bytes& scan) {
  bit_writer header;
  header.bits(0, 8).bits(static_cast<std::uint32_t>(offset), 24);
  header.bits(image.type, 8).bits(image.q, 8).bits(image.width, 8).bits(image.height, 8);
  if (image.restart_interval) header.bits(*image.restart_interval, 16).bits(0xffff, 16);
  return joined({header.written(), offset == 0 ? image.tables : bytes{}, scan});
}

bytes in_band_tables(std::uint8_t precision, const bytes& values) {
  bytes out{0, precision, static_cast<std::uint8_t>(values.size() >> 8),
            static_cast<std::uint8_t>(values.size())};
  out.insert(out.end(), values.begin(), values.end());
  return out;
}

bytes segment_of(const bytes& image, std::uint8_t type) {
  for (std::size_t at = 2; at + 4 <= image.size() && image[at] == 0xff;) {
    const std::size_t size = 2 + (image[at + 2] << 8 | image[at + 3]);
    if (image[at + 1] == type) {
      return {image.begin() + static_cast<std::ptrdiff_t>(at),
              image.begin() + static_cast<std::ptrdiff_t>(at + size)};
    }
    if (image[at + 1] == 0xda) break;
    at += size;
  }
  return {};
}

bytes scan_of(const bytes& image) {
  const bytes header{0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0};
  const auto found = std::search(image.begin(), image.end(), header.begin(), header.end());
  REQUIRE(found != image.end());
  return {found + static_cast<std::ptrdiff_t>(header.size()), image.end()};
}

const bytes eoi{0xff, 0xd9};

}  // namespace

TEST_CASE("fragments become a JFIF image with header and end", "[rtsp][mjpeg]") {
  const auto first = filling(500, 1);
  const auto second = filling(300, 2);
  mjpeg_script camera;
  camera.picture({fragment({}, 0, first), fragment({}, 500, second)});
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.units[0].keyframe);
  CHECK_FALSE(camera.units[0].reference);
  CHECK_FALSE(camera.units[0].corrupt);
  CHECK(camera.units[0].codec == video_codec::mjpeg);
  const auto image = camera.payload(0);
  CHECK(bytes(image.begin(), image.begin() + 2) == bytes{0xff, 0xd8});
  CHECK(segment_of(image, 0xc0) ==
        bytes{0xff, 0xc0, 0, 17, 8, 1, 0xe0, 2, 0x80, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1});
  CHECK(scan_of(image) == joined({first, second, eoi}));
}

TEST_CASE("an end of image the camera sent is not doubled", "[rtsp][mjpeg]") {
  const auto scan = joined({filling(40, 1), eoi});
  mjpeg_script camera;
  camera.picture({fragment({}, 0, scan)});
  REQUIRE(camera.units.size() == 1);
  CHECK(scan_of(camera.payload(0)) == scan);
}

TEST_CASE("type 0 halves chroma in one direction only", "[rtsp][mjpeg]") {
  mjpeg_script camera;
  jpeg image;
  image.type = 0;
  camera.picture({fragment(image, 0, filling(40, 1))});
  CHECK(segment_of(camera.payload(0), 0xc0)[11] == 0x21);
}

TEST_CASE("restart markers are announced", "[rtsp][mjpeg]") {
  mjpeg_script camera;
  jpeg image;
  image.type = 65;
  image.restart_interval = 0x0102;
  const auto first = filling(500, 1);
  const auto second = filling(300, 2);
  camera.picture({fragment(image, 0, first), fragment(image, 500, second)});
  REQUIRE(camera.units.size() == 1);
  CHECK(segment_of(camera.payload(0), 0xdd) == bytes{0xff, 0xdd, 0, 4, 1, 2});
  CHECK(scan_of(camera.payload(0)) == joined({first, second, eoi}));
}

TEST_CASE("quantisers of a quality are scaled and in zigzag order", "[rtsp][mjpeg]") {
  const auto plain = tables_of_quality(50);
  const bytes luma(plain[0].bytes.begin(), plain[0].bytes.begin() + 12);
  CHECK(luma == bytes{16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17});
  CHECK(plain[0].bytes[63] == 99);
  const bytes chroma(plain[1].bytes.begin(), plain[1].bytes.begin() + 12);
  CHECK(chroma == bytes{17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66});
  CHECK(tables_of_quality(75)[0].bytes[0] == 8);
  CHECK(tables_of_quality(99)[0].bytes[0] == 1);
  CHECK(tables_of_quality(1)[0].bytes[0] == 255);
  CHECK(tables_of_quality(10)[0].bytes[0] == 80);
}

TEST_CASE("in-band tables are used and remembered by their Q", "[rtsp][mjpeg]") {
  const auto values = filling(128, 9);
  mjpeg_script camera;
  jpeg image;
  image.q = 200;
  image.tables = in_band_tables(0, values);
  camera.picture({fragment(image, 0, filling(40, 1))});
  image.tables = in_band_tables(0, {});
  camera.picture({fragment(image, 0, filling(40, 1))});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.payload(0) == camera.payload(1));
  auto luma = bytes{0xff, 0xdb, 0, 67, 0};
  luma.insert(luma.end(), values.begin(), values.begin() + 64);
  CHECK(segment_of(camera.payload(1), 0xdb) == luma);

  image.q = 201;
  camera.picture({fragment(image, 0, filling(40, 1))});
  CHECK(camera.units.size() == 2);
  REQUIRE(camera.errors.size() == 1);
  CHECK(camera.errors[0].message().find("never sent") != std::string::npos);
}

TEST_CASE("tables of Q 255 hold for one image", "[rtsp][mjpeg]") {
  mjpeg_script camera;
  jpeg image;
  image.q = 255;
  image.tables = in_band_tables(0, filling(128, 9));
  camera.picture({fragment(image, 0, filling(40, 1))});
  image.tables = in_band_tables(0, {});
  camera.picture({fragment(image, 0, filling(40, 1))});
  CHECK(camera.units.size() == 1);
  CHECK(camera.errors.size() == 1);
}

TEST_CASE("tables may have 16-bit values", "[rtsp][mjpeg]") {
  mjpeg_script camera;
  jpeg image;
  image.q = 255;
  image.tables = in_band_tables(2, filling(64 + 128, 9));
  camera.picture({fragment(image, 0, filling(40, 1))});
  REQUIRE(camera.units.size() == 1);
  const auto made = camera.payload(0);
  CHECK(segment_of(made, 0xdb).size() == 2 + 67);
  // Baseline has 8-bit tables only.
  CHECK(segment_of(made, 0xc0).empty());
  CHECK_FALSE(segment_of(made, 0xc1).empty());
}

TEST_CASE("an image is cut at a missing fragment", "[rtsp][mjpeg]") {
  mjpeg_script camera;
  const auto scan = filling(100, 1);
  camera.send(fragment({}, 0, scan)).lose();
  camera.send(fragment({}, 200, scan)).send(fragment({}, 300, scan), marker::set).next();
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.units[0].corrupt);
  CHECK(scan_of(camera.payload(0)) == joined({scan, eoi}));
  CHECK(camera.faults().malformed_packets == 0);
  camera.picture({fragment({}, 0, scan)});
  CHECK_FALSE(camera.units[1].corrupt);
}

TEST_CASE("an image without its first fragment is left out", "[rtsp][mjpeg]") {
  mjpeg_script camera;
  const auto scan = filling(100, 1);
  camera.picture({fragment({}, 0, scan)}).lose();
  camera.picture({fragment({}, 100, scan)}).picture({fragment({}, 0, scan)});
  REQUIRE(camera.units.size() == 2);
  CHECK(camera.units[1].after_gap);
  CHECK_FALSE(camera.units[1].corrupt);
}

TEST_CASE("an image without marker ends where the next one begins", "[rtsp][mjpeg]") {
  mjpeg_script camera;
  const auto scan = filling(100, 1);
  camera.send(fragment({}, 0, scan)).send(fragment({}, 100, scan));
  camera.send(fragment({}, 0, scan));  // the same timestamp
  REQUIRE(camera.units.size() == 1);
  camera.next().send(fragment({}, 0, scan));
  REQUIRE(camera.units.size() == 2);
  CHECK(scan_of(camera.payload(0)) == joined({scan, scan, eoi}));
  CHECK_FALSE(camera.units[0].corrupt);
}

TEST_CASE("a marker on every JPEG fragment is found out", "[rtsp][mjpeg]") {
  mjpeg_script camera;
  const auto scan = filling(100, 1);
  for (int i = 0; i < 3; ++i) {
    camera.send(fragment({}, 0, scan), marker::set);
    camera.send(fragment({}, 100, scan), marker::set).next();
  }
  camera.flush();
  REQUIRE(camera.units.size() == 3);
  for (std::size_t i : {1U, 2U}) {
    CHECK(scan_of(camera.payload(i)) == joined({scan, scan, eoi}));
    CHECK_FALSE(camera.units[i].corrupt);
  }
}

TEST_CASE("JPEG packets that break the format are named", "[rtsp][mjpeg]") {
  mjpeg_script camera;
  jpeg image;
  bytes packet;
  auto kind = error_kind::corrupt;
  SECTION("no header") {
    packet = {0, 0, 0, 0, 1, 50, 80};
  }
  SECTION("restart header cut") {
    packet = {0, 0, 0, 0, 65, 50, 80, 60, 1, 2};
  }
  SECTION("reserved quality") {
    image.q = GENERATE(0, 100, 127);
    packet = fragment(image, 0, {1});
  }
  SECTION("table header cut") {
    image.q = 128;
    packet = fragment(image, 0, {0, 0, 1});
  }
  SECTION("tables past the end") {
    image.q = 128;
    packet = fragment(image, 0, {0, 0, 0, 128, 1});
  }
  SECTION("a table cut") {
    image.q = 128;
    image.tables = in_band_tables(1, filling(127, 1));
    packet = fragment(image, 0, {1});
  }
  SECTION("unknown type") {
    image.type = GENERATE(2, 63, 66, 128);
    if (image.type == 66) image.restart_interval = 1;
    packet = fragment(image, 0, {1});
    kind = error_kind::unsupported;
  }
  SECTION("too large for RFC 2435") {
    image.width = 0;
    packet = fragment(image, 0, {1});
    kind = error_kind::unsupported;
  }
  camera.picture({packet});
  CHECK(camera.units.empty());
  REQUIRE(camera.errors.size() == 1);
  CHECK(camera.errors[0].kind() == kind);
  CHECK(camera.errors[0].message().rfind("RTP packet 65530: ", 0) == 0);
  camera.picture({fragment({}, 0, filling(40, 1))});
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.units[0].after_gap);
}

TEST_CASE("overlapping JPEG fragments are malformed", "[rtsp][mjpeg]") {
  mjpeg_script camera;
  const auto scan = filling(100, 1);
  camera.picture({fragment({}, 0, scan), fragment({}, 50, scan)});
  REQUIRE(camera.units.size() == 1);
  CHECK(camera.units[0].corrupt);
  CHECK(scan_of(camera.payload(0)) == joined({scan, eoi}));
  CHECK(camera.faults().malformed_packets == 1);
}

TEST_CASE("an image never passes the limit, its end included", "[rtsp][mjpeg]") {
  const auto scan = filling(400, 1);
  mjpeg_script generous;
  generous.picture({fragment({}, 0, scan)});
  depacketizer_limits limits;
  limits.max_access_unit_bytes = generous.payload(0).size();
  mjpeg_script exact{limits};
  exact.picture({fragment({}, 0, scan)});
  CHECK(exact.units.size() == 1);
  --limits.max_access_unit_bytes;
  mjpeg_script tight{limits};
  tight.picture({fragment({}, 0, scan)});
  CHECK(tight.units.empty());
  CHECK(tight.faults().oversized_units == 1);
}
