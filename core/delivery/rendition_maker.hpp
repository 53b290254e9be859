#pragma once

#include "core/frame/rendition.hpp"
#include "core/frame/slot_supply.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <variant>

namespace camherd {

/// True for a picture much larger than the camera's: it holds nothing more, and its memory
/// would be found on the thread that serves everybody. Up to 1280x720 is never too much.
[[nodiscard]] bool is_far_larger(const picture_layout& layout, const frame& source);

/// Makes one rendition of one camera's frames, in slots of its own. One thread at a time.
class rendition_maker {
 public:
  rendition_maker(rendition wanted, std::unique_ptr<picture_converter> converter)
      : wanted_{wanted}, converter_{std::move(converter)} {}

  /// A picture made of `source`, in a slot; or why not: without a free slot of the `slots` it
  /// may have, an error of kind `retry`; else as `lay_out`, `slot_pool::create` and
  /// `picture_converter::convert`.
  [[nodiscard]] result<frame> make(const frame& source, const picture_layout& layout,
                                   std::size_t slots);

  [[nodiscard]] const rendition& wanted() const noexcept { return wanted_; }

 private:
  const rendition wanted_;
  const std::unique_ptr<picture_converter> converter_;
  slot_supply supply_;
};

}  // namespace camherd
