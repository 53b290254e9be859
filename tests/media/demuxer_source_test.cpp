#include "core/media/demuxer_source.hpp"

#include "tests/media/files.hpp"
#include "tests/media/recorder.hpp"
#include "tests/media/stream_recorder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/encoder.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <fcntl.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

/// A pacer whose time passes only, and at once, when somebody waits for it.
class virtual_pacer final : public pacer {
 public:
  [[nodiscard]] mono_time now() const noexcept override { return now_.load(); }
  void wait_until(mono_time due, std::stop_token) override {
    ++waits;
    now_ = std::max(now_.load(), due);
  }
  std::atomic<int> waits{0};

 private:
  std::atomic<mono_time> now_{mono_time{1h}};
};

demuxer_options unpaced() {
  demuxer_options options;
  options.paced = false;
  return options;
}

/// Reads all of a file and returns what was heard.
std::shared_ptr<stream_recorder> read_file(const std::string& path,
                                           demuxer_options options = unpaced()) {
  auto heard = std::make_shared<stream_recorder>();
  const auto source = make_demuxer_source(url_of(path), options, heard);
  source->start();
  heard->wait_for_end();
  return heard;
}

}  // namespace

TEST_CASE("a file comes out as access units that decode to its pictures",
          "[media][demuxer_source]") {
  struct expectation {
    video_codec codec;
    const char* name;
    int b_frames;
  };
  const auto wanted = GENERATE(expectation{video_codec::h264, "clip.mp4", 0},
                               expectation{video_codec::h264, "clip.mp4", 2},
                               expectation{video_codec::h264, "clip.mkv", 2},
                               expectation{video_codec::h264, "clip.ts", 0},
                               expectation{video_codec::h264, "clip.ts", 2},
                               expectation{video_codec::h264, "clip.flv", 0},
                               expectation{video_codec::h264, "clip.h264", 0},
                               expectation{video_codec::h265, "clip.mp4", 2},
                               expectation{video_codec::h265, "clip.mkv", 0},
                               expectation{video_codec::h265, "clip.ts", 2},
                               expectation{video_codec::h265, "clip.hevc", 0},
                               expectation{video_codec::mjpeg, "clip.mkv", 0},
                               expectation{video_codec::mjpeg, "clip.avi", 0});
  CAPTURE(wanted.name, wanted.b_frames, to_string(wanted.codec));
  clip_options options;
  options.codec = wanted.codec;
  options.b_frames = wanted.b_frames;
  options.gop = 10;
  const temporary_folder folder;
  write_clip(folder / wanted.name, options, 30);

  const auto heard = read_file(folder / wanted.name);

  REQUIRE(heard->ended);
  CHECK(heard->ended->kind() == error_kind::end_of_stream);
  REQUIRE(heard->streams.size() == 1);
  CHECK(heard->streams[0].codec == wanted.codec);
  CHECK(heard->streams[0].transport == "file");
  REQUIRE(heard->units.size() == 30);
  const auto d = decoder_for(wanted.codec);
  recorder shown;
  for (std::size_t i = 0; i < heard->units.size(); ++i) {
    const auto& unit = heard->units[i];
    CHECK(unit.sequence == i);
    CHECK(unit.keyframe == (wanted.codec == video_codec::mjpeg || i % 10 == 0));
    if (wanted.codec != video_codec::mjpeg) {
      const auto bytes = unit.payload.bytes();
      CHECK((bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 1));
    }
    static_cast<void>(d->decode(unit, shown));
  }
  d->drain(shown);
  CHECK(shown.indices() == count_to(30));
  for (std::size_t i = 1; i < shown.frames.size(); ++i) {
    const auto step = shown.frames[i].metadata.rtp_time - shown.frames[i - 1].metadata.rtp_time;
    CHECK(std::abs(step - 3600) <= 90);  // some containers count in milliseconds
    CHECK_FALSE(shown.frames[i].metadata.corrupt);
  }
}

TEST_CASE("every keyframe decodes on its own", "[media][demuxer_source]") {
  const auto* const name = GENERATE("clip.mp4", "clip.ts", "clip.mkv");
  clip_options options;
  options.gop = 5;
  options.parameters = "repeat-headers=1";
  const temporary_folder folder;
  write_clip(folder / name, options, 15);
  const auto heard = read_file(folder / name);
  std::size_t keyframes = 0;
  for (const auto& unit : heard->units) {
    if (!unit.keyframe) continue;
    ++keyframes;
    const auto d = decoder_for(video_codec::h264);
    recorder shown;
    CHECK(d->decode(unit, shown));
    d->drain(shown);
    CHECK(shown.frames.size() == 1);
  }
  CHECK(keyframes == 3);
}

TEST_CASE("a file is paced by its timestamps", "[media][demuxer_source]") {
  clip_options options;
  options.fps = 10;
  const temporary_folder folder;
  write_clip(folder / "clip.mp4", options, 20);
  const auto pace = std::make_shared<virtual_pacer>();
  const auto heard = std::make_shared<stream_recorder>();
  const auto source =
      make_demuxer_source(url_of(folder / "clip.mp4"), demuxer_options{}, heard, pace);

  source->start();
  heard->wait_for_end();

  REQUIRE(heard->units.size() == 20);
  CHECK(pace->waits == 20);
  for (std::size_t i = 1; i < 20; ++i) {
    CHECK(heard->units[i].received_at - heard->units[i - 1].received_at == 100ms);
  }
}

TEST_CASE("a file that is not paced is not waited for", "[media][demuxer_source]") {
  const temporary_folder folder;
  write_clip(folder / "clip.mp4", {}, 5);
  const auto pace = std::make_shared<virtual_pacer>();
  const auto heard = std::make_shared<stream_recorder>();
  const auto source = make_demuxer_source(url_of(folder / "clip.mp4"), unpaced(), heard, pace);
  source->start();
  heard->wait_for_end();
  CHECK(heard->units.size() == 5);
  CHECK(pace->waits == 0);
}

TEST_CASE("a looping file goes on in time and decodes across its seam",
          "[media][demuxer_source]") {
  clip_options options;
  options.b_frames = GENERATE(0, 2);
  options.gop = 5;
  const temporary_folder folder;
  write_clip(folder / "clip.mp4", options, 10);
  const auto pace = std::make_shared<virtual_pacer>();
  const auto heard = std::make_shared<stream_recorder>();
  demuxer_options looping;
  looping.loop = true;
  const auto source = make_demuxer_source(url_of(folder / "clip.mp4"), looping, heard, pace);

  source->start();
  heard->wait_for_units(35);
  source->stop();
  heard->wait_for_end();

  CHECK(heard->ended->kind() == error_kind::end_of_stream);
  CHECK(heard->streams.size() == 1);
  const auto d = decoder_for(video_codec::h264);
  recorder shown;
  for (std::size_t i = 0; i < 35; ++i) {
    CHECK(heard->units[i].sequence == i);
    CHECK(heard->units[i].received_at - heard->units[0].received_at == i * 40ms);
    static_cast<void>(d->decode(heard->units[i], shown));
  }
  d->drain(shown);
  REQUIRE(shown.frames.size() == 35);
  for (std::size_t i = 1; i < 35; ++i) {
    CHECK(shown.frames[i].metadata.rtp_time - shown.frames[i - 1].metadata.rtp_time == 3600);
  }
}

TEST_CASE("a source counts the bytes it hands out", "[media][demuxer_source]") {
  const temporary_folder folder;
  write_clip(folder / "clip.mp4", {}, 5);
  const auto heard = std::make_shared<stream_recorder>();
  const auto source = make_demuxer_source(url_of(folder / "clip.mp4"), unpaced(), heard);
  source->start();
  heard->wait_for_end();
  std::size_t bytes = 0;
  for (const auto& unit : heard->units) bytes += unit.payload.size();
  CHECK(source->statistics().bytes == bytes);
  CHECK(source->statistics().packets == 0);
}

TEST_CASE("what cannot be opened says why", "[media][demuxer_source]") {
  const temporary_folder folder;
  SECTION("a file that is not there") {
    const auto heard = read_file(folder / "missing.mp4");
    CHECK(heard->ended->kind() == error_kind::invalid_argument);
    CHECK(heard->ended->message().find("missing.mp4") != std::string::npos);
    CHECK(heard->streams.empty());
  }
  SECTION("a folder") {
    CHECK(read_file(folder / ".")->ended->kind() == error_kind::invalid_argument);
  }
  SECTION("garbage") {
    std::string garbage;
    for (int i = 0; i < 5000; ++i) garbage += static_cast<char>(i * 7919 >> 3);
    write_file(folder / "clip.mp4", garbage);
    const auto heard = read_file(folder / "clip.mp4");
    CHECK(heard->ended->kind() == error_kind::corrupt);
    CHECK(heard->streams.empty());
  }
  SECTION("a file torn in its index") {
    clip_options options;
    write_clip(folder / "whole.mp4", options, 10);
    auto bytes = read_bytes(folder / "whole.mp4");
    bytes.resize(bytes.size() / 2);
    write_file(folder / "torn.mp4", bytes);
    CHECK(read_file(folder / "torn.mp4")->ended->kind() == error_kind::corrupt);
  }
  SECTION("an empty file, even in a loop") {
    write_file(folder / "empty.mp4", "");
    auto options = unpaced();
    options.loop = true;
    const auto heard = read_file(folder / "empty.mp4", options);
    CHECK(heard->ended->kind() != error_kind::retry);
    CHECK(heard->units.empty());
  }
  SECTION("a codec we do not take") {
    clip_options options;
    options.foreign_encoder = "mpeg2video";
    write_clip(folder / "old.mkv", options, 3);
    const auto heard = read_file(folder / "old.mkv");
    CHECK(heard->ended->kind() == error_kind::unsupported);
    CHECK(heard->ended->message().find("mpeg2video") != std::string::npos);
  }
  SECTION("a list that leads to other files") {
    write_clip(folder / "clip.mp4", {}, 3);
    write_file(folder / "list.ffconcat", "ffconcat version 1.0\nfile clip.mp4\n");
    const auto heard = read_file(folder / "list.ffconcat");
    CHECK(heard->ended->kind() == error_kind::unsupported);
    CHECK(heard->units.empty());
  }
  SECTION("a scheme we do not read") {
    const auto* const address =
        GENERATE("concat:/etc/hostname", "gopher://127.0.0.1/clip", "rtsp://127.0.0.1/cam");
    const auto url = camera_url::parse(address);
    if (!url) return;  // refused even earlier
    const auto heard = std::make_shared<stream_recorder>();
    const auto source = make_demuxer_source(*url, unpaced(), heard);
    source->start();
    heard->wait_for_end();
    CHECK(heard->ended->kind() == error_kind::unsupported);
  }
}

TEST_CASE("an access unit larger than allowed is left out and told",
          "[media][demuxer_source]") {
  clip_options options;
  options.gop = 10;
  options.noise = 20;
  const temporary_folder folder;
  write_clip(folder / "clip.mp4", options, 20);
  const auto whole = read_file(folder / "clip.mp4");
  std::size_t largest = 0;
  for (const auto& unit : whole->units) {
    if (!unit.keyframe) largest = std::max(largest, unit.payload.size());
  }
  auto strict = unpaced();
  strict.max_access_unit_bytes = largest + 100;
  REQUIRE(whole->units[0].payload.size() > strict.max_access_unit_bytes);

  const auto heard = read_file(folder / "clip.mp4", strict);

  CHECK(heard->units.size() == 18);
  CHECK(heard->notices.size() == 2);
  CHECK(heard->units[0].after_gap);
  CHECK_FALSE(heard->units[1].after_gap);
}

TEST_CASE("stopping ends a paced file in the middle, once", "[media][demuxer_source]") {
  clip_options options;
  options.fps = 1;  // the next picture is a second away
  const temporary_folder folder;
  write_clip(folder / "clip.mp4", options, 30);
  const auto heard = std::make_shared<stream_recorder>();
  const auto source =
      make_demuxer_source(url_of(folder / "clip.mp4"), demuxer_options{}, heard);
  source->start();
  heard->wait_for_units(1);
  source->stop();
  source->stop();
  heard->wait_for_end();
  CHECK(heard->ended->kind() == error_kind::end_of_stream);
  CHECK(heard->times_ended == 1);
  CHECK(heard->units.size() < 30);
  CHECK(abandoned_readers() == 0);
}

TEST_CASE("a listener may stop and let go of its source", "[media][demuxer_source]") {
  clip_options options;
  const temporary_folder folder;
  write_clip(folder / "clip.mp4", options, 30);
  const auto heard = std::make_shared<stream_recorder>();
  auto source = make_demuxer_source(url_of(folder / "clip.mp4"), unpaced(), heard);
  auto& started = *source;
  heard->on_first_unit = [held = std::move(source)]() mutable {
    held->stop();
    held.reset();
  };
  started.start();
  heard->wait_for_end();
  CHECK(heard->ended->kind() == error_kind::end_of_stream);
  CHECK(heard->times_ended == 1);
}

TEST_CASE("a reader that hangs in a system call is cut off, left behind and counted",
          "[media][demuxer_source]") {
  const temporary_folder folder;
  const auto path = folder / "pipe.ts";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const auto heard = std::make_shared<stream_recorder>();
  {
    const auto source = make_demuxer_source(url_of(path), unpaced(), heard);
    source->start();
    source->stop();
  }
  heard->wait_for_end();
  CHECK(heard->ended->kind() == error_kind::end_of_stream);
  CHECK(abandoned_readers() == 1);

  // A writer lets the reader's open() return.
  const unique_fd writer{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  wait_until([] { return abandoned_readers() == 0; });
  CHECK(abandoned_readers() == 0);
  CHECK(heard->times_ended == 1);
}
