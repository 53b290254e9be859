#include "apps/camherd/http/responder.hpp"

#include "apps/camherd/http/exchange.hpp"

#include <utility>

namespace camherd::http {

exchange::exchange(std::shared_ptr<io_gate> gate, limits bounds,
                   std::shared_ptr<std::atomic<std::uint64_t>> dropped, answer_receiver deliver)
    : gate_{std::move(gate)},
      bounds_{bounds},
      dropped_{std::move(dropped)},
      deliver_{std::move(deliver)} {}

exchange::~exchange() {
  answer(refuse(500, "the request was not answered"));
}

void exchange::answer(response r) {
  if (!settled_.exchange(true)) deliver(std::move(r), {});
}

std::shared_ptr<outbox> exchange::stream(stream_kind kind) {
  const bool events = kind == stream_kind::events;
  const outbox::bounds bounds =
      events ? outbox::bounds{bounds_.stream_events, bounds_.stream_bytes} : outbox::bounds{};
  auto box = std::make_shared<outbox>(bounds, gate_, dropped_);
  if (settled_.exchange(true)) {
    box->leave();
    return box;
  }
  const std::string type =
      events ? "text/event-stream"
             : "multipart/x-mixed-replace; boundary=" + std::string{multipart_stream::boundary};
  auto head = response::bytes(type, {});
  // Proxies such as nginx would hold events back to fill their buffers.
  head.with("X-Accel-Buffering", "no");
  deliver(std::move(head), {box, kind});
  return box;
}

void exchange::deliver(response r, opened_stream stream) {
  gate_->post(
      [to = std::move(deliver_), answer = std::move(r), opened = std::move(stream)]() mutable {
        to(std::move(answer), std::move(opened));
      });
}

responder::responder(std::shared_ptr<exchange> owed) : owed_{std::move(owed)} {}

void responder::send(response answer) const {
  owed_->answer(std::move(answer));
}

event_stream responder::open_events() const {
  return event_stream{owed_->stream(stream_kind::events)};
}

multipart_stream responder::open_multipart() const {
  return multipart_stream{owed_->stream(stream_kind::multipart)};
}

bool responder::wanted() const {
  return owed_->wanted();
}

}  // namespace camherd::http
