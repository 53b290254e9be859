#include "config/reader.hpp"

#include "config/nearest.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace camherd {
namespace {

constexpr std::size_t max_problems = 100;
constexpr std::size_t max_scalar_bytes = 8192;

// " 'text'" where it is short and plain, nothing otherwise: what looks like a URL may hold a
// password.
std::string shown(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. ";
  if (text.size() > 40 || text.find_first_not_of(plain) != std::string_view::npos) return "";
  return " '" + std::string{text} + "'";
}

template <class Config>
void append_names(std::span<const config_key<Config>> keys,
                  std::vector<std::string_view>& names) {
  for (const auto& key : keys) names.push_back(key.name);
}

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const yaml::map_entry* find_entry(const yaml::node* map, std::string_view name) {
  if (map == nullptr) return nullptr;
  const auto found =
      std::find_if(map->entries.begin(), map->entries.end(),
                   [&](const yaml::map_entry& entry) { return entry.key->text == name; });
  return found == map->entries.end() ? nullptr : &*found;
}

std::vector<std::string_view> top_level_keys() {
  std::vector<std::string_view> names{section_names().begin(), section_names().end()};
  for (const auto name : promoted_node_keys()) names.push_back(name);
  for (const auto name : promoted_camera_keys()) names.push_back(name);
  return names;
}

// Where a key belongs that is unknown where it was found.
std::string_view home_of(std::string_view name) {
  const auto has = [&](auto keys) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const auto& key) { return key.name == name; });
  };
  if (contains(section_names(), name)) return "at the top level";
  if (has(node_keys())) return "under node:";
  if (has(camera_keys())) return "under defaults: or a camera";
  if (contains(camera_address_keys(), name)) return "under a camera";
  if (has(log_keys())) return "under log:";
  if (has(http_keys())) return "under http:";
  return "";
}

}  // namespace

void config_reader::report(const yaml::node& at, std::string text) {
  if (!full()) problems_.push_back({at.line, at.column, std::move(text)});
}

bool config_reader::full() const {
  return problems_.size() >= max_problems;
}

void config_reader::report_unknown(const yaml::node& key, const scope& in) {
  std::string text =
      "unknown key" + shown(key.text) + (in.name.empty() ? "" : " of " + std::string{in.name});
  const auto translated = name_here(key.text);
  if (translated && contains(in.known, *translated)) {
    text += "; here it is called " + std::string{*translated};
  } else if (const auto home = home_of(key.text); !home.empty()) {
    text += "; it belongs " + std::string{home};
  } else if (const auto meant = nearest(key.text, in.known)) {
    text += "; did you mean " + std::string{*meant} + "?";
  } else if (in.known.size() <= 10) {
    text += "; known are";
    for (const auto name : in.known) {
      text += (name == in.known.front() ? " " : ", ") + std::string{name};
    }
  }
  report(key, std::move(text));
}

void config_reader::report_expansion(const yaml::node& at, const expansion& expanded) {
  for (const auto& problem : expanded.problems) {
    yaml::node place;
    place.line = at.line;
    place.column = at.verbatim ? at.column + problem.offset : at.column;
    report(place, problem.text);
  }
}

std::optional<config_reader::scalar> config_reader::read_scalar(const yaml::map_entry& entry,
                                                                url_quoting quoting) {
  const auto& [key, value] = entry;
  if (value->kind == yaml::node_kind::null) {
    report(*key,
           key->text + " has no value; quote one that begins with '#' or '&', or is null");
    return std::nullopt;
  }
  if (value->kind != yaml::node_kind::scalar) {
    report(*value, key->text + " takes one value, not a " +
                       std::string{value->kind == yaml::node_kind::list ? "list" : "map"});
    return std::nullopt;
  }
  const auto quoted_until =
      quoting == url_quoting::user_information ? user_information_end(value->text) : 0;
  auto expanded = expand(value->text, env_, quoted_until);
  if (!expanded.problems.empty()) {
    report_expansion(*value, expanded);
    return std::nullopt;
  }
  if (expanded.text.size() > max_scalar_bytes) {
    report(*value, key->text + " is longer than 8 KiB");
    return std::nullopt;
  }
  return scalar{std::move(expanded.text), expanded.from_environment};
}

// False if no key of this name is among `keys`.
template <class Config>
bool config_reader::read_key(std::span<const config_key<Config>> keys,
                             const yaml::map_entry& entry, Config& into) {
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const config_key<Config>& k) {
    return k.name == entry.key->text;
  });
  if (key == keys.end()) return false;
  const auto value = read_scalar(entry);
  if (!value) return true;
  if (const auto problem = key->read(value->text, into)) {
    std::string text{key->name};
    if (!value->from_environment && !key->secret) text += shown(value->text);
    text += " " + problem->what;
    if (!value->from_environment && !problem->hint.empty()) text += "; " + problem->hint;
    report(*entry.value, std::move(text));
  }
  return true;
}

// Used in reader_cameras.cpp too.
template bool config_reader::read_key(std::span<const config_key<camera_config>> keys,
                                      const yaml::map_entry& entry, camera_config& into);

template <class Config>
void config_reader::read_section(const yaml::node* key, const yaml::node* section,
                                 std::span<const config_key<Config>> keys, const scope& in,
                                 Config& into) {
  if (section == nullptr || section->kind == yaml::node_kind::null) return;
  if (section->kind != yaml::node_kind::map) {
    report(*section, key->text + " must be a map of keys and values");
    return;
  }
  for (const auto& entry : section->entries) {
    if (full()) return;
    if (!read_key(keys, entry, into)) report_unknown(*entry.key, in);
  }
}

config_outcome config_reader::read(const yaml::document& document) {
  problems_ = document.problems;
  if (problems_.size() > max_problems) problems_.resize(max_problems);
  if (document.root != nullptr && document.root->kind == yaml::node_kind::map) {
    read_top(*document.root);
  } else if (document.root != nullptr && document.root->kind != yaml::node_kind::null) {
    report(*document.root, "the file must be a map with the key cameras:");
  } else if (problems_.empty()) {
    problems_.push_back({1, 1, "the file is empty; write 'cameras: {}' for no cameras"});
  }
  return finish();
}

config_outcome config_reader::finish() {
  const bool cut = full();
  const auto place = [](const config_problem& p) { return std::tie(p.line, p.column, p.text); };
  std::sort(problems_.begin(), problems_.end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
  // An alias shows the same mistake wherever it is used.
  problems_.erase(
      std::unique(problems_.begin(), problems_.end(),
                  [&](const auto& a, const auto& b) { return place(a) == place(b); }),
      problems_.end());
  if (cut) problems_.push_back({0, 0, "more problems are not shown"});
  return {std::move(value_), std::move(problems_)};
}

void config_reader::read_top(const yaml::node& root) {
  const auto section = [&](std::string_view name) {
    const auto* const entry = find_entry(&root, name);
    return entry == nullptr ? yaml::map_entry{nullptr, nullptr} : *entry;
  };
  const auto [node_key, node_section] = section("node");
  const auto [log_key, log_section] = section("log");
  const auto [http_key, http_section] = section("http");
  const auto [defaults_key, defaults_section] = section("defaults");
  const auto [cameras_key, cameras_section] = section("cameras");

  for (const auto& entry : root.entries) {
    if (full()) return;
    const std::string_view name = entry.key->text;
    const bool of_node = contains(promoted_node_keys(), name);
    const bool of_cameras = contains(promoted_camera_keys(), name);
    if (of_node) read_key(node_keys(), entry, value_.node);
    if (of_cameras) read_key(camera_keys(), entry, default_camera_);
    if (of_node || of_cameras) {
      if (const auto* const twin =
              find_entry(of_node ? node_section : defaults_section, name)) {
        report(*twin->key, twin->key->text + " is also given at the top level, in line " +
                               std::to_string(entry.key->line) + "; keep one of them");
      }
    } else if (!contains(section_names(), name)) {
      report_unknown(*entry.key, {"", top_level_keys()});
    }
  }

  scope in_node{"node", {}};
  append_names(node_keys(), in_node.known);
  read_section(node_key, node_section, node_keys(), in_node, value_.node);
  check_restart_delays(node_section);
  scope in_log{"log", {}};
  append_names(log_keys(), in_log.known);
  read_section(log_key, log_section, log_keys(), in_log, value_.node);
  scope in_http{"http", {}};
  append_names(http_keys(), in_http.known);
  read_section(http_key, http_section, http_keys(), in_http, value_.http);
  check_http(http_section);
  read_defaults(defaults_key, defaults_section);
  if (cameras_section == nullptr) {
    report(root, "no cameras; write 'cameras: {}' if that is meant");
  } else {
    read_cameras(*cameras_key, *cameras_section);
  }
}

void config_reader::check_restart_delays(const yaml::node* section) {
  if (value_.node.restart_delay <= value_.node.restart_delay_max) return;
  const auto* entry = find_entry(section, "restart_delay_max");
  if (entry == nullptr) entry = find_entry(section, "restart_delay");
  if (entry == nullptr) return;
  report(*entry->value, "restart_delay is longer than restart_delay_max");
}

void config_reader::check_http(const yaml::node* section) {
  if (section == nullptr) return;
  const auto& http = value_.http;
  if (http.certificate.empty() != http.key.empty()) {
    report(*section, "certificate and key are only of use together");
  }
  const auto* const listen = find_entry(section, "listen");
  const bool reachable = !std::all_of(http.listen.begin(), http.listen.end(), is_loopback);
  // A token that is refused is reported already.
  if (listen != nullptr && reachable && find_entry(section, "token") == nullptr) {
    report(*listen->value, "listen is not limited to loopback, which needs a token");
  }
}

}  // namespace camherd
