#include "core/media/ffmpeg/slot_buffers.hpp"

#include "core/media/ffmpeg/av_ptr.hpp"
#include "tests/support/catch.hpp"

#include <cstddef>
#include <vector>

using namespace camherd;
using namespace camherd::ffmpeg;

namespace {

/// Stands for a codec that keeps as many pictures as the test likes.
class greedy_codec {
 public:
  greedy_codec() : context_{avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264))} {
    REQUIRE(context_);
    context_->refs = 1;
  }

  /// Asks for one more picture; null when there is no slot.
  [[nodiscard]] frame_ptr take(slot_buffers& buffers) {
    frame_ptr picture{av_frame_alloc()};
    picture->width = 320;
    picture->height = 192;
    picture->format = AV_PIX_FMT_YUV420P;
    buffers.begin_unit();
    if (buffers.get_buffer(*context_, *picture) < 0) return nullptr;
    return picture;
  }

 private:
  codec_context_ptr context_;
};

}  // namespace

TEST_CASE("a codec that keeps more than foreseen gets more slots, up to what any may keep",
          "[media][slot_buffers]") {
  slot_buffers buffers{2};
  REQUIRE(buffers.reserve(3));
  greedy_codec codec;
  std::vector<frame_ptr> kept;
  kept.push_back(codec.take(buffers));
  const auto* const before = kept[0]->data[0];
  CHECK(buffers.supply().slots() == 2 + 2 + 3);
  for (int i = 0; i < 100; ++i) {
    auto picture = codec.take(buffers);
    if (!picture) break;
    kept.push_back(std::move(picture));
  }
  CHECK(buffers.exhausted());
  CHECK_FALSE(buffers.failure());
  CHECK(kept.size() == 18 + 2 + 3);
  CHECK(buffers.supply().slots() == 18 + 2 + 3);
  CHECK(kept[0]->data[0] == before);
  kept.clear();
  CHECK(buffers.supply().in_use() == 0);
}

TEST_CASE("consumers that hold more than is reserved never make more slots",
          "[media][slot_buffers]") {
  slot_buffers buffers{2};
  greedy_codec codec;
  std::vector<slot_ref> held;
  while (const auto picture = codec.take(buffers)) {
    held.push_back(slot_buffers::slot_of(*picture));
    REQUIRE(held.size() < 100);
  }
  CHECK(held.size() == 4);
  CHECK(buffers.exhausted());
  REQUIRE(buffers.reserve(1));
  CHECK(codec.take(buffers));
  CHECK(buffers.supply().slots() == 5);
}
