#pragma once

#include "apps/camherd/http/response.hpp"
#include "apps/camherd/http/stream.hpp"

#include <memory>

namespace camherd::http {

class exchange;

/// The answer that is owed to one request. May be kept and used later, from any thread; copies
/// owe the same answer. The first answer counts, the rest is ignored, and so is what comes
/// after the client has gone. If the last copy goes without an answer, the client gets status
/// 500.
class responder {
 public:
  explicit responder(std::shared_ptr<exchange> owed);

  void send(response answer) const;

  /// Begins a stream of server-sent events. The client's Last-Event-ID, if it has been here
  /// before, is the header "last-event-id" of the request.
  [[nodiscard]] event_stream open_events() const;

  /// Begins a multipart/x-mixed-replace stream.
  [[nodiscard]] multipart_stream open_multipart() const;

  /// False once the request is answered or nobody waits for it any more.
  [[nodiscard]] bool wanted() const;

 private:
  std::shared_ptr<exchange> owed_;
};

}  // namespace camherd::http
