#include "apps/camherd/http/connection.hpp"

#include "apps/camherd/http/responder.hpp"

#include <utility>

namespace camherd::http {
namespace {

// Of a client that talks on while it is being answered or told goodbye.
constexpr std::size_t max_ignored_bytes = 1024 * 1024;

}  // namespace

connection::connection(census::id number, std::unique_ptr<channel> to, peer_address peer,
                       const connection_context& shared)
    : number_{number}, channel_{std::move(to)}, peer_{std::move(peer)}, shared_{shared} {}

void connection::start() {
  parser_.emplace(shared_.bounds);
  set_deadline(shared_.bounds.header_timeout);
  channel_->secure([self = shared_from_this()](bool ok) {
    if (self->state_ != state::securing) return;
    if (!ok) {
      self->close();
      return;
    }
    self->enter(state::head);
    self->read();
  });
}

void connection::finish() {
  finishing_ = true;
  const bool between_requests = state_ == state::securing || state_ == state::idle ||
                                state_ == state::pausing ||
                                (state_ == state::head && received_.empty());
  if (between_requests || state_ == state::streaming) close();
}

void connection::close() {
  if (state_ == state::closed) return;
  const auto self = shared_from_this();
  state_ = state::closed;
  channel_->close();
  if (const auto waiting = waiting_.lock()) waiting->give_up();
  if (box_) {
    --shared_.counts.streams;
    std::exchange(box_, nullptr)->leave();
  }
  shared_.closed(number_);
}

void connection::enter(state next) {
  state_ = next;
  auto doing = census::occupation::busy;
  if (next == state::head || next == state::body || next == state::pausing)
    doing = census::occupation::unfinished;
  if (next == state::idle || next == state::lingering) doing = census::occupation::idle;
  shared_.occupied(number_, doing);
}

void connection::set_deadline(std::chrono::milliseconds delay) {
  channel_->set_alarm(delay, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->timed_out();
  });
}

void connection::timed_out() {
  if (state_ == state::closed) return;
  if (state_ == state::pausing) return proceed();
  if (state_ == state::streaming && !writing_piece_) {
    notice_ = ":\n\n";
    piece_ = {};
    send_piece();
    return;
  }
  if (state_ != state::idle && state_ != state::lingering) ++shared_.counts.timed_out;
  if (state_ != state::handling) {
    close();
    return;
  }
  if (const auto waiting = waiting_.lock()) waiting->give_up();
  answer(refuse(503, "this took too long; try again later"), afterwards::end);
}

void connection::await_request() {
  parser_.emplace(shared_.bounds);
  route_ = nullptr;
  enter(state::idle);
  set_deadline(shared_.bounds.idle_timeout);
  if (received_.empty()) {
    read();
  } else {
    digest();
  }
}

void connection::read() {
  channel_->read(room_, [self = shared_from_this()](std::size_t size) {
    if (self->state_ != state::closed) self->received(size);
  });
}

void connection::received(std::size_t size) {
  if (size == 0) {
    close();
    return;
  }
  if (state_ == state::streaming || state_ == state::lingering) {
    ignored_ += size;
    if (ignored_ > max_ignored_bytes) {
      close();
    } else {
      read();
    }
    return;
  }
  received_.append(room_.data(), size);
  digest();
}

void connection::digest() {
  if (state_ == state::idle) {
    enter(state::head);
    set_deadline(shared_.bounds.header_timeout);
  }
  received_.erase(0, parser_->feed(received_));
  switch (parser_->now()) {
    case message_parser::progress::head:
    case message_parser::progress::body:
      read();
      break;
    case message_parser::progress::head_done:
      take_head();
      break;
    case message_parser::progress::complete:
      take_body();
      break;
    case message_parser::progress::failed:
      reject(refuse(parser_->failure().status, std::string{parser_->failure().text}));
      break;
  }
}

void connection::take_head() {
  auto who = audience::token;
  refusal_ = read_head(who);
  // Health checks must not suffer from who else asks from their address.
  if (who == audience::everyone) return proceed();
  const auto turn = shared_.gate.next_turn(peer_);
  if (turn.refused)
    refusal_ = refuse(429, "too many requests from this address").with("Retry-After", "1");
  if (turn.wait.count() <= 0) return proceed();
  enter(state::pausing);
  set_deadline(std::chrono::ceil<std::chrono::milliseconds>(turn.wait));
}

// What keeps the request from being handled, if anything does. Fills in what handlers see of
// it.
std::optional<response> connection::read_head(audience& who) {
  const auto& head = parser_->head();
  const auto verb = method_named(head.method);
  auto asked = parse_target(head.target);
  verb_ = verb.value_or(method::get);
  path_ = asked ? asked->path : "";
  if (!verb) return refuse(501, "this method is not known here");
  if (!asked) return refuse(400, asked.error().message());
  auto found = shared_.routes.find(*verb, asked->segments);
  who = found.who;
  auto verdict = shared_.gate.judge(head, *verb, *asked, found.who, peer_);
  shared_.counts.failed_logins = shared_.gate.failed_logins();
  if (verdict.refusal) return std::move(verdict.refusal);
  if (auto refusal = refusal_of(*verb, *asked, found)) return refusal;
  route_ = found.found;
  asked_ = {};
  asked_.verb = *verb;
  asked_.path = path_;
  asked_.segments = std::move(asked->segments);
  asked_.query = std::move(asked->query);
  asked_.parameters = std::move(found.parameters);
  for (const auto& line : head.fields) {
    if (line.name != "authorization" && line.name != "cookie") asked_.headers.push_back(line);
  }
  asked_.peer = peer_;
  asked_.who = verdict.who;
  asked_.session = std::move(verdict.session);
  return std::nullopt;
}

void connection::proceed() {
  if (refusal_) return reject(*std::exchange(refusal_, std::nullopt));
  const auto& head = parser_->head();
  if (!head.has_body) {
    take_body();
    return;
  }
  enter(state::body);
  set_deadline(shared_.bounds.body_timeout);
  if (!head.expects_continue || !received_.empty()) {
    digest();
    return;
  }
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  channel_->write({&go_on, 1}, [self = shared_from_this()](bool ok) {
    if (self->state_ == state::closed) return;
    if (ok) {
      self->read();
    } else {
      self->close();
    }
  });
}

// What the server itself says about a request that nobody has a handler for.
std::optional<response> connection::refusal_of(method verb, const target& asked,
                                               const router::finding& found) {
  if (found.found != nullptr) return std::nullopt;
  if (asked.path == "*" && verb == method::options) return response{};
  if (found.allowed.empty()) return refuse(404, "there is nothing at this path");
  auto answer = verb == method::options ? response{}
                                        : refuse(405, "this path does not support the method");
  answer.with("Allow", allow_text(found.allowed));
  return answer;
}

void connection::take_body() {
  asked_.body = parser_->take_body();
  handle();
}

void connection::handle() {
  enter(state::handling);
  set_deadline(shared_.bounds.answer_timeout);
  const auto serial = ++serial_;
  auto owed = std::make_shared<exchange>(
      shared_.loop, shared_.bounds, shared_.counts.stream_drops,
      [weak = weak_from_this(), serial](response r, opened_stream stream) {
        if (const auto self = weak.lock()) {
          self->answered(serial, std::move(r), std::move(stream));
        } else if (stream.box) {
          stream.box->leave();
        }
      });
  waiting_ = owed;
  const responder to{std::move(owed)};
  try {
    route_->run(std::move(asked_), to);
  } catch (...) {
    // Whatever a handler calls may throw; what exactly is nothing for the client.
    to.send(refuse(500, "the request could not be handled"));
  }
}

void connection::answered(std::uint64_t serial, response r, opened_stream stream) {
  const bool expected = state_ == state::handling && serial == serial_;
  if (expected && stream.box && verb_ != method::head) {
    begin_stream(std::move(r), std::move(stream));
    return;
  }
  if (stream.box) stream.box->leave();
  if (!expected) return;
  const bool more = parser_->head().keep_alive && !stream.box;
  answer(std::move(r), more ? afterwards::next_request : afterwards::end);
}

void connection::reject(response r) {
  // A body that was not read would be taken for the next request.
  const bool more = parser_->now() == message_parser::progress::head_done &&
                    parser_->head().keep_alive && !parser_->head().has_body;
  answer(std::move(r), more ? afterwards::next_request : afterwards::end);
}

head_context connection::context_of(afterwards then) const {
  head_context context;
  context.keep_alive = then == afterwards::next_request;
  context.http_1_0 = parser_->head().http_1_0;
  context.to_head = verb_ == method::head;
  context.instance = path_;
  context.now = shared_.time.wall_now();
  return context;
}

void connection::answer(response r, afterwards then) {
  if (finishing_) then = afterwards::end;
  count(r.status);
  output_ = write_response(std::move(r), context_of(then));
  shared_.counts.bytes_sent += output_.head.size() + output_.content.size();
  enter(state::writing);
  set_deadline(shared_.bounds.write_timeout);
  const std::array<std::string_view, 2> pieces{output_.head, output_.content.bytes()};
  channel_->write(pieces, [self = shared_from_this(), then](bool ok) {
    if (self->state_ == state::closed) return;
    self->output_ = {};
    if (!ok) {
      self->close();
    } else if (then == afterwards::next_request && !self->finishing_) {
      self->await_request();
    } else {
      self->linger();
    }
  });
}

void connection::begin_stream(response head, opened_stream stream) {
  count(head.status);
  auto context = context_of(afterwards::end);
  context.endless = true;
  notice_ = write_response(std::move(head), context).head;
  kind_ = stream.kind;
  if (kind_ == stream_kind::multipart) {
    notice_ += "--" + std::string{multipart_stream::boundary} + "\r\n";
  }
  box_ = std::move(stream.box);
  ++shared_.counts.streams;
  enter(state::streaming);
  piece_ = {};
  send_piece();
  box_->connect([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->pump();
  });
  read();
}

void connection::pump() {
  if (state_ != state::streaming || writing_piece_) return;
  auto next = box_->take();
  if (next.piece) {
    if (next.dropped_before > 0 && kind_ == stream_kind::events) {
      notice_ = to_text({"dropped", "", std::to_string(next.dropped_before)});
    }
    piece_ = std::move(*next.piece);
    send_piece();
  } else if (next.ended) {
    --shared_.counts.streams;
    std::exchange(box_, nullptr)->leave();
    linger();
  } else if (kind_ == stream_kind::events) {
    set_deadline(shared_.bounds.heartbeat);
  } else {
    channel_->silence_alarm();
  }
}

void connection::send_piece() {
  writing_piece_ = true;
  set_deadline(shared_.bounds.write_timeout);
  shared_.counts.bytes_sent += notice_.size() + piece_.size();
  const std::array<std::string_view, 4> pieces{notice_, piece_.head, piece_.content.bytes(),
                                               piece_.tail};
  channel_->write(pieces, [self = shared_from_this()](bool ok) {
    self->writing_piece_ = false;
    self->notice_.clear();
    self->piece_ = {};
    if (self->state_ == state::closed) return;
    if (ok) {
      self->pump();
    } else {
      self->close();
    }
  });
}

// Closing with unread bytes in the socket would reset the connection, and the client could lose
// the answer (RFC 9112, 9.6).
void connection::linger() {
  const bool reading = state_ == state::streaming;
  enter(state::lingering);
  set_deadline(shared_.bounds.linger_timeout);
  channel_->end_output([self = shared_from_this(), reading] {
    if (self->state_ != state::closed && !reading) self->read();
  });
}

void connection::count(unsigned status) {
  ++shared_.counts.requests;
  if (status >= 400 && status < 500) ++shared_.counts.client_errors;
  if (status >= 500) ++shared_.counts.server_errors;
}

}  // namespace camherd::http
