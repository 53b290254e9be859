#pragma once

#include "apps/camherd/http/limits.hpp"
#include "apps/camherd/http/request.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::http {

/// Request line and fields as they were sent.
struct request_head {
  std::string method;
  std::string target;
  std::vector<field> fields;  ///< names in lower case, values without blanks around them
  bool http_1_0 = false;      ///< else 1.1
  bool keep_alive = false;
  bool has_body = false;
  bool expects_continue = false;
};

/// Reads one request (RFC 9112) out of bytes in any portions, within the limits. Refuses what
/// two programs could understand differently: both Content-Length and Transfer-Encoding, either
/// of them twice, codings other than "chunked", more than one Host or, in HTTP/1.1, none.
class message_parser {
 public:
  enum class progress : std::uint8_t {
    head,       ///< the head is not complete
    head_done,  ///< `head()` can be read; what follows is fed as before
    body,       ///< the body is not complete
    complete,
    failed,  ///< see `failure()`; the connection is of no further use
  };

  struct failure_reason {
    unsigned status = 400;
    std::string_view text;
  };

  explicit message_parser(const limits& bounds);
  ~message_parser();
  message_parser(const message_parser&) = delete;
  message_parser& operator=(const message_parser&) = delete;

  /// Takes bytes from the front of `bytes` and says how many; the rest is offered again, with
  /// more behind it unless the progress has changed. Stops at the end of the head and of the
  /// message.
  [[nodiscard]] std::size_t feed(std::string_view bytes);

  [[nodiscard]] progress now() const noexcept { return now_; }
  [[nodiscard]] const request_head& head() const noexcept { return head_; }
  [[nodiscard]] const failure_reason& failure() const noexcept { return failure_; }

  /// Once complete.
  [[nodiscard]] std::string take_body();

 private:
  struct engine;

  [[nodiscard]] std::size_t feed_head(std::string_view bytes);
  [[nodiscard]] std::size_t feed_body(std::string_view bytes);
  void read_head();
  void fail(unsigned status, std::string_view text);

  const limits& bounds_;
  std::unique_ptr<engine> engine_;
  request_head head_;
  failure_reason failure_;
  std::size_t head_bytes_ = 0;
  bool begun_ = false;
  progress now_ = progress::head;
};

}  // namespace camherd::http
