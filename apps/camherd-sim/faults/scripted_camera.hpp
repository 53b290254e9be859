#pragma once

#include "apps/camherd-sim/faults/scripted_login.hpp"
#include "apps/camherd-sim/faults/scripted_media.hpp"
#include "core/base/clock.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace camherd::faults {

/// What a scripted camera does with one request.
struct reaction {
  enum class act : unsigned char {
    answer,      ///< as a good camera does, or with `status`
    farewell,    ///< answers so, then closes the connection
    silence,     ///< nothing
    hang_up,     ///< closes the connection
    garbage,     ///< sends bytes that are no RTSP, then closes
    wrong_cseq,  ///< answers with a CSeq of its own
    no_cseq,     ///< answers without CSeq
    drip,        ///< answers one byte at a time, a byte each 50 ms
    verbatim,    ///< sends `text` and nothing else
    endless,     ///< sends `text`, then `again` for ever, as fast as it is read
  };

  act what = act::answer;
  int status = 200;
  std::string reason = "OK";
  std::vector<std::pair<std::string, std::string>> headers;  ///< besides the usual ones
  std::string text{};   ///< of `verbatim` and `endless`; @CSEQ@ stands for the request's
  std::string again{};  ///< of `endless`
};

[[nodiscard]] reaction refuse(int status, std::string reason);
[[nodiscard]] reaction redirect_to(std::string url, int status = 302);

/// Damage done to RTP packets, which are counted from 0 over a connection.
struct packet_faults {
  std::set<unsigned> lost;
  std::set<unsigned> doubled;
  std::set<unsigned> late;             ///< sent after the next packet
  std::set<unsigned> broken;           ///< replaced by bytes that are no RTP
  std::set<unsigned> garbage_before;   ///< TCP: bytes of no meaning before it
  std::set<unsigned> stranger_before;  ///< TCP: a packet on channel 9; UDP: one of another host
  std::optional<unsigned> cut_at;      ///< TCP: half of this packet, then the end
};

/// What goes out in place of an RTP packet.
struct wire_piece {
  enum class kind : unsigned char {
    rtp,     ///< a packet, as the transport has it
    framed,  ///< TCP: a packet on `channel`
    bytes,   ///< TCP: as they are
  };

  kind what = kind::rtp;
  byte_vector bytes;
  unsigned channel = 0;
};

/// Hears each RTP packet of a connection, in order, and says what goes out instead.
using impairment = std::function<std::vector<wire_piece>(byte_vector packet)>;

enum class udp_mode : unsigned char { offered, refused, silent };

/// All that a scripted camera can be told; the defaults make a good camera.
struct script {
  login_script login;
  media_script media;
  packet_faults faults;
  std::function<impairment()> impair;  ///< makes one for each connection; none: packets pass
  /// Reactions to the first, second, ... request of a method; the last is used for the rest.
  std::map<std::string, std::vector<reaction>> on;
  std::string methods = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER";
  unsigned session_timeout = 60;
  std::optional<std::string> sdp;               ///< instead of its own
  std::optional<std::string> transport_answer;  ///< instead of its own Transport
  int content_length_lie = 0;                   ///< added to the true Content-Length
  std::string line_end = "\r\n";
  std::string rtp_info;  ///< empty: no such header
  bool pictures_before_play_answer = false;
  bool silent_after_play = false;  ///< sends no pictures
  bool closes_on_accept = false;
  /// Requests that keep a session alive; without one for `session_timeout` seconds it closes
  /// the connection. Empty: sessions live for ever.
  std::set<std::string> keepalive_methods;
  bool tls = false;
  bool ipv6 = false;
  udp_mode udp = udp_mode::offered;
};

/// A request as a scripted camera saw it. Header names are in lower case.
struct seen_request {
  std::string method;
  std::string uri;
  std::map<std::string, std::string> headers;
  unsigned connection = 0;  ///< from 0
  mono_time at{};

  [[nodiscard]] std::string header(const std::string& name) const;
};

/// One encoded picture as a camera sends it.
struct fed_unit {
  byte_vector bytes;                       ///< Annex B
  std::optional<std::uint32_t> timestamp;  ///< of RTP; none: one step after the last
};

/// An RTSP server on loopback that can misbehave on command, on a thread of its own. All
/// members may be called from any thread. Waiting gives up after 30 s, against hanging only.
class scripted_camera {
 public:
  /// Listens on `port`, or on a free one if it is 0. Throws `boost::system::system_error` where
  /// it cannot.
  explicit scripted_camera(script told = {}, std::uint16_t port = 0);
  ~scripted_camera();

  scripted_camera(const scripted_camera&) = delete;
  scripted_camera& operator=(const scripted_camera&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Its address; `login` is "user:password@" or empty.
  [[nodiscard]] std::string url(const std::string& login = "",
                                const std::string& path = "/live") const;

  // Commands. Given before a client plays, they are carried out when one does.
  void send(byte_vector unit);
  void send_rtcp(byte_vector bytes);
  void send_bytes(std::string bytes);  ///< as they are, in the RTSP connection
  void ask_client(const std::string& method);
  void stop_reading();  ///< after what it is reading now
  void change_ssrc(std::uint32_t ssrc);
  void hang_up();

  /// Behaves so from now on. Who may log in, RTP numbers and TLS are the same to a client as
  /// long as it is connected; address and TLS of the whole camera never change.
  void tell(script told);

  /// Sends a picture to all clients that play now.
  void feed(fed_unit unit);

  /// Closes all connections, as a crash of the camera does.
  void drop_clients();

  /// Closes all connections and accepts none until `come_back`, as a camera without power.
  void go_away();
  void come_back();

  // What it saw.
  [[nodiscard]] std::vector<seen_request> requests() const;
  [[nodiscard]] std::vector<seen_request> requests(const std::string& method) const;
  [[nodiscard]] unsigned connections() const;
  /// What clients answered to `ask_client`, whole messages.
  [[nodiscard]] std::vector<std::string> answers() const;
  /// RTCP packets of clients.
  [[nodiscard]] std::vector<byte_vector> reports() const;
  /// RTP packets of clients, sent to open a path.
  [[nodiscard]] unsigned path_openers() const;
  [[nodiscard]] unsigned closed_connections() const;

  /// Waits until `true_now` holds; it is asked again whenever the camera saw something new.
  [[nodiscard]] bool wait_until(const std::function<bool()>& true_now) const;
  [[nodiscard]] bool wait_for(const std::string& method, std::size_t count = 1) const;

 private:
  class server;
  std::unique_ptr<server> server_;
};

}  // namespace camherd::faults
