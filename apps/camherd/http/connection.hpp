#pragma once

#include "apps/camherd/http/census.hpp"
#include "apps/camherd/http/channel.hpp"
#include "apps/camherd/http/counts.hpp"
#include "apps/camherd/http/exchange.hpp"
#include "apps/camherd/http/gatekeeper.hpp"
#include "apps/camherd/http/message_parser.hpp"
#include "apps/camherd/http/router.hpp"
#include "apps/camherd/http/target.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::http {

/// What all connections of a server share. Outlives them.
struct connection_context {
  const router& routes;
  const limits& bounds;
  gatekeeper& gate;
  server_counts& counts;
  const clock& time;
  std::shared_ptr<io_gate> loop;
  /// What a connection is doing has changed.
  std::function<void(census::id, census::occupation)> occupied;
  /// A connection has ended; nothing follows.
  std::function<void(census::id)> closed;
};

/// One client: reads requests one after the other, lets the gatekeeper and the router decide,
/// and writes the answer. Every state has a deadline but that of a stream with nothing to send.
/// On the io thread.
class connection : public std::enable_shared_from_this<connection> {
 public:
  connection(census::id number, std::unique_ptr<channel> to, peer_address peer,
             const connection_context& shared);

  void start();

  /// Ends in good order: at once between requests, or else after the answer under way.
  void finish();

  /// Ends at once.
  void close();

 private:
  enum class state : std::uint8_t {
    securing,  // TLS handshake
    head,      // a request has begun
    idle,      // waits for the next request
    pausing,   // until it is the turn of a client that asks too fast
    body,
    handling,  // a handler owes the answer
    writing,
    streaming,
    lingering,  // everything is said; the client may still be talking
    closed,
  };

  enum class afterwards : std::uint8_t { next_request, end };

  void enter(state next);
  void set_deadline(std::chrono::milliseconds delay);
  void timed_out();
  void await_request();
  void read();
  void received(std::size_t size);
  void digest();
  void take_head();
  void proceed();
  [[nodiscard]] std::optional<response> read_head(audience& who);
  [[nodiscard]] std::optional<response> refusal_of(method verb, const target& asked,
                                                   const router::finding& found);
  void take_body();
  void handle();
  void answered(std::uint64_t serial, response r, opened_stream stream);
  void answer(response r, afterwards then);
  void reject(response r);
  void begin_stream(response head, opened_stream stream);
  void pump();
  void send_piece();
  void linger();
  void count(unsigned status);
  [[nodiscard]] head_context context_of(afterwards then) const;

  const census::id number_;
  const std::unique_ptr<channel> channel_;
  const peer_address peer_;
  const connection_context& shared_;

  state state_ = state::securing;
  bool finishing_ = false;  // the answer under way is the last one
  std::array<char, 8192> room_{};
  std::string received_;     // not yet digested: at most a header and one read
  std::size_t ignored_ = 0;  // bytes that came while nobody asked for any

  std::optional<message_parser> parser_;
  request asked_;
  method verb_ = method::get;
  std::string path_;
  const route* route_ = nullptr;
  std::optional<response> refusal_;  // of the request, once its head was read
  std::uint64_t serial_ = 0;         // of the request; tells late answers apart
  std::weak_ptr<exchange> waiting_;

  written_response output_;
  std::shared_ptr<outbox> box_;
  stream_kind kind_ = stream_kind::events;
  stream_piece piece_;
  std::string notice_;  // goes before the piece
  bool writing_piece_ = false;
};

}  // namespace camherd::http
