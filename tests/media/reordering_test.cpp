#include "core/media/decoder.hpp"
#include "tests/media/recorder.hpp"
#include "tests/support/camera_sps.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/encoder.hpp"
#include "tests/support/interlaced.hpp"

#include <algorithm>
#include <utility>
#include <vector>

using namespace camherd;
using namespace camherd::testing;

TEST_CASE("B pictures come out in display order and each unit is accounted for",
          "[media][decoder]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265);
  const int b_frames = GENERATE(1, 3);
  clip_options options;
  options.codec = codec;
  options.b_frames = b_frames;
  options.references = 2;
  options.gop = 16;
  const auto units = encode_clip(options, 50);
  const auto d = decoder_for(codec);
  recorder heard;

  decode_all(*d, units, heard);
  CHECK(d->in_flight() <= 4);
  d->drain(heard);

  CHECK(heard.indices() == count_to(50));
  CHECK(heard.accounts_for(50));
  CHECK(d->in_flight() == 0);
}

TEST_CASE("a stream that declares reordering and has none is delayed for its first group only",
          "[media][decoder]") {
  clip_options options;
  options.unused_b_frames = 3;
  options.gop = 8;
  const auto units = encode_clip(options, 24);
  const auto d = decoder_for(video_codec::h264);
  recorder heard;

  const auto frames_after = decode_all(*d, units, heard);

  CHECK(frames_after[7] < 8);
  for (std::size_t i = 8; i < units.size(); ++i) CHECK(frames_after[i] == i + 1);
  CHECK(heard.indices() == count_to(24));
}

TEST_CASE("what was learned of a stream's order outlives a rest", "[media][decoder]") {
  clip_options options;
  options.unused_b_frames = 3;
  options.gop = 8;
  const auto units = encode_clip(options, 24);
  const auto d = decoder_for(video_codec::h264);
  recorder heard;
  decode_all(*d, {units.begin(), units.begin() + 16}, heard);
  d->rest(heard);
  const auto before = heard.frames.size();
  const auto frames_after = decode_all(*d, {units.begin() + 16, units.end()}, heard);
  for (std::size_t i = 0; i < frames_after.size(); ++i)
    CHECK(frames_after[i] == before + i + 1);
  CHECK(heard.indices() == count_to(24));
}

TEST_CASE(
    "a camera that says nothing about reordering is not delayed, even by missing pictures",
    "[media][decoder]") {
  clip_options options;
  options.gop = 10;
  options.references = GENERATE(1, 4);
  auto units = encode_clip(options, 60);
  for (auto& unit : units) strip_usability_information(unit);
  units.erase(units.begin() + 25, units.begin() + 28);
  const auto d = decoder_for(video_codec::h264);
  recorder heard;

  const auto frames_after = decode_all(*d, units, heard);

  for (std::size_t i = 0; i < units.size(); ++i) CHECK(frames_after[i] == i + 1);
}

TEST_CASE("a stream decoded by its reference pictures alone loses its delay after one group",
          "[media][decoder]") {
  clip_options options;
  options.gop = 10;
  options.b_frames = 1;
  auto units = encode_clip(options, 60);
  std::erase_if(units, [](const access_unit& unit) { return !unit.reference; });
  for (auto& unit : units) strip_usability_information(unit);
  const auto d = decoder_for(video_codec::h264);
  recorder heard;

  const auto frames_after = decode_all(*d, units, heard);

  // Without the B pictures the picture order counts have holes, which libavcodec takes for a
  // reason to wait.
  CHECK(frames_after[4] < 5);
  for (std::size_t i = 10; i < units.size(); ++i) CHECK(frames_after[i] == i + 1);
  const auto indices = heard.indices();
  CHECK(std::is_sorted(indices.begin(), indices.end()));
}

TEST_CASE("undeclared B pictures cost a few pictures once, and then come in order",
          "[media][decoder]") {
  clip_options options;
  options.gop = 20;
  options.b_frames = GENERATE(1, 3);
  auto units = encode_clip(options, 60);
  for (auto& unit : units) strip_usability_information(unit);
  const auto d = decoder_for(video_codec::h264);
  recorder heard;

  decode_all(*d, units, heard);
  d->drain(heard);

  const auto indices = heard.indices();
  CHECK(std::is_sorted(indices.begin(), indices.end()));
  CHECK(indices.size() >= 60 - 3);
  CHECK(heard.accounts_for(60));
}

TEST_CASE("B pictures that begin late cost a few pictures once, and then come in order",
          "[media][decoder]") {
  clip_options plain;
  plain.gop = 10;
  plain.unused_b_frames = 2;
  clip_options reordered = plain;
  reordered.unused_b_frames = 0;
  reordered.b_frames = 2;
  reordered.first_picture = 40;
  auto units = encode_clip(plain, 40);
  for (auto& unit : encode_clip(reordered, 40)) {
    unit.sequence += 40;
    unit.rtp_time += 40 * 3600;
    units.push_back(std::move(unit));
  }
  const auto d = decoder_for(video_codec::h264);
  recorder heard;

  decode_all(*d, units, heard);
  d->drain(heard);

  const auto indices = heard.indices();
  CHECK(std::is_sorted(indices.begin(), indices.end()));
  CHECK(indices.size() >= 80 - 3);
  CHECK(heard.accounts_for(80));
}

TEST_CASE("two fields in access units of their own give one frame", "[media][decoder]") {
  const auto units = make_field_stream(5);
  const auto d = decoder_for(video_codec::h264);
  recorder heard;
  heard.keep = 1;

  decode_all(*d, units, heard);
  d->drain(heard);

  CHECK(heard.frames.size() == 5);
  CHECK(heard.merged == std::vector<std::uint64_t>{1, 3, 5, 7, 9});
  CHECK(heard.accounts_for(10));
  REQUIRE(heard.kept.size() == 1);
  const auto& f = heard.kept[0];
  CHECK_FALSE(f.metadata.corrupt);
  CHECK(f.metadata.interlaced);
  CHECK(f.pixels(0)[0] == 16);
  CHECK(f.pixels(0)[f.planes[0].stride] == 116);
}

TEST_CASE("decoding that begins at an open group leaves out only its leading pictures",
          "[media][decoder]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265);
  INFO(to_string(codec));
  clip_options options;
  options.codec = codec;
  options.gop = 12;
  options.b_frames = 2;
  options.parameters = "open-gop=1:b-adapt=0";
  auto units = encode_clip(options, 48);
  std::size_t begin = 1;
  while (begin < units.size() && !units[begin].keyframe) ++begin;
  REQUIRE(begin < units.size());
  const auto keyframe_time = units[begin].rtp_time;
  units.erase(units.begin(), units.begin() + static_cast<std::ptrdiff_t>(begin));
  std::size_t leading = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    units[i].sequence = i;
    if (units[i].rtp_time < keyframe_time) ++leading;
  }
  REQUIRE(leading > 0);
  const auto d = decoder_for(codec);
  recorder heard;

  decode_all(*d, units, heard);
  d->drain(heard);

  CHECK(heard.drops.size() == leading);
  for (const auto& drop : heard.drops) CHECK(drop.reason == drop_reason::awaiting_keyframe);
  CHECK(heard.frames.size() == units.size() - leading);
  for (const auto& shown : heard.frames) CHECK_FALSE(shown.metadata.corrupt);
  CHECK(heard.accounts_for(units.size()));
}
