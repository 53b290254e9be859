#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace camherd::rtsp {

struct header {
  std::string name;
  std::string value;  ///< without surrounding white space; folded lines joined by one space
};

/// Header fields in the order they were sent.
class header_list {
 public:
  void add(std::string name, std::string value);

  /// Value of the first field called `name` (case-insensitive), or nothing.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;

  /// Values of all fields called `name`, in order.
  [[nodiscard]] std::vector<std::string_view> find_all(std::string_view name) const;

  [[nodiscard]] std::span<const header> fields() const noexcept { return fields_; }

 private:
  std::vector<header> fields_;
};

/// A request line, header fields and body (RFC 2326 section 6, RFC 7826 section 7).
struct request {
  std::string method;
  std::string uri;
  header_list headers;
  std::string body;

  /// The message as bytes, with `CSeq: cseq`, and Content-Length if there is a body.
  [[nodiscard]] std::string serialize(std::uint32_t cseq) const;
};

/// A status line, header fields and body (RFC 2326 section 7).
struct response {
  int status = 0;
  std::string reason;
  header_list headers;
  std::string body;
  std::optional<std::uint32_t> cseq;

  [[nodiscard]] bool ok() const noexcept { return status >= 200 && status < 300; }
};

/// Binary data between messages (RFC 2326 section 10.12). `payload` points into the parser and
/// is valid until its next call.
struct interleaved_packet {
  std::uint8_t channel = 0;
  std::span<const std::uint8_t> payload;
};

/// Hard limits on what a peer may send; past one of them the connection is of no more use.
struct message_limits {
  std::size_t max_header_bytes = 32 * 1024;
  std::size_t max_header_fields = 128;
  std::size_t max_body_bytes = 256 * 1024;
  /// Bytes skipped while looking for the next message or packet after garbage between them.
  std::size_t max_garbage_bytes = 64 * 1024;
};

/// Cuts a TCP byte stream into RTSP messages and interleaved packets, whatever the sizes of the
/// reads. Lenient where cameras are: LF line ends, empty lines between messages, a
/// Content-Length that is too small or too large for an SDP body that ends where the next
/// message or packet begins is the caller's matter (the stated length is believed within the
/// limits).
class stream_parser {
 public:
  using item = std::variant<response, request, interleaved_packet>;

  explicit stream_parser(message_limits limits = {});

  /// Room for at least `size` more bytes, to be read into; valid until the next call.
  [[nodiscard]] std::span<std::uint8_t> prepare(std::size_t size);

  /// `size` bytes of the prepared room were filled.
  void commit(std::size_t size);

  /// The next whole item; nothing if more bytes are needed. Errors: `corrupt` past a limit or
  /// for a malformed message, naming what and where (byte offset in the connection); the parser
  /// is then of no more use.
  [[nodiscard]] result<std::optional<item>> next();

  /// Bytes skipped so far because they were neither message nor packet.
  [[nodiscard]] std::uint64_t garbage_bytes() const noexcept;

 private:
  message_limits limits_;
  std::vector<std::uint8_t> buffer_;  // [begin_, end_) holds unparsed bytes
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t consumed_ = 0;
  std::uint64_t garbage_ = 0;
};

/// The Transport header of a SETUP answer (RFC 2326 section 12.39).
struct transport_header {
  bool tcp = false;
  std::optional<std::uint8_t> interleaved_rtp;   ///< channel of RTP
  std::optional<std::uint8_t> interleaved_rtcp;  ///< channel of RTCP
  std::optional<std::uint16_t> server_rtp_port;
  std::optional<std::uint16_t> server_rtcp_port;
  std::optional<std::string> source;  ///< address the packets will come from
  std::optional<std::uint32_t> ssrc;  ///< hexadecimal; some cameras put spaces around it
};

[[nodiscard]] result<transport_header> parse_transport(std::string_view value);

/// The Session header: identifier and timeout (RFC 2326 section 12.37; 60 s where absent).
struct session_header {
  std::string id;
  std::uint32_t timeout_seconds = 60;
};

[[nodiscard]] result<session_header> parse_session(std::string_view value);

/// One stream's entry of the RTP-Info header (RFC 2326 section 12.33).
struct rtp_info_entry {
  std::string url;
  std::optional<std::uint16_t> sequence;
  std::optional<std::uint32_t>
      rtp_time;  ///< nothing where absent; cameras also send 0 for "unknown"
};

/// Lenient: entries that cannot be read are left out.
[[nodiscard]] std::vector<rtp_info_entry> parse_rtp_info(std::string_view value);

}  // namespace camherd::rtsp
