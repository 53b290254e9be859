#pragma once

#include "core/rtsp/message.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What the tests of the stream parser say: bytes in, items out as text.
namespace camherd::rtsp {

using namespace std::string_literals;

inline void push(stream_parser& parser, std::string_view bytes) {
  const auto room = parser.prepare(bytes.size());
  REQUIRE(room.size() >= bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  parser.commit(bytes.size());
}

inline std::string text_of(const stream_parser::item& item) {
  std::string text;
  const auto add_fields = [&](const header_list& headers) {
    for (const auto& field : headers.fields()) text += "|" + field.name + "=" + field.value;
  };
  if (const auto* answer = std::get_if<response>(&item)) {
    text = std::to_string(answer->status) + " " + answer->reason;
    add_fields(answer->headers);
    text += "|" + answer->body + (answer->body_cut_short ? "|cut" : "");
  } else if (const auto* asked = std::get_if<request>(&item)) {
    text = asked->method + " " + asked->uri;
    add_fields(asked->headers);
    text += "|" + asked->body;
  } else {
    const auto& packet = std::get<interleaved_packet>(item);
    text = "$" + std::to_string(packet.channel) + " ";
    text.append(packet.payload.begin(), packet.payload.end());
  }
  return text;
}

struct outcome {
  std::vector<std::string> items;
  std::string error;
  std::uint64_t garbage = 0;
  std::size_t buffer = 0;
};

inline bool drain(stream_parser& parser, outcome& out) {
  for (;;) {
    const auto next = parser.next();
    if (!next) {
      out.error = next.error().message();
      return false;
    }
    if (!*next) return true;
    out.items.push_back(text_of(**next));
  }
}

// What the parser makes of `bytes` that come in reads of `read_size`.
inline outcome parse(std::string_view bytes, std::size_t read_size,
                     message_limits limits = {}) {
  stream_parser parser{limits};
  outcome out;
  while (!bytes.empty()) {
    const auto size = std::min(read_size, bytes.size());
    push(parser, bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (!drain(parser, out)) break;
  }
  out.garbage = parser.garbage_bytes();
  out.buffer = parser.buffer_bytes();
  return out;
}

inline outcome parse(std::string_view bytes) {
  return parse(bytes, bytes.size());
}

// An RTP packet by its first byte, `size` bytes in all, in its interleaved frame.
inline std::string packet(char channel, std::size_t size, char fill = 'x') {
  std::string payload(size, fill);
  payload[0] = '\x80';
  return "$"s + channel + static_cast<char>(size >> 8) + static_cast<char>(size & 255) +
         payload;
}

inline const std::string ok = "RTSP/1.0 200 OK\r\nCSeq: 7\r\n\r\n";

inline response response_of(std::string_view bytes) {
  stream_parser parser;
  push(parser, bytes);
  auto next = parser.next();
  REQUIRE(next);
  REQUIRE(*next);
  REQUIRE(std::holds_alternative<response>(**next));
  return std::get<response>(**next);
}

inline std::string error_of(std::string_view bytes, message_limits limits = {}) {
  const auto out = parse(bytes, bytes.size(), limits);
  CHECK_FALSE(out.error.empty());
  return out.error;
}

}  // namespace camherd::rtsp
