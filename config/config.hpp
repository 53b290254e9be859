#pragma once

#include "config/listen_address.hpp"
#include "core/base/backoff.hpp"
#include "core/base/camera_url.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace camherd {

enum class transport_choice : std::uint8_t { tcp, udp, automatic };

/// What is decoded while nobody asks for frames.
enum class idle_policy : std::uint8_t { off, keyframes, full };

/// What becomes of pictures that may be damaged.
enum class corrupt_policy : std::uint8_t {
  withhold,  ///< nothing is published from a loss or error until a clean keyframe
  flag,      ///< published with the flag `corrupt`
};

/// One camera, with every default. `config/camherd.example.yaml` is the reference of the keys.
struct camera_config {
  std::string name;
  camera_url url;
  bool enabled = true;
  transport_choice transport = transport_choice::tcp;
  double frames_per_second_limit = 0;  ///< 0: none
  std::size_t frame_queue_size = 8;    ///< access units
  std::chrono::milliseconds max_age{500};
  idle_policy idle = idle_policy::off;
  std::size_t idle_buffer_bytes = 8 * 1024 * 1024;  ///< access units kept undecoded
  std::size_t max_leases = 64;                  ///< frames that all consumers may hold at once
  std::chrono::milliseconds demand_hold{5000};  ///< what was asked stays in effect for as long
  corrupt_policy corrupt = corrupt_policy::withhold;
  unsigned error_threshold = 30;  ///< decode errors in a row before a restart
  std::chrono::milliseconds stall_timeout{10000};
  std::chrono::milliseconds first_frame_timeout{30000};
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds reorder_delay{50};  ///< UDP
  std::size_t receive_buffer_bytes = 0;         ///< SO_RCVBUF; 0: chosen by transport
  std::size_t max_access_unit_bytes = 16 * 1024 * 1024;
  bool verify_certificate = false;
  bool loop = true;  ///< `file:` only
  /// An operator stopped it. No key of the file: `enabled` is what the settings say.
  bool stopped = false;

  [[nodiscard]] bool runs() const noexcept { return enabled && !stopped; }

  friend bool operator==(const camera_config&, const camera_config&) = default;
};

enum class log_format : std::uint8_t { text, json };

/// The node as a whole.
struct node_config {
  std::string runtime_dir;  ///< where the cameras' sockets are; empty: default_runtime_dir()
  std::string state_dir;    ///< where changes by operators are kept; empty: default_state_dir()
  unsigned io_threads = 1;
  unsigned decode_threads = 0;  ///< 0: one for each core
  unsigned max_processes = 0;   ///< worker processes; 0: every camera in this process
  unsigned process_restart_threshold = 10;  ///< failures within ten minutes before quarantine
  std::chrono::milliseconds restart_delay{1000};
  std::chrono::milliseconds restart_delay_max{60000};
  std::chrono::milliseconds quarantine_delay{60000};  ///< between tries of a quarantined camera
  double connects_per_second = 50;                    ///< of the node
  double connects_per_second_per_host = 10;           ///< of one host; as many may come at once
  std::string log_level = "info";  ///< trace, debug, info, warn, error, critical or off
  camherd::log_format log_format = camherd::log_format::text;
  std::string log_file;                           ///< absolute path; empty: standard error
  std::size_t log_file_bytes = 10 * 1024 * 1024;  ///< of one file
  unsigned log_file_count = 5;                    ///< older files that are kept beside it

  friend bool operator==(const node_config&, const node_config&) = default;
};

/// The HTTP server: API, dashboard and metrics.
struct http_config {
  std::vector<listen_address> listen{{"127.0.0.1", 8470}};  ///< empty: there is no server
  std::string token;        ///< asked of every client; empty: none, on loopback only
  std::string certificate;  ///< path of a PEM file; with `key`: TLS
  std::string key;
  std::vector<std::string> allowed_hosts;  ///< names of the server beside localhost
  std::size_t max_connections = 512;
  std::size_t max_connections_per_address = 128;  ///< of one client
  double max_requests_per_second = 100;           ///< of one client; 0: any number

  friend bool operator==(const http_config&, const http_config&) = default;
};

struct config {
  node_config node;
  http_config http;
  std::vector<camera_config> cameras;  ///< in the order of the file; names are unique

  friend bool operator==(const config&, const config&) = default;
};

}  // namespace camherd
