#include "core/media/decoder.hpp"
#include "core/media/demuxer_source.hpp"
#include "tests/media/files.hpp"
#include "tests/media/recorder.hpp"
#include "tests/media/stream_recorder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixtures.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

using namespace camherd;
using namespace camherd::testing;

// Real footage, for what our own encoders do not make. It is not part of the project: without
// it these tests say so and do nothing.

namespace {

std::optional<std::filesystem::path> footage(const std::string& name) {
  return fixture_path("clips/" + name);
}

/// Counts and orders frames without keeping them.
class order_check final : public decode_listener {
 public:
  void on_frame(frame f) override {
    ++frames;
    if (f.metadata.corrupt) ++corrupt;
    if (last && f.metadata.rtp_time <= *last) ++backwards;
    last = f.metadata.rtp_time;
  }
  void on_discarded(std::uint64_t, drop_reason) override { ++discarded; }
  void on_merged(std::uint64_t) override { ++merged; }

  std::size_t frames = 0;
  std::size_t corrupt = 0;
  std::size_t backwards = 0;
  std::size_t discarded = 0;
  std::size_t merged = 0;
  std::optional<std::int64_t> last;
};

struct outcome {
  order_check seen;
  std::size_t units = 0;
  std::size_t longest_wait = 0;
  std::size_t slots = 0;
};

outcome decode_footage(const std::string& path) {
  const auto heard = std::make_shared<stream_recorder>();
  demuxer_options options;
  options.paced = false;
  const auto source = make_demuxer_source(url_of(path), options, heard);
  source->start();
  heard->wait_for_end();
  CHECK(heard->ended->kind() == error_kind::end_of_stream);
  REQUIRE(heard->streams.size() == 1);
  const auto d = decoder_for(heard->streams[0].codec);
  outcome all;
  for (auto& unit : heard->units) {
    ++all.units;
    static_cast<void>(d->decode(std::move(unit), all.seen));
    all.longest_wait = std::max(all.longest_wait, d->in_flight());
  }
  d->drain(all.seen);
  all.slots = d->slots().total;
  CHECK(all.seen.frames + all.seen.discarded + all.seen.merged == all.units);
  return all;
}

}  // namespace

TEST_CASE("store footage in H.265 with B pictures comes out whole and in order",
          "[media][footage]") {
  const auto path = footage("retail-1080p30.hevc.mp4");
  if (!path) return;
  const auto all = decode_footage(*path);
  CHECK(all.seen.frames == 603);
  CHECK(all.seen.corrupt == 0);
  CHECK(all.seen.backwards == 0);
  CHECK(all.longest_wait <= 3);
  CHECK(all.slots <= 9);
}

TEST_CASE("car park footage in H.264 comes out without any delay", "[media][footage]") {
  const auto path = footage("car-park-432p.h264.mp4");
  if (!path) return;
  const auto all = decode_footage(*path);
  CHECK(all.seen.frames == 377);
  CHECK(all.seen.corrupt == 0);
  CHECK(all.seen.backwards == 0);
  CHECK(all.longest_wait == 0);
}

TEST_CASE("footage in H.264 with B pictures comes out whole and in order", "[media][footage]") {
  const auto path = footage("one-by-one-person-432p.h264.mp4");
  if (!path) return;
  const auto all = decode_footage(*path);
  CHECK(all.seen.frames == 1394);
  CHECK(all.seen.corrupt == 0);
  CHECK(all.seen.backwards == 0);
}

TEST_CASE("conformance streams with lost pictures show frames marked corrupt",
          "[media][footage]") {
  const auto* const name = GENERATE("jvt-idr-lost.h264", "jvt-p-lost.h264");
  const auto path = footage(name);
  if (!path) return;
  const auto all = decode_footage(*path);
  CHECK(all.seen.frames > 0);
  CHECK(all.seen.corrupt > 0);
}
