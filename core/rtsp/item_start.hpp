#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Where in the bytes of an RTSP connection an item (message or interleaved packet) begins.
/// What is decided never changes when more bytes come.
namespace camherd::rtsp::item_start {

enum class verdict : std::uint8_t {
  no,
  yes,
  undecided,  ///< there are too few bytes to tell
};

inline constexpr std::size_t packet_header_bytes = 4;  ///< '$', channel, length

/// Length in the header of an interleaved packet.
[[nodiscard]] std::size_t packet_payload_bytes(std::string_view packet) noexcept;

/// Whether `bytes` begin with `wanted`, in any case.
[[nodiscard]] verdict begins_with(std::string_view bytes, std::string_view wanted) noexcept;

/// Whether `bytes` begin with a status line, up to the first digit of the status, or with the
/// method of a request and the first letters of its URL. Decided within 40 bytes.
[[nodiscard]] verdict begins_message(std::string_view bytes) noexcept;

/// Whether an item begins here, where garbage may go on as well. A '$' proves nothing alone: it
/// must look like RTP or RTCP on a low channel, and another item must follow the packet.
[[nodiscard]] verdict begins_item_after_garbage(std::string_view bytes) noexcept;

/// Size of a message's head with its empty line; npos if that has not come. `from` is where to
/// look first, and is moved to where to go on when there are more bytes.
[[nodiscard]] std::size_t find_head_end(std::string_view text, std::size_t& from) noexcept;

enum class extent : std::uint8_t {
  partial,  ///< more bytes of the body may come
  whole,    ///< as long as its Content-Length says
};

/// Where in a text body the next item begins, npos if nowhere; `from` as above. The end of a
/// whole body may be only the beginning of an item's first bytes.
[[nodiscard]] std::size_t find_item_in_body(std::string_view body, extent body_is,
                                            std::size_t& from) noexcept;

}  // namespace camherd::rtsp::item_start
