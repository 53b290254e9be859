#pragma once

#include "tests/support/bit_writer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace camherd::testing {

using bytes = std::vector<std::uint8_t>;

inline bytes joined(std::initializer_list<std::span<const std::uint8_t>> parts) {
  bytes out;
  for (const auto part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

/// The NAL units with four-byte start codes.
inline bytes annex_b(const std::vector<bytes>& nals) {
  bytes out;
  for (const auto& nal : nals) {
    out.insert(out.end(), {0, 0, 0, 1});
    out.insert(out.end(), nal.begin(), nal.end());
  }
  return out;
}

/// `size` bytes without zeros, different for each `salt`.
inline bytes filling(std::size_t size, std::uint8_t salt) {
  bytes out(size);
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::uint8_t>((i * 7 + salt * 31) % 251 + 2);
  }
  return out;
}

enum class slice_place { first, later };

namespace h264 {

inline bytes sps(std::uint32_t id = 0, std::uint8_t salt = 1) {
  const bytes head{0x67, 0x42, 0xc0, 0x1e};
  return joined({head, bit_writer{}.exp_golomb(id).bits(salt, 8).finish()});
}

inline bytes pps(std::uint32_t id = 0, std::uint32_t sps_id = 0, std::uint8_t salt = 1) {
  const bytes head{0x68};
  return joined({head, bit_writer{}.exp_golomb(id).exp_golomb(sps_id).bits(salt, 8).finish()});
}

inline bytes slice(std::uint8_t header, slice_place place, std::uint32_t type,
                   std::size_t size) {
  bit_writer start;
  start.exp_golomb(place == slice_place::first ? 0 : 120).exp_golomb(type);
  const bytes head{header};
  return joined({head, start.finish(), filling(size, header)});
}

inline bytes idr(std::size_t size = 20, slice_place place = slice_place::first) {
  return slice(0x65, place, 7, size);
}
inline bytes p_slice(std::size_t size = 20, slice_place place = slice_place::first) {
  return slice(0x41, place, 5, size);
}
inline bytes i_slice(std::size_t size = 20) {
  return slice(0x61, slice_place::first, 7, size);
}
inline bytes disposable(std::size_t size = 20) {
  return slice(0x01, slice_place::first, 6, size);
}

/// SEI with a recovery point (D.1.8) behind a message of another type.
inline bytes recovery_point(std::uint32_t frame_count) {
  const auto message =
      bit_writer{}.exp_golomb(frame_count).bits(1, 1).bits(0, 1).bits(0, 2).finish();
  const bytes head{0x06, 4, 3, 9, 9, 9, 6, static_cast<std::uint8_t>(message.size())};
  const bytes end{0x80};
  return joined({head, message, end});
}

inline const bytes sei{0x06, 0x05, 0x02, 0xaa, 0xbb, 0x80};
inline const bytes delimiter{0x09, 0xf0};

/// `nal` in FU-A payloads of at most `size` bytes content.
inline std::vector<bytes> fu_a(const bytes& nal, std::size_t size) {
  std::vector<bytes> out;
  for (std::size_t at = 1; at < nal.size(); at += size) {
    const auto count = std::min(size, nal.size() - at);
    std::uint8_t header = nal[0] & 0x1f;
    if (at == 1) header |= 0x80;
    if (at + count == nal.size()) header |= 0x40;
    const bytes head{static_cast<std::uint8_t>((nal[0] & 0xe0) | 28), header};
    out.push_back(joined({head, std::span{nal}.subspan(at, count)}));
  }
  return out;
}

inline bytes stap_a(const std::vector<bytes>& nals) {
  bytes out{24};
  for (const auto& nal : nals) {
    out.push_back(static_cast<std::uint8_t>(nal.size() >> 8));
    out.push_back(static_cast<std::uint8_t>(nal.size()));
    out.insert(out.end(), nal.begin(), nal.end());
  }
  return out;
}

}  // namespace h264

namespace h265 {

enum nal_type : std::uint8_t {
  trail_n = 0,
  trail_r = 1,
  idr_w_radl = 19,
  cra = 21,
  vps_type = 32,
  sps_type = 33,
  pps_type = 34,
  delimiter_type = 35,
  prefix_sei = 39,
};

inline bytes header(std::uint8_t type) {
  return {static_cast<std::uint8_t>(type << 1), 1};
}

inline bytes vps(std::uint32_t id = 0, std::uint8_t salt = 1) {
  return joined({header(vps_type), bit_writer{}.bits(id, 4).bits(salt, 8).finish()});
}

/// `sub_layers` is sps_max_sub_layers_minus1; each has a profile and a level.
inline bytes sps(std::uint32_t id = 0, std::uint8_t salt = 1, std::uint32_t sub_layers = 0) {
  bit_writer out;
  out.bits(0, 4).bits(sub_layers, 3).bits(1, 1);
  const auto profile = [&] {
    for (int i = 0; i < 11; ++i) out.bits(0x55, 8);
  };
  profile();
  out.bits(93, 8);
  for (std::uint32_t i = 0; i < sub_layers; ++i) out.bits(3, 2);
  if (sub_layers > 0) out.bits(0, 2 * (8 - sub_layers));
  for (std::uint32_t i = 0; i < sub_layers; ++i) {
    profile();
    out.bits(93, 8);
  }
  return joined({header(sps_type), out.exp_golomb(id).bits(salt, 8).finish()});
}

inline bytes pps(std::uint32_t id = 0, std::uint32_t sps_id = 0, std::uint8_t salt = 1) {
  return joined({header(pps_type),
                 bit_writer{}.exp_golomb(id).exp_golomb(sps_id).bits(salt, 8).finish()});
}

inline bytes slice(std::uint8_t type, std::size_t size = 20,
                   slice_place place = slice_place::first) {
  const bytes first{static_cast<std::uint8_t>(place == slice_place::first ? 0xaf : 0x2f)};
  return joined({header(type), first, filling(size, type)});
}

inline std::vector<bytes> fu(const bytes& nal, std::size_t size) {
  std::vector<bytes> out;
  for (std::size_t at = 2; at < nal.size(); at += size) {
    const auto count = std::min(size, nal.size() - at);
    auto fu_header = static_cast<std::uint8_t>(nal[0] >> 1);
    if (at == 2) fu_header |= 0x80;
    if (at + count == nal.size()) fu_header |= 0x40;
    const bytes head{49 << 1, nal[1], fu_header};
    out.push_back(joined({head, std::span{nal}.subspan(at, count)}));
  }
  return out;
}

inline bytes aggregate(const std::vector<bytes>& nals) {
  bytes out{48 << 1, 1};
  for (const auto& nal : nals) {
    out.push_back(static_cast<std::uint8_t>(nal.size() >> 8));
    out.push_back(static_cast<std::uint8_t>(nal.size()));
    out.insert(out.end(), nal.begin(), nal.end());
  }
  return out;
}

}  // namespace h265
}  // namespace camherd::testing
