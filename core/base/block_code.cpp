#include "core/base/block_code.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace camherd {
namespace {

using code_bytes = std::array<std::uint8_t, block_code_rows>;

std::uint16_t crc16(std::span<const std::uint8_t> bytes) noexcept {
  std::uint32_t crc = 0xffff;
  for (const std::uint8_t byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte) << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
    }
  }
  return static_cast<std::uint16_t>(crc);
}

constexpr std::uint8_t high(std::uint16_t value) noexcept {
  return static_cast<std::uint8_t>(value >> 8);
}
constexpr std::uint8_t low(std::uint16_t value) noexcept {
  return static_cast<std::uint8_t>(value & 0xff);
}

constexpr bool bit_of(std::uint8_t byte, std::size_t column) noexcept {
  return (byte >> (block_code_columns - 1 - column) & 1U) != 0;
}

code_bytes bytes_of(block_code code) noexcept {
  code_bytes bytes{block_code_sync, code.scene, high(code.index), low(code.index)};
  const std::uint16_t crc = crc16(std::span{bytes}.subspan(1, 3));
  bytes[4] = high(crc);
  bytes[5] = low(crc);
  return bytes;
}

// Only the inner half of a square is read: its border is where quantisation and deblocking
// blur.
int inner_mean(const luma_plane<const std::uint8_t>& luma, std::size_t row,
               std::size_t column) noexcept {
  constexpr std::size_t margin = block_code_cell / 4;
  constexpr std::size_t side = block_code_cell - 2 * margin;
  unsigned sum = 0;
  for (std::size_t y = 0; y < side; ++y) {
    const std::size_t line = (row * block_code_cell + margin + y) * luma.stride;
    for (std::size_t x = 0; x < side; ++x) {
      sum += luma.pixels[line + column * block_code_cell + margin + x];
    }
  }
  return static_cast<int>(sum / (side * side));
}

}  // namespace

bool draw_block_code(const luma_plane<std::uint8_t>& luma, block_code code) noexcept {
  if (!luma.holds_block_code()) return false;
  const code_bytes bytes = bytes_of(code);
  for (std::size_t y = 0; y < block_code_height; ++y) {
    const std::uint8_t byte = bytes[y / block_code_cell];
    for (std::size_t column = 0; column < block_code_columns; ++column) {
      const auto square =
          luma.pixels.subspan(y * luma.stride + column * block_code_cell, block_code_cell);
      std::ranges::fill(square, bit_of(byte, column) ? block_code_white : block_code_black);
    }
  }
  return true;
}

std::optional<block_code> read_block_code(const luma_plane<const std::uint8_t>& luma) noexcept {
  if (!luma.holds_block_code()) return std::nullopt;

  // The sync row says what black and white look like here, since decoders and scalers change
  // the range of luma.
  int darkest_white = 255;
  int lightest_black = 0;
  for (std::size_t column = 0; column < block_code_columns; ++column) {
    const int mean = inner_mean(luma, 0, column);
    if (bit_of(block_code_sync, column)) {
      darkest_white = std::min(darkest_white, mean);
    } else {
      lightest_black = std::max(lightest_black, mean);
    }
  }
  const int contrast = darkest_white - lightest_black;
  if (contrast < 64) return std::nullopt;
  const int middle = (darkest_white + lightest_black) / 2;

  code_bytes bytes{};
  for (std::size_t row = 0; row < block_code_rows; ++row) {
    for (std::size_t column = 0; column < block_code_columns; ++column) {
      const int from_middle = inner_mean(luma, row, column) - middle;
      if (std::abs(from_middle) < contrast / 4) return std::nullopt;
      bytes[row] = static_cast<std::uint8_t>(bytes[row] << 1 | (from_middle > 0 ? 1 : 0));
    }
  }
  const block_code code{bytes[1], static_cast<std::uint16_t>(bytes[2] << 8 | bytes[3])};
  if (bytes != bytes_of(code)) return std::nullopt;
  return code;
}

}  // namespace camherd
