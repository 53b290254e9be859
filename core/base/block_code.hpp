#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace camherd {

/// What a simulated camera writes into the pixels of a picture, so that a measuring program
/// knows which picture it has, however the picture reached it.
struct block_code {
  std::uint8_t scene = 0;   ///< which of the distinct scenes this is
  std::uint16_t index = 0;  ///< of the picture within the loop of its scene

  friend bool operator==(const block_code&, const block_code&) = default;
};

/// The code is a grid of black and white squares in the top left corner of the luma plane:
/// eight columns and six rows, each row one byte, most significant bit first, white is 1. Rows:
/// sync pattern, scene, index (high, low), CRC-16 of the three bytes before it (high, low;
/// polynomial 0x1021, initial value 0xffff). `docs/ref/camherd-sim.md` has it for other
/// languages.
inline constexpr std::size_t block_code_cell = 16;  ///< pixels
inline constexpr std::size_t block_code_columns = 8;
inline constexpr std::size_t block_code_rows = 6;
inline constexpr std::size_t block_code_width = block_code_cell * block_code_columns;
inline constexpr std::size_t block_code_height = block_code_cell * block_code_rows;
inline constexpr std::uint8_t block_code_sync = 0xb2;
inline constexpr std::uint8_t block_code_black = 32;
inline constexpr std::uint8_t block_code_white = 220;

/// A plane of luma samples. `pixels` holds at least `stride * (height - 1) + width` bytes.
template <class Byte>
struct luma_plane {
  std::span<Byte> pixels;
  std::size_t stride = 0;  ///< bytes from one line to the next
  std::size_t width = 0;
  std::size_t height = 0;

  /// True if the code fits into the plane and the plane into its bytes.
  [[nodiscard]] bool holds_block_code() const noexcept {
    return width >= block_code_width && height >= block_code_height && stride >= width &&
           pixels.size() >= stride * (block_code_height - 1) + block_code_width;
  }
};

/// Draws `code`. A plane too small for it is left as it is, and the result is false.
bool draw_block_code(const luma_plane<std::uint8_t>& luma, block_code code) noexcept;

/// Reads the code. Empty when the plane is too small, the sync pattern is not there, a square
/// is neither black nor white, or the checksum does not match. Never reads out of bounds.
[[nodiscard]] std::optional<block_code> read_block_code(
    const luma_plane<const std::uint8_t>& luma) noexcept;

}  // namespace camherd
