#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace camherd::rtsp {

/// Quantisation table in zigzag order, as DQT has it; 16-bit values if `wide`.
struct quantisation_table {
  bool wide = false;
  std::array<std::uint8_t, 128> bytes{};  ///< big endian; 64 used unless `wide`

  [[nodiscard]] std::span<const std::uint8_t> values() const noexcept {
    return std::span{bytes}.first(wide ? 128 : 64);
  }
};

/// The luma and chroma tables of quality `q`, 1 to 99 (RFC 2435 section 4.2 and appendix A).
[[nodiscard]] std::array<quantisation_table, 2> tables_of_quality(unsigned q);

enum class chroma_sampling : std::uint8_t { yuv422, yuv420 };

struct jfif_parameters {
  std::uint16_t width = 0;   ///< pixels
  std::uint16_t height = 0;  ///< pixels
  chroma_sampling sampling = chroma_sampling::yuv420;
  std::uint16_t restart_interval = 0;  ///< in MCUs; 0 for none
};

/// All that precedes the scan of a JPEG image (RFC 2435 appendix B): SOI, JFIF, the tables,
/// frame and scan headers, with the standard Huffman tables (ITU-T T.81 annex K.3).
[[nodiscard]] std::vector<std::uint8_t> make_jfif_header(
    const jfif_parameters& parameters, const std::array<quantisation_table, 2>& tables);

}  // namespace camherd::rtsp
