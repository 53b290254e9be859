#pragma once

#include <cstdarg>
#include <optional>

namespace camherd::ffmpeg {

/// Keeps libav from writing to standard error, for the whole process. Any thread, any number of
/// times.
void silence_av_log();

/// In pixels, with what alignment adds to it.
struct picture_size {
  unsigned width = 0;
  unsigned height = 0;
};

/// While it lives, notices what libavcodec says on this thread about damaged pictures, and
/// about those that are larger than it may take. Some damage is told in no other way, or in no
/// other way before later pictures that are predicted from it come out: a lost reference, and
/// concealment in a picture that waits for its turn. A message that another version words
/// differently goes unnoticed: the tests of damage fail then.
class damage_watch {
 public:
  damage_watch() noexcept;
  ~damage_watch();
  damage_watch(const damage_watch&) = delete;
  damage_watch& operator=(const damage_watch&) = delete;

  /// Something of the picture itself is damaged.
  [[nodiscard]] bool damaged() const noexcept { return damaged_; }
  /// A picture is missing that this one or others refer to: no harm to a keyframe.
  [[nodiscard]] bool misses_reference() const noexcept { return misses_reference_; }
  [[nodiscard]] const std::optional<picture_size>& too_large() const noexcept {
    return too_large_;
  }

 private:
  friend void hear(const char* format, va_list values) noexcept;

  bool damaged_ = false;
  bool misses_reference_ = false;
  std::optional<picture_size> too_large_;
  damage_watch* outer_;
};

}  // namespace camherd::ffmpeg
