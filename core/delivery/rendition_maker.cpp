#include "core/delivery/rendition_maker.hpp"

#include "core/base/memory_shortage.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace camherd {
namespace {

constexpr std::uint64_t most_enlarged = 4;
constexpr std::uint64_t always_made = 1280 * 720;  // pixels, however small the camera's

}  // namespace

bool is_far_larger(const picture_layout& layout, const frame& source) {
  const auto pixels = std::uint64_t{layout.width} * layout.height;
  const auto decoded = std::uint64_t{source.width} * source.height;
  return pixels > std::max(most_enlarged * decoded, always_made);
}

result<frame> rendition_maker::make(const frame& source, const picture_layout& layout,
                                    std::size_t slots) try {
  if (const auto made = supply_.resize(slots, layout.bytes); !made) {
    return made.error().within("memory for another rendition");
  }
  auto slot = supply_.acquire();
  if (!slot) return error{error_kind::retry, "every slot of the rendition is in use"};
  const auto to = slot->bytes().first(layout.bytes);
  if (const auto done = converter_->convert(source, layout, to); !done) return done.error();
  frame made;
  made.metadata = source.metadata;
  made.width = layout.width;
  made.height = layout.height;
  made.format = layout.format;
  made.plane_count = layout.plane_count;
  made.planes = layout.planes;
  for (auto& plane : made.planes) plane.offset += slot->offset();
  if (layout.format == pixel_format::rgb24 || layout.format == pixel_format::bgr24)
    made.metadata.full_range = true;
  made.content = layout.content;
  made.source_width = source.source_width;
  made.source_height = source.source_height;
  made.slot = *std::move(slot);
  return made;
} catch (const std::bad_alloc&) {
  return no_memory_for("another rendition");
}

}  // namespace camherd
