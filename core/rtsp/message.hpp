#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
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
  std::optional<std::uint32_t> cseq;  ///< of a received request

  /// The message as bytes, with `CSeq: cseq`, and Content-Length if there is a body. A control
  /// character in the request line or a header field becomes '?', so that no value can begin a
  /// line of its own.
  [[nodiscard]] std::string serialize(std::uint32_t cseq) const;
};

/// A status line, header fields and body (RFC 2326 section 7). Control characters in what was
/// received are '?', so that it can be logged.
struct response {
  int status = 0;
  std::string reason;
  header_list headers;
  std::string body;
  std::optional<std::uint32_t> cseq;
  bool body_cut_short = false;  ///< the body is shorter than its Content-Length says

  [[nodiscard]] bool ok() const noexcept { return status >= 200 && status < 300; }

  /// The message as bytes, to answer a request of the server; like `request::serialize`, with
  /// `CSeq` if there is one.
  [[nodiscard]] std::string serialize() const;
};

/// Binary data between messages (RFC 2326 section 10.12). `payload` points into the parser and
/// is valid until its next call.
struct interleaved_packet {
  std::uint8_t channel = 0;
  std::span<const std::uint8_t> payload;
};

/// Hard limits on what a peer may send; past one of them the connection is of no more use.
struct message_limits {
  std::size_t max_header_bytes = std::size_t{32} * 1024;
  std::size_t max_header_fields = 128;
  std::size_t max_body_bytes = std::size_t{256} * 1024;
  /// Bytes skipped while looking for the next message or packet after garbage between them.
  std::size_t max_garbage_bytes = std::size_t{64} * 1024;
};

/// Cuts a TCP byte stream into RTSP messages and interleaved packets. The items do not depend
/// on how the stream was cut into reads. Serves one connection on one thread.
///
/// Lenient where cameras are:
/// - line ends may be LF alone, lines may be folded, empty lines may stand between items;
/// - bytes that begin neither a message nor a packet are skipped and counted. After them a
///   status line or a request line is believed at once; a '$' only if it looks like RTP or RTCP
///   on a low channel and another item follows it, which means waiting for at most one packet
///   (64 KiB) more;
/// - a body of text (SDP, parameters) whose Content-Length is too large ends where a status
/// line
///   or, at the beginning of a line, a '$' packet begins. If nothing follows, see
///   `take_incomplete_response`;
/// - if the Content-Length is too small the stated length is believed, and the rest of the body
///   is garbage before the next item;
/// - an answer with an SDP but without a Content-Length has the body that
///   `take_incomplete_response` or the next item ends. Every other message without one has
///   none.
///
/// Memory: as long as `next` is called until it has nothing more after each `commit`, the
/// buffer stays below twice the largest item the limits allow plus one read.
class stream_parser {
 public:
  using item = std::variant<response, request, interleaved_packet>;

  explicit stream_parser(message_limits limits = {});

  /// Room for at least `size` more bytes, to be read into; valid until the next call.
  [[nodiscard]] std::span<std::uint8_t> prepare(std::size_t size);

  /// `size` bytes of the prepared room were filled.
  void commit(std::size_t size);

  /// The next whole item; nothing if more bytes are needed. Errors name what is wrong and where
  /// (byte offset in the connection), and come again with each further call: `corrupt` past a
  /// limit or for a malformed message; `unsupported` if the peer speaks HTTP or TLS.
  [[nodiscard]] result<std::optional<item>> next();

  /// True while the header of a response has come and its body has not. Most cameras send both
  /// at once, so a session may call `take_incomplete_response` after a short silence instead of
  /// the whole response deadline.
  [[nodiscard]] bool awaits_response_body() const noexcept;

  /// The response whose body is not complete, with what there is of the body; nothing if none
  /// is awaited. For cameras that state a Content-Length too large, or none: to be called when
  /// the deadline of the response passes, or the connection ends, after `next` had nothing
  /// more. Bytes of the body that still come later are garbage before the next item.
  [[nodiscard]] std::optional<response> take_incomplete_response();

  /// Whether what is there behind the last item begins none: what the next item does not tell
  /// in time to whom the last one is urgent. False as long as too little is there.
  [[nodiscard]] bool garbage_follows() const noexcept;

  /// Bytes skipped so far because they were neither message nor packet.
  [[nodiscard]] std::uint64_t garbage_bytes() const noexcept { return garbage_; }

  /// Bytes of memory held for the stream.
  [[nodiscard]] std::size_t buffer_bytes() const noexcept { return capacity_; }

 private:
  struct pending_body {
    std::variant<response, request> head;
    std::optional<std::size_t> length;  // none: until the next item
    bool text = false;
  };
  using step = result<std::optional<item>>;

  [[nodiscard]] std::string_view unparsed() const noexcept;
  void consume(std::size_t size) noexcept;
  [[nodiscard]] error failure(error_kind kind, std::string_view what) const;
  [[nodiscard]] step parse_item();
  [[nodiscard]] step parse_packet();
  [[nodiscard]] result<bool> parse_head();
  [[nodiscard]] result<pending_body> read_head(std::string_view head) const;
  [[nodiscard]] step parse_body();
  [[nodiscard]] item take_body(std::size_t size);
  [[nodiscard]] result<bool> resynchronise();

  message_limits limits_;
  std::unique_ptr<std::uint8_t[]> buffer_;  // [begin_, end_) holds unparsed bytes
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;  // of the unparsed bytes: searched in vain for an end
  std::uint64_t consumed_ = 0;
  std::uint64_t garbage_ = 0;
  std::size_t garbage_run_ = 0;  // since the last item
  bool resynchronising_ = false;
  std::optional<pending_body> body_;
  std::optional<error> failed_;
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

/// Reads the first transport of the header; parameters that cannot be read are left out.
/// Errors: `corrupt` if nothing in it says how packets will come.
[[nodiscard]] result<transport_header> parse_transport(std::string_view value);

/// The Session header: identifier and timeout (RFC 2326 section 12.37; 60 s where absent).
struct session_header {
  std::string id;
  std::uint32_t timeout_seconds = 60;
};

/// A timeout of 0 or one that is no number counts as absent. Errors: `corrupt` without an
/// identifier.
[[nodiscard]] result<session_header> parse_session(std::string_view value);

/// One stream's entry of the RTP-Info header (RFC 2326 section 12.33).
struct rtp_info_entry {
  std::string url;  ///< as written, often relative; empty if a camera left it out
  std::optional<std::uint16_t> sequence;
  /// Nothing where absent; cameras also send 0 for "unknown".
  std::optional<std::uint32_t> rtp_time;
};

/// Lenient: URLs may hold commas and semicolons; what cannot be read is left out.
[[nodiscard]] std::vector<rtp_info_entry> parse_rtp_info(std::string_view value);

}  // namespace camherd::rtsp
