#include "core/media/decoder.hpp"

#include "tests/media/recorder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/encoder.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

using namespace camherd;
using namespace camherd::testing;

TEST_CASE("each picture of an IPPP stream comes out with its own access unit",
          "[media][decoder]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265, video_codec::mjpeg);
  clip_options options;
  options.codec = codec;
  options.gop = 10;
  const auto units = encode_clip(options, 25);
  const auto d = decoder_for(codec);
  recorder heard;
  heard.compare_with = &options;

  const auto frames_after = decode_all(*d, units, heard);

  for (std::size_t i = 0; i < units.size(); ++i) CHECK(frames_after[i] == i + 1);
  CHECK(heard.indices() == count_to(25));
  CHECK(heard.drops.empty());
  for (std::size_t i = 0; i < heard.frames.size(); ++i) {
    const auto& shown = heard.frames[i];
    CHECK(shown.metadata.unit_sequence == i);
    CHECK_FALSE(shown.metadata.corrupt);
    CHECK(shown.metadata.keyframe == (codec == video_codec::mjpeg || i % 10 == 0));
    CHECK(shown.metadata.full_range == (codec == video_codec::mjpeg));
    CHECK(shown.width == 320);
    CHECK(shown.height == 192);
    CHECK(heard.errors[i] < 20);
  }
  CHECK(d->in_flight() == 0);
}

TEST_CASE("a frame carries the times of its access unit", "[media][decoder]") {
  clip_options options;
  options.b_frames = 2;
  auto units = encode_clip(options, 12);
  for (auto& unit : units) {
    unit.received_at = mono_time{std::chrono::milliseconds{unit.rtp_time + 1}};
    unit.captured_at = wall_time{std::chrono::seconds{unit.rtp_time + 2}};
  }
  const auto d = decoder_for(video_codec::h264);
  recorder heard;
  decode_all(*d, units, heard);
  d->drain(heard);

  REQUIRE(heard.frames.size() == 12);
  for (std::size_t i = 0; i < 12; ++i) {
    const auto& shown = heard.frames[i].metadata;
    CHECK(shown.rtp_time == static_cast<std::int64_t>(i) * 3600);
    CHECK(shown.clock_rate == 90000);
    CHECK(shown.received_at == mono_time{std::chrono::milliseconds{shown.rtp_time + 1}});
    CHECK(shown.captured_at == wall_time{std::chrono::seconds{shown.rtp_time + 2}});
    CHECK(shown.decoded_at.time_since_epoch().count() > 0);
  }
}

TEST_CASE("every layout we name comes out, cropped to the picture", "[media][decoder]") {
  struct expectation {
    video_codec codec;
    pixel_format format;
    std::string parameters;
  };
  const auto wanted = GENERATE(expectation{video_codec::h264, pixel_format::yuv420p, ""},
                               expectation{video_codec::h264, pixel_format::yuv422p, ""},
                               expectation{video_codec::h264, pixel_format::yuv444p, ""},
                               expectation{video_codec::h264, pixel_format::yuv420p10, ""},
                               expectation{video_codec::h264, pixel_format::yuv422p10, ""},
                               expectation{video_codec::h265, pixel_format::gray8, ""},
                               expectation{video_codec::h265, pixel_format::yuv420p, ""},
                               expectation{video_codec::h265, pixel_format::yuv420p10, ""},
                               expectation{video_codec::h265, pixel_format::yuv422p, ""},
                               expectation{video_codec::h265, pixel_format::yuv444p, ""},
                               expectation{video_codec::mjpeg, pixel_format::yuv420p, ""},
                               expectation{video_codec::mjpeg, pixel_format::yuv422p, ""},
                               expectation{video_codec::mjpeg, pixel_format::yuv444p, ""});
  CAPTURE(to_string(wanted.codec), to_string(wanted.format));
  clip_options options;
  options.codec = wanted.codec;
  options.format = wanted.format;
  options.width = 186;  // not a multiple of 16, 8 or 4
  options.height = 102;
  const auto units = encode_clip(options, 3);
  const auto d = decoder_for(wanted.codec, {.extra_slots = 4});
  recorder heard;
  heard.keep = 3;
  decode_all(*d, units, heard);

  REQUIRE(heard.frames.size() == 3);
  for (const auto& f : heard.kept) {
    CHECK(f.format == wanted.format);
    CHECK(f.width == 186);
    CHECK(f.height == 102);
    const auto name = to_string(f.format);
    const bool gray = name.starts_with("gray");
    CHECK(f.plane_count == (gray ? 1 : 3));
    const std::size_t sample = name.ends_with("10") ? 2 : 1;
    CHECK(f.planes[0].row_bytes == 186 * sample);
    CHECK(f.planes[0].rows == 102);
    if (!gray) {
      const bool wide = name.starts_with("yuv444");
      const bool tall = !name.starts_with("yuv420");
      CHECK(f.planes[1].row_bytes == (wide ? 186 : 93) * sample);
      CHECK(f.planes[2].rows == (tall ? 102 : 51));
    }
    for (std::size_t p = 0; p < f.plane_count; ++p) {
      const auto& plane = f.planes[p];
      CHECK(plane.stride % 64 == 0);
      CHECK(plane.row_bytes <= plane.stride);
      const auto end = plane.offset + std::size_t{plane.stride} * plane.rows;
      CHECK(plane.offset >= f.slot.offset());
      CHECK(end <= f.slot.offset() + f.slot.pool()->slot_bytes());
    }
  }
  CHECK(heard.indices() == count_to(3));
}

TEST_CASE("several slices and several references decode like one", "[media][decoder]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265);
  const int references = GENERATE(1, 4, 8);
  clip_options options;
  options.codec = codec;
  options.slices = 4;
  options.references = references;
  const auto d = decoder_for(codec);
  recorder heard;
  heard.compare_with = &options;
  decode_all(*d, encode_clip(options, 20), heard);
  CHECK(heard.indices() == count_to(20));
  CHECK(heard.drops.empty());
  for (const auto error : heard.errors) CHECK(error < 20);
}

TEST_CASE("a frame lies in its slot without a copy, and stays as it was while held",
          "[media][decoder]") {
  clip_options options;
  options.references = 3;
  const auto units = encode_clip(options, 20);
  const auto d = decoder_for(video_codec::h264, {.extra_slots = 4});
  recorder heard;
  heard.keep = 3;
  std::vector<double> at_once;

  decode_all(*d, units, heard);

  REQUIRE(heard.kept.size() == 3);
  std::set<std::size_t> slots;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& f = heard.kept[i];
    CHECK(f.slot.pool() == heard.kept[0].slot.pool());
    slots.insert(f.slot.index());
    CHECK(shown_index(f) == i);
    CHECK(error_against(f, options, i) < 20);
  }
  CHECK(slots.size() == 3);
}

TEST_CASE("frames outlive their decoder", "[media][decoder]") {
  clip_options options;
  auto d = decoder_for(video_codec::h264);
  recorder heard;
  heard.keep = 1;
  decode_all(*d, encode_clip(options, 3), heard);
  d.reset();
  REQUIRE(heard.kept.size() == 1);
  CHECK(shown_index(heard.kept[0]) == 0);
  CHECK(heard.kept[0].slot.pool()->in_use() == 1);
}

TEST_CASE("a frame says with which matrix its colours were made", "[media][decoder]") {
  struct expectation {
    std::string parameters;
    int width;
    int height;
    colour_matrix matrix;
  };
  const auto wanted =
      GENERATE(expectation{"", 320, 192, colour_matrix::bt601},
               expectation{"", 1024, 576, colour_matrix::bt601},
               expectation{"", 1026, 64, colour_matrix::bt709},
               expectation{"", 320, 578, colour_matrix::bt709},
               expectation{"colormatrix=bt709", 320, 192, colour_matrix::bt709},
               expectation{"colormatrix=bt470bg", 1280, 720, colour_matrix::bt601},
               expectation{"colormatrix=smpte170m", 1280, 720, colour_matrix::bt601},
               expectation{"colormatrix=bt2020nc", 320, 192, colour_matrix::bt2020},
               expectation{"colormatrix=YCgCo", 320, 192, colour_matrix::bt601});
  CAPTURE(wanted.parameters, wanted.width, wanted.height);
  clip_options options;
  options.parameters = wanted.parameters;
  options.width = wanted.width;
  options.height = wanted.height;
  const auto d = decoder_for(video_codec::h264);
  recorder heard;
  heard.keep = 1;
  decode_all(*d, encode_clip(options, 1), heard);
  REQUIRE(heard.kept.size() == 1);
  const auto& f = heard.kept[0];
  CHECK(f.metadata.matrix == wanted.matrix);
  CHECK(f.content == picture_rect{0, 0, f.width, f.height});
  CHECK(f.source_width == f.width);
  CHECK(f.source_height == f.height);
}

TEST_CASE("a change of size begins a new generation, and frames of the old one stay valid",
          "[media][decoder]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265, video_codec::mjpeg);
  clip_options small;
  small.codec = codec;
  clip_options large = small;
  large.width = 640;
  large.height = 368;
  large.first_picture = 100;
  auto units = encode_clip(small, 4);
  for (auto& unit : encode_clip(large, 4)) units.push_back(std::move(unit));
  for (std::size_t i = 0; i < units.size(); ++i) units[i].sequence = i;
  for (std::size_t i = 4; i < 8; ++i) units[i].rtp_time += 4 * 3600;
  const auto d = decoder_for(codec, {}, 7);
  recorder heard;
  heard.keep = 1;

  decode_all(*d, units, heard);

  CHECK(heard.indices() == std::vector<std::size_t>{0, 1, 2, 3, 100, 101, 102, 103});
  CHECK(heard.frames[3].metadata.generation == 7);
  CHECK(heard.frames[4].metadata.generation == 8);
  CHECK(heard.frames[4].width == 640);
  CHECK(heard.frames[4].height == 368);
  CHECK(shown_index(heard.kept[0]) == 0);
}

TEST_CASE("a decoder at rest holds no memory for pictures, and goes on with the next keyframe",
          "[media][decoder]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265, video_codec::mjpeg);
  clip_options options;
  options.codec = codec;
  options.gop = 8;
  const auto units = encode_clip(options, 24);
  const auto d = decoder_for(codec, {}, 7);
  recorder heard;
  heard.keep = 1;
  heard.compare_with = &options;
  CHECK(d->slots().total == 0);

  decode_all(*d, {units.begin(), units.begin() + 8}, heard);
  const auto slots = d->slots().total;
  CHECK(slots > 0);
  d->rest(heard);
  CHECK(d->slots() == slot_usage{});
  d->rest(heard);
  REQUIRE(d->reserve(3));
  CHECK(d->slots().total == 0);
  decode_all(*d, {units.begin() + 8, units.end()}, heard);

  CHECK(heard.indices() == count_to(24));
  CHECK(heard.accounts_for(24));
  for (std::size_t i = 0; i < heard.frames.size(); ++i) {
    CHECK(heard.frames[i].metadata.generation == 7);
    CHECK_FALSE(heard.frames[i].metadata.corrupt);
    CHECK(heard.errors[i] < 20);
  }
  CHECK(d->slots().total == slots + 3);
  CHECK(shown_index(heard.kept[0]) == 0);
}

TEST_CASE("a decoder that rested needs a keyframe", "[media][decoder]") {
  clip_options options;
  const auto units = encode_clip(options, 4);
  const auto d = decoder_for(video_codec::h264);
  recorder heard;
  decode_all(*d, {units.begin(), units.begin() + 2}, heard);
  d->rest(heard);
  decode_all(*d, {units.begin() + 2, units.end()}, heard);
  for (std::size_t i = 2; i < heard.frames.size(); ++i) CHECK(heard.frames[i].metadata.corrupt);
  CHECK(heard.accounts_for(4));
}

TEST_CASE("a change of format begins a new generation", "[media][decoder]") {
  clip_options first;
  clip_options second;
  second.format = pixel_format::yuv422p10;
  auto units = encode_clip(first, 2);
  for (auto& unit : encode_clip(second, 2)) {
    unit.rtp_time += 7200;
    unit.sequence += 2;
    units.push_back(std::move(unit));
  }
  const auto d = decoder_for(video_codec::h264);
  recorder heard;
  decode_all(*d, units, heard);
  REQUIRE(heard.frames.size() == 4);
  CHECK(heard.frames[1].format == pixel_format::yuv420p);
  CHECK(heard.frames[2].format == pixel_format::yuv422p10);
  CHECK(heard.frames[2].metadata.generation == heard.frames[1].metadata.generation + 1);
}

TEST_CASE("a picture larger than allowed is refused and no memory is taken for it",
          "[media][decoder]") {
  clip_options options;
  options.codec = GENERATE(video_codec::h264, video_codec::h265);
  const auto units = encode_clip(options, 1);
  const auto d = decoder_for(options.codec, {.max_pixels = 320 * 100});
  recorder heard;
  const auto outcome = d->decode(units[0], heard);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind() == error_kind::unsupported);
  CHECK(outcome.error().message().find("320x192 with padding: more than 32000 pixels") !=
        std::string::npos);
  CHECK(heard.drops == std::vector<recorder::drop>{{0, drop_reason::corrupt}});
  CHECK(d->slots() == slot_usage{});
}

TEST_CASE("draining brings out waiting pictures and forgets references", "[media][decoder]") {
  clip_options options;
  options.b_frames = 2;
  options.gop = 100;
  const auto units = encode_clip(options, 12);
  const auto d = decoder_for(video_codec::h264);
  recorder heard;
  for (std::size_t i = 0; i < 7; ++i) CHECK(d->decode(units[i], heard));
  CHECK(d->in_flight() > 0);
  d->drain(heard);
  CHECK(d->in_flight() == 0);
  CHECK(heard.accounts_for(7));
  CHECK(heard.indices() == count_to(7));

  for (std::size_t i = 7; i < 12; ++i) static_cast<void>(d->decode(units[i], heard));
  d->drain(heard);
  CHECK(heard.accounts_for(12));
  for (std::size_t i = 7; i < heard.frames.size(); ++i) {
    CHECK(heard.frames[i].metadata.corrupt);
  }
  d->drain(heard);
  CHECK(heard.accounts_for(12));
}

TEST_CASE("an access unit without a slice merges into the stream", "[media][decoder]") {
  clip_options options;
  auto units = encode_clip(options, 3);
  access_unit message;
  message.codec = video_codec::h264;
  message.payload.append(
      std::vector<std::uint8_t>{0, 0, 0, 1, 6, 5, 2, 1, 1, 0x80});  // an SEI message alone
  message.reference = false;
  units.insert(units.begin() + 1, message);
  for (std::size_t i = 0; i < units.size(); ++i) units[i].sequence = i;
  const auto d = decoder_for(video_codec::h264);
  recorder heard;
  for (const auto& unit : units) CHECK(d->decode(unit, heard));
  d->drain(heard);
  CHECK(heard.merged == std::vector<std::uint64_t>{1});
  CHECK(heard.indices() == count_to(3));
  CHECK(heard.accounts_for(4));
  for (const auto& shown : heard.frames) CHECK_FALSE(shown.metadata.corrupt);
}
