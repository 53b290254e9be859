#pragma once

#include "core/base/access_unit.hpp"
#include "core/base/names.hpp"
#include "core/base/result.hpp"
#include "core/frame/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace camherd {

/// What a decoder needs beside the stream itself.
struct decoder_options {
  /// Slots beyond the pictures the decoder itself keeps and those that are reserved: the latest
  /// frame, and the next while it takes the place of that.
  std::size_t extra_slots = 2;
  /// Largest picture, in pixels, that is decoded; a larger one is `unsupported`.
  std::size_t max_pixels = std::size_t{8192} * 8192;
};

struct slot_usage {
  std::size_t total = 0;
  std::size_t in_use = 0;  ///< held by the decoder or by whoever has a frame

  friend bool operator==(const slot_usage&, const slot_usage&) = default;
};

/// Hears what becomes of each access unit given to a decoder: exactly one call for each, during
/// `decode` or `drain`, of that unit or a later one.
class decode_listener {
 public:
  virtual ~decode_listener() = default;

  /// `f` was decoded from the access unit `f.metadata.unit_sequence`. `decoded_at` is set;
  /// `sequence`, `published_at` and `dropped_before` are the caller's to fill in.
  virtual void on_frame(frame f) = 0;

  /// The access unit gave no frame: `corrupt` (damaged or refused, or a picture the decoder
  /// could not complete), `awaiting_keyframe` (a leading picture that needs what was not
  /// decoded before its keyframe), `stale` (its frame came after one that follows it in display
  /// order), or `no_free_slot`.
  virtual void on_discarded(std::uint64_t unit_sequence, drop_reason reason) = 0;

  /// The access unit was decoded and has no frame of its own: it was the second field of a
  /// frame that another unit was reported for, or held no slice at all. Counts as decoded.
  virtual void on_merged(std::uint64_t unit_sequence) = 0;
};

/// Decodes the access units of one camera, in order, on whatever thread calls (one at a time),
/// without threads of its own and without delay where the stream has none. Frames come out in
/// display order. Decoded pictures lie in slots that it supplies: one for each picture the
/// stream keeps, `decoder_options::extra_slots`, and the reserved ones. A new generation begins
/// whenever the size or format of the pictures changes, and at no other time.
///
/// A frame is marked corrupt if it or anything it may be predicted from was damaged, lost or
/// refused: from a loss on, every frame up to the next keyframe. Nothing marked good was
/// predicted from known damage; damage inside an access unit that arrived whole cannot always
/// be known: most flipped bits of CABAC decode to another picture, and a slice of H.265 that
/// was cut short to a whole one, without any word from libavcodec.
class decoder {
 public:
  virtual ~decoder() = default;

  /// Decodes `unit`, which must be of the codec it was made for. Errors: `corrupt` when the
  /// codec refused it (the unit was reported as discarded), `unsupported` for pictures we have
  /// no format for or that are larger than `max_pixels`, `internal` when memory for slots or
  /// for decoding cannot be had. To find no free slot is not an error: it is reported as
  /// discarded only, and the caller waits for the next keyframe.
  virtual result<void> decode(access_unit unit, decode_listener& listener) = 0;

  /// Brings out what the decoder still holds and forgets references: the next unit should be a
  /// keyframe.
  virtual void drain(decode_listener& listener) = 0;

  /// Drains, and holds no memory for pictures and for decoding until the next `decode`. What
  /// was learned of the stream stays.
  virtual void rest(decode_listener& listener) = 0;

  /// Units given whose fate was not yet reported: pictures waiting to be put in display order.
  [[nodiscard]] virtual std::size_t in_flight() const noexcept = 0;

  /// Makes room for `held_frames` frames that consumers hold at the same time, beside the
  /// latest; pictures decoded before stay where they are. Fewer than before give memory back,
  /// as far as it came with a later reservation. Consumers who hold more find no slots missing
  /// but their own: pictures are then discarded with `no_free_slot`. Errors: `internal` when
  /// the memory cannot be had; then as much is reserved as before.
  virtual result<void> reserve(std::size_t held_frames) = 0;

  /// The slots for pictures of the current size and format; none before the first picture.
  [[nodiscard]] virtual slot_usage slots() const noexcept = 0;
};

/// A decoder on libavcodec, which takes no memory before the first `decode`. Errors:
/// `unsupported` when this machine's libavcodec lacks the codec. `first_generation` continues
/// the camera's count of generations.
[[nodiscard]] result<std::unique_ptr<decoder>> make_decoder(video_codec codec,
                                                            const decoder_options& options,
                                                            std::uint32_t first_generation);

}  // namespace camherd
