#pragma once

#include "core/rtsp/depacketizer.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace camherd::rtsp {

// What `make_depacketizer` chooses from.

[[nodiscard]] std::unique_ptr<depacketizer> make_h264_depacketizer(
    std::uint32_t clock_rate, std::span<const std::uint8_t> parameter_sets,
    depacketizer_limits limits);

[[nodiscard]] std::unique_ptr<depacketizer> make_h265_depacketizer(
    std::uint32_t clock_rate, std::span<const std::uint8_t> parameter_sets,
    depacketizer_limits limits);

[[nodiscard]] std::unique_ptr<depacketizer> make_mjpeg_depacketizer(std::uint32_t clock_rate,
                                                                    depacketizer_limits limits);

}  // namespace camherd::rtsp
