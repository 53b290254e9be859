#pragma once

#include "core/base/error.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>

namespace camherd::rtsp {

/// A failed network operation in words for people who run cameras.
[[nodiscard]] std::string in_words(const boost::system::error_code& code);

/// "10.0.0.5:554", "[fe80::1]:554".
[[nodiscard]] std::string address_text(const boost::asio::ip::address& address,
                                       std::uint16_t port);

}  // namespace camherd::rtsp
