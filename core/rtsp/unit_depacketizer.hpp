#pragma once

#include "core/rtsp/depacketizer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace camherd::rtsp {

/// What the depacketizers of all codecs share: where access units begin and end (marker,
/// timestamp), loss, the limit on their size, the fields that do not depend on the codec. A
/// codec's class reads payloads and appends to the open unit.
class unit_depacketizer : public depacketizer {
 public:
  result<void> push(const received_packet& packet, const emit& out) final;
  void doubt_last() final { (open_ ? damaged_ : gap_) = true; }
  void flush(const emit& out) final;
  [[nodiscard]] depacketizer_faults faults() const noexcept final { return faults_; }

 protected:
  enum class picture_part : unsigned char { first, later };
  enum class picture_kind : unsigned char { keyframe, other };

  unit_depacketizer(video_codec codec, std::uint32_t clock_rate, depacketizer_limits limits);

  /// Reads a payload, which is not empty.
  virtual result<void> take(const rtp_packet& packet) = 0;

  /// Whether `payload` can only be the start of another picture than the open unit's.
  [[nodiscard]] virtual bool must_begin_unit(std::span<const std::uint8_t> payload) const = 0;

  /// A part of the unit that is spread over packets is open, its end has not come.
  [[nodiscard]] virtual bool in_fragment() const noexcept = 0;
  /// The open part is complete, though its end was not marked.
  virtual void end_fragment() = 0;
  /// The end of the open part, or the beginning of what comes next, will never come.
  virtual void lose_fragment() = 0;

  /// Last touches before the open unit is emitted: `keyframe`, `reference`, a missing end.
  virtual void complete(access_unit& unit) = 0;
  /// The open unit is new and empty.
  virtual void unit_begins() {}

  [[nodiscard]] padded_bytes& payload() noexcept { return unit_.payload; }
  [[nodiscard]] const depacketizer_limits& limits() const noexcept { return limits_; }

  /// Appends to the open unit. False if that would pass the limit: the unit is given up.
  bool append(std::span<const std::uint8_t> bytes);
  /// The same for its beginning; the first call of a unit should come while it is small.
  bool prepend(std::span<const std::uint8_t> bytes);
  /// Makes room for a picture like the last of its kind.
  void reserve_for(picture_kind kind);

  /// A slice or scan begins. A `later` part in a unit that has none yet means that the first is
  /// missing, or that the last unit ended too early.
  void picture_part_begins(picture_part part);
  /// The slice or scan that began is in the unit and makes it worth emitting.
  void picture_part_kept() noexcept { has_picture_ = true; }
  [[nodiscard]] bool has_picture() const noexcept { return has_picture_; }

  /// A part of the picture is missing.
  void damage() noexcept { damaged_ = true; }
  [[nodiscard]] bool given_up() const noexcept { return given_up_; }

 private:
  void restart(const emit& out);
  void note_loss(bool same_unit);
  void settle_fragment();
  void end_unit(const emit& out);
  void emit_unit(const emit& out);
  void discard_unit();
  void begin_unit();
  void give_up();

  video_codec codec_;
  std::uint32_t clock_rate_;
  depacketizer_limits limits_;
  depacketizer_faults faults_;
  unwrapper timestamps_{32};
  bool markers_trusted_ = true;
  bool marker_ever_seen_ = false;
  bool gap_ = false;                              // the next unit emitted comes after a gap
  std::optional<std::uint32_t> ended_by_marker_;  // timestamp of the last unit, if so
  std::uint64_t lost_unnoticed_ = 0;              // before packets without payload
  std::size_t usual_bytes_[2] = {0, 0};           // by picture_kind

  // The open unit.
  access_unit unit_;
  bool open_ = false;  // a packet of it came
  std::uint32_t timestamp_ = 0;
  bool last_marker_ = false;  // the marker of its last packet
  bool has_picture_ = false;
  bool damaged_ = false;
  bool given_up_ = false;
};

}  // namespace camherd::rtsp
