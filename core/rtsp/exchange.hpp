#pragma once

#include "core/base/camera_url.hpp"
#include "core/base/result.hpp"
#include "core/rtsp/auth.hpp"
#include "core/rtsp/message.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace camherd::rtsp {

/// Requests and their answers on one connection (RFC 2326 sections 4 and 12.17): numbers them,
/// adds credentials, watches the deadline, and finds the request an answer belongs to, also
/// where a camera leaves CSeq out or gets it wrong. At most one request is waited for; besides,
/// one keepalive may be unanswered. A member of its owner, who outlives the calls below; one
/// thread.
class exchange {
 public:
  using answered = std::function<void(result<response>)>;

  /// What the exchange needs of its owner. None of these may destroy the exchange.
  struct owner {
    std::function<void(std::string)> send;
    std::function<void(const std::string&)> notice;
    /// The deadline passed: pass an incomplete answer to `take`, or call `nothing_rescued`.
    std::function<void()> rescue;
    /// Kept alive while a timer runs.
    std::function<std::shared_ptr<void>()> keep_alive;
  };

  exchange(boost::asio::io_context& io, owner with);

  /// Begins anew for a new connection, with the credentials of `url`.
  void reset(const camera_url& url);

  /// True if the camera has challenged us on this connection and then answered nothing more:
  /// some cameras close the connection with every 401 and expect the answer on the next.
  [[nodiscard]] bool left_with_challenge() const noexcept { return unanswered_challenge_; }

  /// Begins anew for a new connection to the same camera, with the challenge it left us with.
  void resume();

  /// Sends a request and calls `handler` once: with the answer, whatever its status but never
  /// 401; with `authentication` when the credentials are refused; with `retry` when there is no
  /// answer within `deadline`, counted from each sending. A request still waited for is
  /// forgotten. Errors name CSeq and method.
  void ask(request what, std::chrono::milliseconds deadline, answered handler);

  /// The same without a deadline: a camera that sends pictures owes no answer. A keepalive
  /// still unanswered is forgotten.
  void keep_alive(request what, answered handler);

  /// Takes an answer that arrived. One that belongs to nothing is ignored.
  void take(response answer);

  /// The owner found no incomplete answer. Does nothing unless the deadline has passed.
  void nothing_rescued();

  /// Forgets every request; no handler is called any more.
  void abandon();

  /// Sent in the Session header from now on.
  void set_session(std::string id) { session_ = std::move(id); }
  [[nodiscard]] const std::string& session() const noexcept { return session_; }

  /// "CSeq 3, DESCRIBE": the request whose answer came last, or is waited for.
  [[nodiscard]] const std::string& label() const noexcept { return label_; }

  /// "none", or the scheme in use.
  [[nodiscard]] std::string authentication() const;

  /// What the server calls itself; empty if it does not.
  [[nodiscard]] const std::string& server() const noexcept { return server_; }

 private:
  struct pending {
    request what;
    answered handler;
    std::chrono::milliseconds deadline{};  // 0: none
    std::uint32_t cseq = 0;
    bool overdue = false;
  };

  void send(pending& entry);
  void forget(std::optional<pending>& entry);
  std::optional<pending>* match(const response& answer);
  void arm(std::chrono::milliseconds deadline);
  void fail(const error& reason);

  boost::asio::steady_timer timer_;
  owner owner_;
  std::optional<authenticator> authenticator_;
  std::optional<pending> awaited_;
  std::optional<pending> keepalive_;
  std::deque<std::uint32_t> forgotten_;  // CSeqs whose answers may still come; the latest 8
  std::uint32_t last_cseq_ = 0;
  std::string session_;
  std::string label_;
  std::string server_;
  bool odd_cseq_noticed_ = false;
  bool unanswered_challenge_ = false;
};

/// A request without header fields of its own.
[[nodiscard]] request make_request(std::string method, std::string uri);

}  // namespace camherd::rtsp
