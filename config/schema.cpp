#include "config/schema.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace camherd {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;
// What is left of the path of a Unix socket (107 bytes) beside the longest camera_socket.
constexpr path_limit runtime_dir_limit{
    107 - std::string_view{"/cameras/"}.size() - 63 - std::string_view{".sock"}.size(),
    "so that the paths of the cameras' sockets in it are not too long"};
constexpr path_limit state_dir_limit{1024, ""};

template <class Config>
config_key<Config> duration_key(std::string_view name, milliseconds Config::*member,
                                range<milliseconds> allowed) {
  return {name,
          [=](std::string_view text, Config& into) {
            return read_duration(text, allowed, into.*member);
          },
          [=](const Config& from) { return print_duration(from.*member); }};
}

template <class Config>
config_key<Config> size_key(std::string_view name, std::size_t Config::*member,
                            range<std::size_t> allowed) {
  return {name,
          [=](std::string_view text, Config& into) {
            return read_size(text, allowed, into.*member);
          },
          [=](const Config& from) { return print_size(from.*member); }};
}

template <class Config, class Count>
config_key<Config> count_key(std::string_view name, Count Config::*member,
                             range<std::size_t> allowed) {
  return {name,
          [=](std::string_view text, Config& into) {
            std::size_t value = 0;
            auto problem = read_count(text, allowed, value);
            if (!problem) into.*member = static_cast<Count>(value);
            return problem;
          },
          [=](const Config& from) { return std::to_string(from.*member); }};
}

template <class Config>
config_key<Config> rate_key(std::string_view name, double Config::*member, double max) {
  return {
      name,
      [=](std::string_view text, Config& into) { return read_rate(text, max, into.*member); },
      [=](const Config& from) { return print_rate(from.*member); }};
}

template <class Config>
config_key<Config> switch_key(std::string_view name, bool Config::*member) {
  return {name,
          [=](std::string_view text, Config& into) { return read_switch(text, into.*member); },
          [=](const Config& from) { return print_switch(from.*member); }};
}

template <class Config>
config_key<Config> path_key(std::string_view name, std::string Config::*member,
                            path_limit limit) {
  return {
      name,
      [=](std::string_view text, Config& into) { return read_path(text, limit, into.*member); },
      [=](const Config& from) { return from.*member; }};
}

// `words` are the names of the values of an enumeration, in its order.
template <class Config, class Enum, std::size_t N>
requires std::is_enum_v<Enum> config_key<Config> choice_key(
    std::string_view name, Enum Config::*member, std::array<std::string_view, N> words) {
  return {name,
          [=](std::string_view text, Config& into) {
            std::size_t index = 0;
            auto problem = read_choice(text, words, index);
            if (!problem) into.*member = static_cast<Enum>(index);
            return problem;
          },
          [=](const Config& from) {
            return std::string{words.at(static_cast<std::size_t>(from.*member))};
          }};
}

template <class Config, std::size_t N>
config_key<Config> word_key(std::string_view name, std::string Config::*member,
                            std::array<std::string_view, N> words) {
  return {name,
          [=](std::string_view text, Config& into) {
            std::size_t index = 0;
            auto problem = read_choice(text, words, index);
            if (!problem) into.*member = words.at(index);
            return problem;
          },
          [=](const Config& from) { return from.*member; }};
}

// `key`, where `word` stands for a value of 0 or nothing, which the key itself does not accept.
template <class Config, class Value>
config_key<Config> or_word(std::string_view word, Value Config::*member,
                           config_key<Config> key) {
  const auto name = key.name;
  return {name,
          [=, read = std::move(key.read)](std::string_view text, Config& into) -> read_status {
            if (text == word) {
              into.*member = Value{};
              return std::nullopt;
            }
            auto problem = read(text, into);
            if (problem) problem->what += ", or " + std::string{word};
            return problem;
          },
          [=, print = std::move(key.print)](const Config& from) {
            return from.*member == Value{} ? std::string{word} : print(from);
          },
          key.secret};
}

// Several values with commas between them.
template <class Config, class Item>
config_key<Config> list_key(std::string_view name, std::vector<Item> Config::*member,
                            read_status (*read)(std::string_view, std::vector<Item>&),
                            std::string (*print)(const Item&)) {
  return {name, [=](std::string_view text, Config& into) { return read(text, into.*member); },
          [=](const Config& from) {
            std::string list;
            for (const auto& item : from.*member)
              list += (list.empty() ? "" : ", ") + print(item);
            return list;
          }};
}

config_key<http_config> token_key() {
  return {"token",
          [](std::string_view text, http_config& into) { return read_token(text, into.token); },
          [](const http_config&) { return std::string(min_token_bytes, '*'); }, true};
}

// Worker processes are not built yet, so that any other value would be a promise not kept.
config_key<node_config> max_processes_key() {
  auto key = count_key("max_processes", &node_config::max_processes,
                       {0, std::numeric_limits<unsigned>::max()});
  key.read = [read = std::move(key.read)](std::string_view text,
                                          node_config& into) -> read_status {
    node_config asked;
    if (auto problem = read(text, asked)) return problem;
    if (asked.max_processes != 0) {
      return value_problem{
          "is not possible: worker processes are not built yet; only 0 (every camera in this "
          "process) is accepted",
          ""};
    }
    into.max_processes = 0;
    return std::nullopt;
  };
  return key;
}

}  // namespace

std::span<const config_key<node_config>> node_keys() {
  using c = node_config;
  static const std::vector<config_key<c>> keys{
      or_word("auto", &c::runtime_dir,
              path_key("runtime_dir", &c::runtime_dir, runtime_dir_limit)),
      or_word("auto", &c::state_dir, path_key("state_dir", &c::state_dir, state_dir_limit)),
      count_key("io_threads", &c::io_threads, {1, 16}),
      or_word("auto", &c::decode_threads,
              count_key("decode_threads", &c::decode_threads, {1, 256})),
      max_processes_key(),
      count_key("process_restart_threshold", &c::process_restart_threshold, {1, 1000}),
      duration_key("restart_delay", &c::restart_delay, {100ms, 10min}),
      duration_key("restart_delay_max", &c::restart_delay_max, {100ms, 1h}),
      duration_key("quarantine_delay", &c::quarantine_delay, {100ms, 1h}),
      rate_key("connects_per_second", &c::connects_per_second, 1000),
      rate_key("connects_per_second_per_host", &c::connects_per_second_per_host, 1000),
  };
  return keys;
}

std::span<const config_key<node_config>> log_keys() {
  using c = node_config;
  static const std::vector<config_key<c>> keys{
      word_key("level", &c::log_level,
               std::to_array<std::string_view>(
                   {"trace", "debug", "info", "warn", "error", "critical", "off"})),
      choice_key("format", &c::log_format, std::to_array<std::string_view>({"text", "json"})),
      or_word("none", &c::log_file, path_key("file", &c::log_file, path_limit{4000, ""})),
      size_key("file_size", &c::log_file_bytes, {64 * kib, 1024 * mib}),
      count_key("file_count", &c::log_file_count, {1, 100}),
  };
  return keys;
}

std::span<const config_key<http_config>> http_keys() {
  using c = http_config;
  static constexpr path_limit any_length{std::numeric_limits<std::size_t>::max(), ""};
  static const std::vector<config_key<c>> keys{
      or_word(
          "off", &c::listen,
          list_key<c, listen_address>("listen", &c::listen, read_listen_addresses, to_string)),
      or_word("none", &c::token, token_key()),
      or_word("none", &c::certificate, path_key("certificate", &c::certificate, any_length)),
      or_word("none", &c::key, path_key("key", &c::key, any_length)),
      or_word("none", &c::allowed_hosts,
              list_key<c, std::string>("allowed_hosts", &c::allowed_hosts, read_host_names,
                                       [](const std::string& host) { return host; })),
      count_key("max_connections", &c::max_connections, {16, 65'536}),
      count_key("max_connections_per_address", &c::max_connections_per_address, {1, 65'536}),
      or_word("none", &c::max_requests_per_second,
              rate_key("max_requests_per_second", &c::max_requests_per_second, 100'000)),
  };
  return keys;
}

std::span<const config_key<camera_config>> camera_keys() {
  using c = camera_config;
  static const std::vector<config_key<c>> keys{
      switch_key("enabled", &c::enabled),
      choice_key("transport", &c::transport,
                 std::to_array<std::string_view>({"tcp", "udp", "auto"})),
      or_word("none", &c::frames_per_second_limit,
              rate_key("frames_per_second_limit", &c::frames_per_second_limit, 1000)),
      count_key("frame_queue_size", &c::frame_queue_size, {1, 1024}),
      duration_key("max_age", &c::max_age, {10ms, 1min}),
      choice_key("idle", &c::idle,
                 std::to_array<std::string_view>({"off", "keyframes", "full"})),
      size_key("idle_buffer_size", &c::idle_buffer_bytes, {64 * kib, 256 * mib}),
      count_key("max_leases", &c::max_leases, {1, 256}),
      duration_key("demand_hold", &c::demand_hold, {0ms, 10min}),
      choice_key("corrupt", &c::corrupt, std::to_array<std::string_view>({"withhold", "flag"})),
      count_key("error_threshold", &c::error_threshold, {1, 10'000}),
      duration_key("stall_timeout", &c::stall_timeout, {100ms, 10min}),
      duration_key("first_frame_timeout", &c::first_frame_timeout, {100ms, 10min}),
      duration_key("connect_timeout", &c::connect_timeout, {100ms, 2min}),
      duration_key("reorder_delay", &c::reorder_delay, {0ms, 2s}),
      or_word("auto", &c::receive_buffer_bytes,
              size_key("receive_buffer_size", &c::receive_buffer_bytes, {4 * kib, 64 * mib})),
      size_key("max_access_unit_size", &c::max_access_unit_bytes, {64 * kib, 256 * mib}),
      switch_key("verify_certificate", &c::verify_certificate),
      switch_key("loop", &c::loop),
  };
  return keys;
}

std::span<const std::string_view> camera_address_keys() {
  static constexpr std::array<std::string_view, 4> keys{"name", "url", "username", "password"};
  return keys;
}

std::span<const std::string_view> section_names() {
  static constexpr std::array<std::string_view, 5> names{"node", "log", "http", "defaults",
                                                         "cameras"};
  return names;
}

std::span<const std::string_view> promoted_node_keys() {
  static constexpr std::array<std::string_view, 2> keys{"max_processes",
                                                        "process_restart_threshold"};
  return keys;
}

std::span<const std::string_view> promoted_camera_keys() {
  static constexpr std::array<std::string_view, 2> keys{"frames_per_second_limit",
                                                        "frame_queue_size"};
  return keys;
}

std::optional<std::string_view> name_here(std::string_view foreign) {
  struct translation {
    std::string_view foreign;
    std::string_view here;
  };
  static constexpr std::array<translation, 9> known{{{"fps", "frames_per_second_limit"},
                                                     {"max_fps", "frames_per_second_limit"},
                                                     {"streams", "cameras"},
                                                     {"paths", "cameras"},
                                                     {"user", "username"},
                                                     {"pass", "password"},
                                                     {"source", "url"},
                                                     {"protocol", "transport"},
                                                     {"rtsp_transport", "transport"}}};
  const auto found = std::find_if(known.begin(), known.end(), [&](const translation& entry) {
    return entry.foreign == foreign;
  });
  if (found == known.end()) return std::nullopt;
  return found->here;
}

}  // namespace camherd
