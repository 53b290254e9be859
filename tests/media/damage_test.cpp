#include "core/media/decoder.hpp"
#include "tests/media/recorder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/encoder.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

using namespace camherd;
using namespace camherd::testing;

namespace {

constexpr double visible_damage = 25;  // mean square error; good pictures stay below 10

/// A moving clip whose every picture has something to be predicted from the one before.
clip_options moving_clip(video_codec codec) {
  clip_options options;
  options.codec = codec;
  options.gop = 20;
  return options;
}

recorder decode_clip(const clip_options& options, const std::vector<access_unit>& units) {
  const auto d = decoder_for(options.codec);
  recorder heard;
  heard.compare_with = &options;
  for (const auto& unit : units) static_cast<void>(d->decode(unit, heard));
  d->drain(heard);
  CHECK(heard.fates.size() == units.size());
  return heard;
}

void check_that_good_pictures_are_good(const recorder& heard) {
  for (std::size_t i = 0; i < heard.frames.size(); ++i) {
    if (heard.frames[i].metadata.corrupt) continue;
    CAPTURE(heard.frames[i].metadata.unit_sequence);
    CHECK(heard.errors[i] < visible_damage);
  }
}

void cut_short(access_unit& unit, std::size_t size) {
  padded_bytes shorter;
  shorter.append(unit.payload.bytes().first(size));
  unit.payload = std::move(shorter);
}

enum class gap { told, untold };

}  // namespace

TEST_CASE("after a lost picture every frame is marked corrupt until the next keyframe",
          "[media][decoder][damage]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265);
  const auto knowledge = GENERATE(gap::told, gap::untold);
  const int references = GENERATE(1, 3);
  auto options = moving_clip(codec);
  options.references = references;
  auto units = encode_clip(options, 45);
  units.erase(units.begin() + 7);
  units[7].after_gap = knowledge == gap::told;

  const auto heard = decode_clip(options, units);

  CHECK(heard.drops.empty());
  REQUIRE(heard.frames.size() == 44);
  for (const auto& shown : heard.frames) {
    const auto unit = shown.metadata.unit_sequence;
    CAPTURE(unit);
    CHECK(shown.metadata.corrupt == (unit > 7 && unit < 20));
  }
  CHECK(heard.frames[7].metadata.after_gap == (knowledge == gap::told));
  check_that_good_pictures_are_good(heard);
}

TEST_CASE("a loss before a keyframe that is no IDR picture spoils its leading pictures only",
          "[media][decoder][damage]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265);
  auto options = moving_clip(codec);
  options.gop = 21;  // two more than every third
  options.b_frames = 2;
  options.parameters = "open-gop=1:b-adapt=0";
  auto units = encode_clip(options, 60);
  const auto is_keyframe = [](const access_unit& unit) { return unit.keyframe; };
  const auto keyframe = std::find_if(units.begin() + 1, units.end(), is_keyframe);
  REQUIRE(keyframe != units.end());
  const auto time = keyframe->rtp_time;
  const auto sequence = keyframe->sequence;
  std::vector<std::uint64_t> leading;
  for (const auto& unit : units) {
    if (unit.sequence > sequence && unit.rtp_time < time) leading.push_back(unit.sequence);
  }
  REQUIRE(leading.size() == 2);
  keyframe->after_gap = true;
  units.erase(keyframe - 6, keyframe);

  const auto heard = decode_clip(options, units);

  std::vector<std::uint64_t> dropped;
  for (const auto& drop : heard.drops) {
    CHECK(drop.reason == drop_reason::awaiting_keyframe);
    dropped.push_back(drop.unit);
  }
  std::sort(dropped.begin(), dropped.end());
  CHECK(dropped == leading);
  for (const auto& shown : heard.frames) CHECK_FALSE(shown.metadata.corrupt);
  check_that_good_pictures_are_good(heard);
}

TEST_CASE("a stream that does not begin with a keyframe is marked corrupt up to the first",
          "[media][decoder][damage]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265);
  const auto options = moving_clip(codec);
  const auto units = encode_clip(options, 45);
  const auto d = decoder_for(codec);
  recorder heard;
  // The parameter sets are known from before.
  static_cast<void>(d->decode(units[0], heard));
  d->drain(heard);
  for (std::size_t i = 5; i < 30; ++i) static_cast<void>(d->decode(units[i], heard));
  for (const auto& shown : heard.frames) {
    const auto unit = shown.metadata.unit_sequence;
    CHECK(shown.metadata.corrupt == (unit > 0 && unit < 20));
  }
}

TEST_CASE("a picture cut short, of which nobody told, is never shown as a good one",
          "[media][decoder][damage]") {
  const int b_frames = GENERATE(0, 2);
  const int slices = GENERATE(1, 4);
  const auto cut = GENERATE(20, 50, 90);
  auto options = moving_clip(video_codec::h264);
  options.b_frames = b_frames;
  options.slices = slices;
  options.noise = 8;  // so that there is something to lose in every row
  auto units = encode_clip(options, 45);
  // The reference picture in the middle of the first group.
  std::size_t damaged = 8;
  while (!units[damaged].reference) ++damaged;
  cut_short(units[damaged],
            units[damaged].payload.size() * static_cast<std::size_t>(cut) / 100);
  CAPTURE(b_frames, slices, cut);

  const auto heard = decode_clip(options, units);

  check_that_good_pictures_are_good(heard);
  std::size_t corrupt = 0;
  for (const auto& shown : heard.frames) {
    if (shown.metadata.corrupt) ++corrupt;
    if (shown.metadata.unit_sequence >= 20) CHECK_FALSE(shown.metadata.corrupt);
  }
  CHECK(corrupt >= 20 - damaged - 2);
}

TEST_CASE("a picture known to be damaged taints those predicted from it",
          "[media][decoder][damage]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265);
  const auto options = moving_clip(codec);
  auto units = encode_clip(options, 45);
  units[7].corrupt = true;
  const auto heard = decode_clip(options, units);
  REQUIRE(heard.frames.size() == 45);
  for (std::size_t i = 0; i < 45; ++i) {
    CHECK(heard.frames[i].metadata.corrupt == (i >= 7 && i < 20));
  }
}

TEST_CASE("a damaged picture that no other needs taints nothing", "[media][decoder][damage]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265);
  auto options = moving_clip(codec);
  options.b_frames = 1;
  auto units = encode_clip(options, 21);
  std::size_t damaged = 6;
  while (units[damaged].reference) ++damaged;
  units[damaged].corrupt = true;
  const auto heard = decode_clip(options, units);
  REQUIRE(heard.frames.size() == 21);
  for (const auto& shown : heard.frames) {
    CHECK(shown.metadata.corrupt == (shown.metadata.unit_sequence == damaged));
  }
}

TEST_CASE("a torn JPEG is discarded as corrupt, and the next one is good",
          "[media][decoder][damage]") {
  const auto options = moving_clip(video_codec::mjpeg);
  auto units = encode_clip(options, 3);
  cut_short(units[1], units[1].payload.size() / 2);
  const auto d = decoder_for(video_codec::mjpeg);
  recorder heard;
  CHECK(d->decode(units[0], heard));
  const auto outcome = d->decode(units[1], heard);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind() == error_kind::corrupt);
  CHECK(d->decode(units[2], heard));
  CHECK(heard.drops == std::vector<recorder::drop>{{1, drop_reason::corrupt}});
  CHECK(heard.indices() == std::vector<std::size_t>{0, 2});
  CHECK(heard.frames[1].metadata.after_gap);
  CHECK_FALSE(heard.frames[1].metadata.corrupt);
}

TEST_CASE("bytes that are no picture are refused and reported", "[media][decoder][damage]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265, video_codec::mjpeg);
  const auto d = decoder_for(codec);
  recorder heard;
  access_unit empty;
  empty.codec = codec;
  const auto nothing = d->decode(empty, heard);
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().kind() == error_kind::corrupt);

  access_unit noise;
  noise.codec = codec;
  noise.sequence = 1;
  noise.payload.append(std::vector<std::uint8_t>{0, 0, 0, 1, 0x65, 1, 2, 3, 0xff, 0xd8, 0xff});
  static_cast<void>(d->decode(noise, heard));

  access_unit other;
  other.codec = codec == video_codec::h264 ? video_codec::h265 : video_codec::h264;
  other.sequence = 2;
  other.payload.append(std::vector<std::uint8_t>{0, 0, 0, 1, 0x65, 1, 2, 3});
  CHECK_FALSE(d->decode(other, heard));

  d->drain(heard);
  CHECK(heard.frames.empty());
  CHECK(heard.accounts_for(3));
}

TEST_CASE("random damage never breaks the account of access units",
          "[media][decoder][damage]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265, video_codec::mjpeg);
  const int b_frames = GENERATE(0, 2);
  auto options = moving_clip(codec);
  options.b_frames = b_frames;
  options.slices = 2;
  options.gop = 10;
  const auto clean = encode_clip(options, 30);
  std::mt19937 random{7};
  for (int round = 0; round < 8; ++round) {
    const auto d = decoder_for(codec);
    recorder heard;
    std::uint64_t given = 0;
    for (auto unit : clean) {
      const auto size = unit.payload.size();
      for (auto flips = random() % 4; flips > 0; --flips) {
        unit.payload.data()[random() % size] ^= static_cast<std::uint8_t>(1U << random() % 8);
      }
      if (random() % 8 == 0) cut_short(unit, 1 + random() % size);
      if (random() % 16 == 0) continue;
      unit.sequence = given++;
      static_cast<void>(d->decode(std::move(unit), heard));
      CHECK(heard.fates.size() + d->in_flight() == given);
      CHECK(d->in_flight() <= 40);
    }
    d->drain(heard);
    CHECK(heard.accounts_for(given));
  }
}
