#include "core/base/text.hpp"
#include "core/rtsp/item_start.hpp"
#include "core/rtsp/message.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace camherd::rtsp {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t packet_header_bytes = item_start::packet_header_bytes;
using item_start::verdict;

std::string_view without_line_end(std::string_view line) noexcept {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// "RTSP/1.0 200 OK": false if the status is not a number of three digits.
bool read_status_line(std::string_view line, response& answer) {
  auto rest = trim(line.substr(std::min(line.find_first_of(" \t"), line.size())));
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits != 3 || rest[0] == '0') return false;
  answer.status = leading_number<int>(rest).value_or(0);
  answer.reason = printable(trim(rest.substr(digits)));
  return true;
}

void read_request_line(std::string_view line, request& asked) {
  asked.method = upper_case(take_until(line, ' '));
  line = trim(line);
  asked.uri = printable(line.substr(0, std::min(line.find_first_of(" \t"), line.size())));
}

// Header fields from the lines behind the first; false if there are more than `max_fields`.
bool read_fields(std::string_view text, std::size_t max_fields, header_list& fields) {
  std::string name;
  std::string value;
  std::size_t count = 0;
  const auto finish = [&] {
    if (!name.empty()) fields.add(std::move(name), printable(trim(value)));
    name.clear();
    value.clear();
  };
  while (!text.empty()) {
    const auto line = without_line_end(take_until(text, '\n'));
    if (line.starts_with(' ') || line.starts_with('\t')) {
      if (!name.empty()) value.append(" ").append(trim(line));
      continue;
    }
    finish();
    const auto colon = line.find(':');
    if (colon == npos) continue;
    name = printable(trim(line.substr(0, colon)));
    value = trim(line.substr(colon + 1));
    if (!name.empty() && ++count > max_fields) return false;
  }
  finish();
  return true;
}

bool is_sdp(const header_list& headers) {
  const auto type = headers.find("Content-Type");
  return type && find_ignoring_case(*type, "sdp") != npos;
}

bool has_text_body(const header_list& headers) {
  const auto type = headers.find("Content-Type");
  return !type || is_sdp(headers) || starts_with_ignoring_case(*type, "text/");
}

}  // namespace

stream_parser::stream_parser(message_limits limits) : limits_{limits} {}

std::string_view stream_parser::unparsed() const noexcept {
  if (begin_ == end_) return {};
  return {reinterpret_cast<const char*>(buffer_.get()) + begin_, end_ - begin_};
}

void stream_parser::consume(std::size_t size) noexcept {
  begin_ += size;
  consumed_ += size;
  scanned_ = 0;
}

error stream_parser::failure(error_kind kind, std::string_view what) const {
  return {kind,
          std::string{what} + ", at byte " + std::to_string(consumed_) + " of the connection"};
}

std::span<std::uint8_t> stream_parser::prepare(std::size_t size) {
  const auto used = end_ - begin_;
  if (used == 0) begin_ = end_ = 0;
  if (capacity_ - end_ < size) {
    // Moving at most as many bytes as were consumed before makes the cost of moving linear.
    if (begin_ >= used && capacity_ - used >= size) {
      std::memmove(buffer_.get(), buffer_.get() + begin_, used);
    } else {
      const auto larger = 2 * (used + size);
      auto grown = std::make_unique_for_overwrite<std::uint8_t[]>(larger);
      if (used != 0) std::memcpy(grown.get(), buffer_.get() + begin_, used);
      buffer_ = std::move(grown);
      capacity_ = larger;
    }
    begin_ = 0;
    end_ = used;
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

void stream_parser::commit(std::size_t size) {
  assert(size <= capacity_ - end_);
  end_ += size;
}

stream_parser::step stream_parser::next() {
  if (failed_) return *failed_;
  auto parsed = body_ ? parse_body() : parse_item();
  if (!parsed) {
    failed_ = parsed.error();
  } else if (*parsed) {
    garbage_run_ = 0;
  }
  return parsed;
}

stream_parser::step stream_parser::parse_item() {
  for (;;) {
    if (resynchronising_) {
      const auto found = resynchronise();
      if (!found) return found.error();
      if (!*found) return std::optional<item>{};
      resynchronising_ = false;
    }
    const auto bytes = unparsed();
    const auto line_ends = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
    if (line_ends != 0) {
      consume(line_ends);
      continue;
    }
    if (bytes.empty()) return std::optional<item>{};
    if (bytes[0] == '$') return parse_packet();
    switch (item_start::begins_message(bytes)) {
      case verdict::undecided:
        return std::optional<item>{};
      case verdict::yes: {
        const auto whole = parse_head();
        if (!whole) return whole.error();
        if (!*whole) return std::optional<item>{};
        return parse_body();
      }
      case verdict::no:
        break;
    }
    if (item_start::begins_with(bytes, "RTSP/") == verdict::yes) {
      return failure(error_kind::corrupt, "RTSP status line without version and status");
    }
    if (consumed_ == 0) {
      static constexpr std::string_view tls_alert = "\x15\x03";
      const auto http = item_start::begins_with(bytes, "HTTP/");
      const auto tls = item_start::begins_with(bytes, tls_alert);
      if (http == verdict::undecided || tls == verdict::undecided) return std::optional<item>{};
      if (http == verdict::yes) {
        return failure(error_kind::unsupported, "the peer speaks HTTP, not RTSP");
      }
      if (tls == verdict::yes) {
        return failure(error_kind::unsupported, "the peer wants TLS (rtsps), not plain RTSP");
      }
    }
    resynchronising_ = true;
  }
}

bool stream_parser::garbage_follows() const noexcept {
  const auto bytes = unparsed();
  const auto behind = bytes.substr(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
  return !behind.empty() && behind[0] != '$' &&
         item_start::begins_message(behind) == verdict::no;
}

stream_parser::step stream_parser::parse_packet() {
  const auto bytes = unparsed();
  if (bytes.size() < packet_header_bytes) return std::optional<item>{};
  const auto size = item_start::packet_payload_bytes(bytes);
  if (bytes.size() - packet_header_bytes < size) return std::optional<item>{};
  const interleaved_packet packet{static_cast<std::uint8_t>(bytes[1]),
                                  {buffer_.get() + begin_ + packet_header_bytes, size}};
  consume(packet_header_bytes + size);
  return std::optional<item>{packet};
}

// Reads a message's head once all of it is there; false until then.
result<bool> stream_parser::parse_head() {
  const auto bytes = unparsed();
  const auto size = item_start::find_head_end(bytes, scanned_);
  if (std::min(size, bytes.size()) > limits_.max_header_bytes) {
    return failure(error_kind::corrupt, "message header over the limit of " +
                                            std::to_string(limits_.max_header_bytes) +
                                            " bytes");
  }
  if (size == npos) return false;
  auto head = read_head(bytes.substr(0, size));
  if (!head) return head.error();
  body_ = std::move(*head);
  consume(size);
  return true;
}

result<stream_parser::pending_body> stream_parser::read_head(std::string_view head) const {
  pending_body pending;
  const auto line = without_line_end(take_until(head, '\n'));
  const bool is_response = starts_with_ignoring_case(line, "RTSP/");
  if (!is_response) {
    read_request_line(line, pending.head.emplace<request>());
  } else if (!read_status_line(line, std::get<response>(pending.head))) {
    return failure(error_kind::corrupt, "RTSP status line without a status of three digits");
  }
  const auto read = [&](auto& message) -> result<void> {
    if (!read_fields(head, limits_.max_header_fields, message.headers)) {
      return failure(error_kind::corrupt, "message with more than " +
                                              std::to_string(limits_.max_header_fields) +
                                              " header fields");
    }
    if (const auto sequence = message.headers.find("CSeq")) {
      message.cseq = leading_number<std::uint32_t>(*sequence);
    }
    pending.text = has_text_body(message.headers);
    for (const auto text : message.headers.find_all("Content-Length")) {
      const auto length = leading_number<std::size_t>(text);
      if (!length || *length > limits_.max_body_bytes) {
        return failure(error_kind::corrupt,
                       "Content-Length \"" + std::string{text.substr(0, 40)} +
                           "\" is not a number up to the limit of " +
                           std::to_string(limits_.max_body_bytes) + " bytes");
      }
      if (pending.length && *pending.length != *length) {
        return failure(error_kind::corrupt, "message with two different Content-Length");
      }
      pending.length = length;
    }
    if (!pending.length && !(is_response && is_sdp(message.headers))) pending.length = 0;
    return {};
  };
  const auto outcome = std::visit(read, pending.head);
  if (!outcome) return outcome.error();
  return pending;
}

stream_parser::step stream_parser::parse_body() {
  const auto length = body_->length;
  const auto body = unparsed().substr(0, length.value_or(npos));
  const bool complete = length && body.size() == *length;
  if (body_->text) {
    const auto end = item_start::find_item_in_body(
        body, complete ? item_start::extent::whole : item_start::extent::partial, scanned_);
    if (end != npos) return std::optional<item>{take_body(end)};
  }
  if (complete) return std::optional<item>{take_body(body.size())};
  if (body.size() > limits_.max_body_bytes) {
    return failure(error_kind::corrupt, "message body over the limit of " +
                                            std::to_string(limits_.max_body_bytes) + " bytes");
  }
  return std::optional<item>{};
}

stream_parser::item stream_parser::take_body(std::size_t size) {
  const auto body = unparsed().substr(0, size);
  item whole;
  if (auto* answer = std::get_if<response>(&body_->head)) {
    answer->body = body;
    answer->body_cut_short = body_->length && size < *body_->length;
    whole = std::move(*answer);
  } else {
    auto& asked = std::get<request>(body_->head);
    asked.body = body;
    whole = std::move(asked);
  }
  body_.reset();
  consume(size);
  return whole;
}

bool stream_parser::awaits_response_body() const noexcept {
  return body_ && std::holds_alternative<response>(body_->head);
}

std::optional<response> stream_parser::take_incomplete_response() {
  if (failed_ || !awaits_response_body()) return std::nullopt;
  garbage_run_ = 0;
  return std::get<response>(
      take_body(std::min(unparsed().size(), body_->length.value_or(npos))));
}

// Skips bytes up to where an item begins for certain; false if more bytes are needed to tell.
result<bool> stream_parser::resynchronise() {
  for (;;) {
    const auto begins = item_start::begins_item_after_garbage(unparsed());
    if (begins == verdict::yes) return true;
    if (begins == verdict::undecided) return false;
    const auto bytes = unparsed();
    // The first bytes of packets, status lines and methods.
    const auto skipped = std::min(bytes.find_first_of("$RrOoDdAaSsPpTtGg", 1), bytes.size());
    consume(skipped);
    garbage_ += skipped;
    garbage_run_ += skipped;
    if (garbage_run_ > limits_.max_garbage_bytes) {
      return failure(error_kind::corrupt,
                     "more than " + std::to_string(limits_.max_garbage_bytes) +
                         " bytes in a row that are neither RTSP nor interleaved packets");
    }
  }
}

}  // namespace camherd::rtsp
