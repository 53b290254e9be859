#include "apps/camherd-sim/faults/fault_catalogue.hpp"

namespace camherd::faults {
namespace {

constexpr unsigned short_timeout = 5;  // seconds, the shortest that cameras have
constexpr unsigned tiny_timeout = 1;   // for a keepalive soon

reaction silent() {
  reaction how;
  how.what = reaction::act::silence;
  return how;
}

script keeping_alive(const std::string& method) {
  script told;
  told.session_timeout = short_timeout;
  told.keepalive_methods = {method};
  return told;
}

expectation streams_on() {
  return {.state = "streaming", .event = "connected", .recovers = recovery::throughout};
}

}  // namespace

fault_list keepalive_faults() {
  auto by_options = keeping_alive("OPTIONS");
  by_options.methods = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN";
  by_options.on["GET_PARAMETER"] = {refuse(501, "Not Implemented")};

  script refuses;
  refuses.session_timeout = tiny_timeout;
  refuses.on["GET_PARAMETER"] = {refuse(501, "Not Implemented")};
  refuses.on["OPTIONS"] = {reaction{}, refuse(405, "Method Not Allowed")};

  script ignores;
  ignores.session_timeout = tiny_timeout;
  ignores.on["GET_PARAMETER"] = {silent()};

  script forgets;
  forgets.session_timeout = tiny_timeout;
  forgets.on["GET_PARAMETER"] = {refuse(454, "Session Not Found")};

  return {
      scripted_fault("keepalive-by-get-parameter", 8,
                     "ends each session after 5 s without GET_PARAMETER.", streams_on(),
                     keeping_alive("GET_PARAMETER")),
      scripted_fault("keepalive-by-options", 8,
                     "ends each session after 5 s without OPTIONS, and has no GET_PARAMETER.",
                     streams_on(), by_options),
      scripted_fault("keepalive-refused", 8, "refuses every kind of keepalive.",
                     {.state = "streaming",
                      .event = "notice",
                      .words = "keepalive answered with 405",
                      .recovers = recovery::throughout},
                     refuses),
      scripted_fault("keepalive-unanswered", 8, "never answers a keepalive.", streams_on(),
                     ignores),
      scripted_fault("session-forgotten", 8,
                     "does not know the session at its first keepalive.",
                     {.state = "backoff",
                      .event = "connection",
                      .words = "the camera has forgotten the session",
                      .counter = "restarts.connection",
                      .recovers = recovery::throughout},
                     forgets),
  };
}

}  // namespace camherd::faults
