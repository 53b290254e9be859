#pragma once

#include "apps/camherd/http/body.hpp"
#include "apps/camherd/http/request.hpp"
#include "core/base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::http {

/// The reason phrase of a status, which is also the title of its plain problem.
[[nodiscard]] std::string_view reason_of(unsigned status) noexcept;

/// What went wrong with a request (RFC 9457). The server adds `status` and `instance`.
struct problem {
  std::string type = "about:blank";
  std::string title;   ///< empty: the reason phrase of the status
  std::string detail;  ///< one sentence; may repeat what the client sent, never a credential
};

/// An answer with a body of known size. The server adds the security headers, Date, and
/// Cache-Control: no-store unless there is a Cache-Control.
struct response {
  unsigned status = 204;
  std::vector<field> headers;  ///< control characters in values are replaced
  http::body content;
  std::optional<problem> trouble;  ///< written instead of `content`

  [[nodiscard]] static response json(std::string text, unsigned status = 200);
  [[nodiscard]] static response text(std::string text, unsigned status = 200);
  [[nodiscard]] static response bytes(std::string content_type, http::body content);

  response& with(std::string name, std::string value) & {
    headers.push_back({std::move(name), std::move(value)});
    return *this;
  }
  response&& with(std::string name, std::string value) && {
    headers.push_back({std::move(name), std::move(value)});
    return std::move(*this);
  }
};

/// A problem that its status says enough about.
[[nodiscard]] response refuse(unsigned status, std::string detail);

/// A problem of a documented type.
[[nodiscard]] response refuse(unsigned status, problem trouble);

/// What the head of an answer depends on beside the answer.
struct head_context {
  bool keep_alive = false;
  bool http_1_0 = false;      ///< the request's version
  bool to_head = false;       ///< of a HEAD request: the length is said, the body left out
  bool endless = false;       ///< a stream: no length, ended by the connection
  std::string_view instance;  ///< the path that was asked for
  wall_time now;
};

/// The bytes of an answer: a head, and a body that is shared.
struct written_response {
  std::string head;
  http::body content;
};

[[nodiscard]] written_response write_response(response answer, const head_context& context);

}  // namespace camherd::http
