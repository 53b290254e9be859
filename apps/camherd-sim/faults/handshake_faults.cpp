#include "apps/camherd-sim/faults/fault_catalogue.hpp"

#include <memory>
#include <utility>

namespace camherd::faults {
namespace {

script reacting(const std::string& method, reaction::act what) {
  script told;
  reaction how;
  how.what = what;
  told.on[method] = {how};
  return told;
}

/// Lets the first packets of each connection pass, then half of one, and nothing after it.
impairment stop_in_mid_packet() {
  return [passed = 0](const byte_vector& packet) mutable -> std::vector<wire_piece> {
    constexpr int whole_packets = 40;
    if (++passed <= whole_packets) return {{wire_piece::kind::rtp, packet}};
    if (passed > whole_packets + 1) return {};
    byte_vector half{'$', 0, static_cast<std::uint8_t>(packet.size() >> 8),
                     static_cast<std::uint8_t>(packet.size())};
    half.insert(half.end(), packet.begin(),
                packet.begin() + static_cast<std::ptrdiff_t>(packet.size() / 2));
    return {{wire_piece::kind::bytes, std::move(half)}};
  };
}

fault closes_at(const std::string& step, const std::string& method) {
  return scripted_fault("closes-at-" + step, 5,
                        "closes the connection when it hears " + method + ".",
                        {.state = "backoff",
                         .event = "connection",
                         .words = method + ": the camera closed the connection",
                         .counter = "restarts.connection"},
                        reacting(method, reaction::act::hang_up));
}

fault silent_at(const std::string& step, const std::string& method, std::string does) {
  auto told = reacting(method, reaction::act::silence);
  told.silent_after_play = true;
  return scripted_fault("silent-at-" + step, 3, std::move(does),
                        {.state = "backoff",
                         .event = "connection",
                         .words = method + ": no answer within",
                         .counter = "restarts.connection"},
                        std::move(told));
}

fault play_unanswered() {
  auto made = scripted_fault("play-unanswered", 3, "sends pictures, but no answer to PLAY.",
                             {.state = "streaming",
                              .event = "notice",
                              .words = ", but packets arrive",
                              .recovers = recovery::throughout},
                             reacting("PLAY", reaction::act::silence));
  made.settings = "connect_timeout: 1s";
  return made;
}

/// A camera without power while its fault lasts.
class rebooting_camera final : public faulty_camera {
 public:
  explicit rebooting_camera(const camera_stage& where)
      : pictures_{where.pictures},
        camera_{told(*pictures_), where.port},
        feeder_{camera_, in_a_loop(pictures_), pictures_->made_of.fps} {}

  [[nodiscard]] std::string url() const override { return camera_.url(); }
  [[nodiscard]] std::vector<clip_ptr> clips() const override { return {pictures_}; }
  void begin() override { camera_.go_away(); }
  void end() override { camera_.come_back(); }

 private:
  static script told(const clip& pictures) {
    script good;
    good.sdp = describe(pictures);
    good.media.timestamp_step = 90000 / pictures.made_of.fps;
    return good;
  }

  clip_ptr pictures_;
  scripted_camera camera_;
  feeder feeder_;
};

}  // namespace

fault_list handshake_faults() {
  script silent;
  silent.silent_after_play = true;
  script stops;
  stops.impair = stop_in_mid_packet;
  script closes_on_accept;
  closes_on_accept.closes_on_accept = true;
  script closes_in_mid_packet;
  closes_in_mid_packet.faults.cut_at = 40;
  return {
      scripted_fault("silent-after-play", 1, "answers every request and sends no packet.",
                     {.state = "backoff",
                      .event = "stall",
                      .words = "connected, but no picture",
                      .counter = "restarts.stall"},
                     silent),
      scripted_fault("stops-in-mid-packet", 2,
                     "sends half a packet and then nothing, with the connection open.",
                     {.state = "backoff",
                      .event = "stall",
                      .words = "no picture for",
                      .counter = "restarts.stall"},
                     stops),
      scripted_fault("closes-in-mid-packet", 2,
                     "sends half a packet and closes the connection.",
                     {.state = "backoff",
                      .event = "connection",
                      .words = "after RTP packet",
                      .counter = "restarts.connection"},
                     closes_in_mid_packet),
      silent_at("accept", "OPTIONS", "accepts the connection and never says a word."),
      silent_at("describe", "DESCRIBE", "is silent from DESCRIBE on."),
      silent_at("setup", "SETUP", "is silent from SETUP on."),
      silent_at("play", "PLAY", "is silent from PLAY on."),
      play_unanswered(),
      scripted_fault("closes-after-play", 4, "answers PLAY and closes the connection.",
                     {.state = "backoff",
                      .event = "connection",
                      .words = "closed the connection",
                      .counter = "restarts.connection"},
                     reacting("PLAY", reaction::act::farewell)),
      closes_at("play", "PLAY"),
      scripted_fault("closes-on-accept", 5, "closes each connection at once.",
                     {.state = "backoff",
                      .event = "connection",
                      .words = "closed the connection",
                      .counter = "restarts.connection"},
                     closes_on_accept),
      closes_at("options", "OPTIONS"),
      closes_at("describe", "DESCRIBE"),
      closes_at("setup", "SETUP"),
      {"reboots",
       6,
       "loses its power and comes back later, and all others with it.",
       {.state = "backoff",
        .event = "connection",
        .words = "connection refused",
        .counter = "restarts.connection"},
       [](const camera_stage& where) -> std::unique_ptr<faulty_camera> {
         return std::make_unique<rebooting_camera>(where);
       },
       {}},
  };
}

}  // namespace camherd::faults
