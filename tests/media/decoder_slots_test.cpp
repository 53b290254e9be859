#include "core/media/decoder.hpp"
#include "tests/media/recorder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/encoder.hpp"

#include <cstddef>
#include <cstdint>

using namespace camherd;
using namespace camherd::testing;

TEST_CASE("the pool has no more slots than the stream and its readers need",
          "[media][decoder]") {
  struct expectation {
    video_codec codec;
    int references;
    std::size_t slots;
  };
  const auto wanted =
      GENERATE(expectation{video_codec::h264, 1, 4}, expectation{video_codec::h264, 4, 7},
               expectation{video_codec::h265, 1, 6}, expectation{video_codec::mjpeg, 1, 3});
  clip_options options;
  options.codec = wanted.codec;
  options.references = wanted.references;
  const auto d = decoder_for(wanted.codec, {.extra_slots = 2});
  recorder heard;
  heard.keep = 2;
  decode_all(*d, encode_clip(options, 40), heard);
  CHECK(heard.drops.empty());
  CHECK(heard.frames.size() == 40);
  CHECK(d->slots().total == wanted.slots);
}

TEST_CASE("readers that hold every slot cost frames, never a wait or more memory",
          "[media][decoder]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265, video_codec::mjpeg);
  clip_options options;
  options.codec = codec;
  options.gop = 5;
  const auto units = encode_clip(options, 20);
  const auto d = decoder_for(codec, {.extra_slots = 2});
  recorder heard;
  heard.keep = 100;

  for (std::size_t i = 0; i < 15; ++i) CHECK(d->decode(units[i], heard));

  CHECK_FALSE(heard.drops.empty());
  for (const auto& drop : heard.drops) CHECK(drop.reason == drop_reason::no_free_slot);
  CHECK(heard.accounts_for(15));
  CHECK(d->slots().total <= 6);
  CHECK(d->slots().in_use == d->slots().total);

  heard.kept.clear();
  heard.keep = 0;
  const auto before = heard.frames.size();
  for (std::size_t i = 15; i < 20; ++i) CHECK(d->decode(units[i], heard));
  REQUIRE(heard.frames.size() == before + 5);
  CHECK(heard.frames[before].index == 15);
  CHECK(heard.frames[before].metadata.after_gap);
  CHECK_FALSE(heard.frames[before].metadata.corrupt);
  CHECK_FALSE(heard.frames.back().metadata.after_gap);
}

TEST_CASE("readers that come and go move no picture and begin no generation",
          "[media][decoder]") {
  const auto codec = GENERATE(video_codec::h264, video_codec::h265, video_codec::mjpeg);
  clip_options options;
  options.codec = codec;
  const auto units = encode_clip(options, 20);
  const auto d = decoder_for(codec, {}, 3);
  recorder heard;
  for (std::size_t i = 0; i < 5; ++i) CHECK(d->decode(units[i], heard));
  const auto alone = d->slots().total;

  REQUIRE(d->reserve(6));
  CHECK(d->slots().total == alone + 6);
  heard.keep = 7;
  for (std::size_t i = 5; i < 15; ++i) CHECK(d->decode(units[i], heard));
  CHECK(heard.drops.empty());
  REQUIRE(heard.kept.size() == 7);
  for (std::size_t i = 0; i < 7; ++i) CHECK(shown_index(heard.kept[i]) == i + 5);

  REQUIRE(d->reserve(0));
  CHECK(d->slots().total == alone);
  CHECK(shown_index(heard.kept[6]) == 11);
  heard.kept.clear();
  heard.keep = 0;
  for (std::size_t i = 15; i < 20; ++i) CHECK(d->decode(units[i], heard));
  CHECK(heard.drops.empty());
  CHECK(heard.indices() == count_to(20));
  for (const auto& f : heard.frames) CHECK(f.metadata.generation == 3);
}

TEST_CASE("slots reserved before the first picture are there with it", "[media][decoder]") {
  clip_options options;
  const auto d = decoder_for(video_codec::h264);
  REQUIRE(d->reserve(4));
  CHECK(d->slots() == slot_usage{});
  recorder heard;
  decode_all(*d, encode_clip(options, 2), heard);
  CHECK(d->slots().total == 4 + 4);
  REQUIRE(d->reserve(0));
  CHECK(d->slots().total == 4);
}

TEST_CASE("a reservation that cannot be had changes nothing", "[media][decoder]") {
  clip_options options;
  const auto d = decoder_for(video_codec::h264);
  REQUIRE(d->reserve(1));
  recorder heard;
  const auto units = encode_clip(options, 3);
  CHECK(d->decode(units[0], heard));
  for (const auto held : {SIZE_MAX, SIZE_MAX / 2, std::size_t{1} << 40}) {
    const auto outcome = d->reserve(held);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind() == error_kind::internal);
  }
  CHECK(d->slots().total == 5);
  for (std::size_t i = 1; i < 3; ++i) CHECK(d->decode(units[i], heard));
  CHECK(heard.indices() == count_to(3));
}
