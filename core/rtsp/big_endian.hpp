#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace camherd::rtsp {

// Numbers in network byte order. The caller has checked that the bytes are there.

[[nodiscard]] inline std::uint16_t read_u16(std::span<const std::uint8_t> bytes,
                                            std::size_t at) noexcept {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

[[nodiscard]] inline std::uint32_t read_u24(std::span<const std::uint8_t> bytes,
                                            std::size_t at) noexcept {
  return std::uint32_t{bytes[at]} << 16 | read_u16(bytes, at + 1);
}

[[nodiscard]] inline std::uint32_t read_u32(std::span<const std::uint8_t> bytes,
                                            std::size_t at) noexcept {
  return std::uint32_t{read_u16(bytes, at)} << 16 | read_u16(bytes, at + 2);
}

}  // namespace camherd::rtsp
