#include "core/rtsp/jfif_header.hpp"

#include <algorithm>

namespace camherd::rtsp {
namespace {

using bytes = std::vector<std::uint8_t>;

// ITU-T T.81 tables K.1 and K.2, row by row.
constexpr std::array<std::uint8_t, 64> luma_quantisers{16, 11, 10, 16, 24,  40,  51,  61,   //
                                                       12, 12, 14, 19, 26,  58,  60,  55,   //
                                                       14, 13, 16, 24, 40,  57,  69,  56,   //
                                                       14, 17, 22, 29, 51,  87,  80,  62,   //
                                                       18, 22, 37, 56, 68,  109, 103, 77,   //
                                                       24, 35, 55, 64, 81,  104, 113, 92,   //
                                                       49, 64, 78, 87, 103, 121, 120, 101,  //
                                                       72, 92, 95, 98, 112, 100, 103, 99};
constexpr std::array<std::uint8_t, 64> chroma_quantisers{17, 18, 24, 47, 99, 99, 99, 99,  //
                                                         18, 21, 26, 66, 99, 99, 99, 99,  //
                                                         24, 26, 56, 99, 99, 99, 99, 99,  //
                                                         47, 66, 99, 99, 99, 99, 99, 99,  //
                                                         99, 99, 99, 99, 99, 99, 99, 99,  //
                                                         99, 99, 99, 99, 99, 99, 99, 99,  //
                                                         99, 99, 99, 99, 99, 99, 99, 99,  //
                                                         99, 99, 99, 99, 99, 99, 99, 99};

// ITU-T T.81 figure 5: the position in the rows of each coefficient in coded order.
constexpr std::array<std::uint8_t, 64> zigzag = [] {
  std::array<std::uint8_t, 64> order{};
  unsigned row = 0;
  unsigned column = 0;
  for (auto& position : order) {
    position = static_cast<std::uint8_t>(8 * row + column);
    if ((row + column) % 2 == 0) {
      if (column == 7) {
        ++row;
      } else {
        ++column;
        if (row > 0) --row;
      }
    } else if (row == 7) {
      ++column;
    } else {
      ++row;
      if (column > 0) --column;
    }
  }
  return order;
}();

// ITU-T T.81 tables K.3 to K.6: how many codes there are of each length, and their values.
struct huffman_table {
  std::uint8_t id;  // class in the upper half
  std::array<std::uint8_t, 16> lengths;
  std::span<const std::uint8_t> values;
};

constexpr std::array<std::uint8_t, 12> dc_values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
constexpr std::array<std::uint8_t, 162> luma_ac_values{
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61,
    0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52,
    0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25,
    0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45,
    0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64,
    0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83,
    0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
    0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6,
    0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3,
    0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8,
    0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa};
constexpr std::array<std::uint8_t, 162> chroma_ac_values{
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61,
    0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33,
    0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18,
    0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44,
    0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63,
    0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a,
    0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97,
    0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4,
    0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca,
    0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7,
    0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa};
constexpr std::array<huffman_table, 4> huffman_tables{{
    {0x00, {0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0}, dc_values},
    {0x10, {0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d}, luma_ac_values},
    {0x01, {0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0}, dc_values},
    {0x11, {0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77}, chroma_ac_values},
}};

enum marker : std::uint8_t {
  soi = 0xd8,
  app0 = 0xe0,
  dqt = 0xdb,
  dri = 0xdd,
  sof0 = 0xc0,  // baseline
  sof1 = 0xc1,  // extended sequential, which may have 16-bit quantisers
  dht = 0xc4,
  sos = 0xda,
};

void put_u16(bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

// `size` counts what follows the length field.
void put_segment(bytes& out, marker type, std::size_t size) {
  out.push_back(0xff);
  out.push_back(type);
  put_u16(out, size + 2);
}

void put(bytes& out, std::span<const std::uint8_t> more) {
  out.insert(out.end(), more.begin(), more.end());
}

quantisation_table scaled(const std::array<std::uint8_t, 64>& base, unsigned percent) {
  quantisation_table table;
  for (std::size_t i = 0; i < base.size(); ++i) {
    const auto value = (base[zigzag[i]] * percent + 50) / 100;
    table.bytes[i] = static_cast<std::uint8_t>(std::clamp(value, 1U, 255U));
  }
  return table;
}

}  // namespace

std::array<quantisation_table, 2> tables_of_quality(unsigned q) {
  q = std::clamp(q, 1U, 99U);
  const auto percent = q < 50 ? 5000 / q : 200 - 2 * q;
  return {scaled(luma_quantisers, percent), scaled(chroma_quantisers, percent)};
}

std::vector<std::uint8_t> make_jfif_header(const jfif_parameters& parameters,
                                           const std::array<quantisation_table, 2>& tables) {
  static constexpr std::uint8_t jfif[] = {'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0};
  bytes out;
  out.reserve(1024);
  out.push_back(0xff);
  out.push_back(soi);
  put_segment(out, app0, sizeof jfif);
  put(out, jfif);

  for (std::uint8_t id = 0; id < tables.size(); ++id) {
    const auto values = tables[id].values();
    put_segment(out, dqt, 1 + values.size());
    out.push_back(static_cast<std::uint8_t>((tables[id].wide ? 0x10 : 0) | id));
    put(out, values);
  }
  if (parameters.restart_interval > 0) {
    put_segment(out, dri, 2);
    put_u16(out, parameters.restart_interval);
  }

  put_segment(out, tables[0].wide || tables[1].wide ? sof1 : sof0, 15);
  out.push_back(8);  // bits a sample
  put_u16(out, parameters.height);
  put_u16(out, parameters.width);
  const std::uint8_t luma = parameters.sampling == chroma_sampling::yuv422 ? 0x21 : 0x22;
  const std::uint8_t components[] = {3, 1, luma, 0, 2, 0x11, 1, 3, 0x11, 1};
  put(out, components);

  for (const auto& table : huffman_tables) {
    put_segment(out, dht, 1 + table.lengths.size() + table.values.size());
    out.push_back(table.id);
    put(out, table.lengths);
    put(out, table.values);
  }
  static constexpr std::uint8_t scan[] = {3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0};
  put_segment(out, sos, sizeof scan);
  put(out, scan);
  return out;
}

}  // namespace camherd::rtsp
