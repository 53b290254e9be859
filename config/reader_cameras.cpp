// The part of config_reader that reads `defaults:` and `cameras:`.
#include "config/nearest.hpp"
#include "config/reader.hpp"
#include "core/base/names.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace camherd {
namespace {

// What libavformat could open besides these (pipe:, concat:, subfile:) is no camera.
constexpr std::array<std::string_view, 9> schemes{"rtsp", "rtsps", "file", "http", "https",
                                                  "rtmp", "rtmps", "srt",  "udp"};

constexpr std::string_view name_rule =
    "a camera name has 1 to 63 of a-z, 0-9, '_' and '-', and begins with a letter or digit";

// The characters of a host name or address; a name of another script must be given in Punycode.
bool is_host(std::string_view host) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  const std::string_view others = is_v6 ? ".:%" : ".-_";
  return std::all_of(host.begin(), host.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || others.find(c) != others.npos;
  });
}

// "Front Door" becomes "front-door".
std::string as_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    name += c == ' ' ? '-' : ascii_lower(c);
  }
  return name;
}

std::vector<std::string_view> known_camera_keys() {
  std::vector<std::string_view> names{camera_address_keys().begin(),
                                      camera_address_keys().end()};
  for (const auto& key : camera_keys()) names.push_back(key.name);
  return names;
}

}  // namespace

bool config_reader::read_login_key(const yaml::map_entry& entry, login& into) {
  const std::string_view name = entry.key->text;
  if (name != "username" && name != "password") return false;
  if (auto value = read_scalar(entry)) {
    (name == "username" ? into.user : into.password) = std::move(value->text);
  }
  return true;
}

void config_reader::read_defaults(const yaml::node* key, const yaml::node* section) {
  if (section == nullptr || section->kind == yaml::node_kind::null) return;
  if (section->kind != yaml::node_kind::map) {
    report(*section, key->text + " must be a map of keys and values");
    return;
  }
  auto known = known_camera_keys();
  std::erase_if(known, [](std::string_view name) { return name == "name" || name == "url"; });
  for (const auto& entry : section->entries) {
    if (full()) return;
    if (!read_key(camera_keys(), entry, default_camera_) &&
        !read_login_key(entry, default_login_)) {
      report_unknown(*entry.key, {"defaults", known});
    }
  }
}

void config_reader::read_cameras(const yaml::node& key, const yaml::node& cameras) {
  if (cameras.kind == yaml::node_kind::null) return;
  if (cameras.kind == yaml::node_kind::scalar) {
    report(cameras, "cameras must be a map of names, or a list of maps with a name: each");
    return;
  }
  if (std::max(cameras.entries.size(), cameras.items.size()) > max_cameras) {
    report(key, "more than " + std::to_string(max_cameras) + " cameras");
    return;
  }
  for (const auto& entry : cameras.entries) {
    if (full()) return;
    read_camera(name_place::key, *entry.key, entry.key->text, *entry.value);
  }
  for (const auto* const item : cameras.items) {
    if (full()) return;
    read_listed_camera(*item);
  }
}

void config_reader::read_listed_camera(const yaml::node& item) {
  if (item.kind != yaml::node_kind::map) {
    report(item, "a camera in a list is a map with name: and url:");
    return;
  }
  const auto named =
      std::find_if(item.entries.begin(), item.entries.end(),
                   [](const yaml::map_entry& entry) { return entry.key->text == "name"; });
  if (named == item.entries.end()) {
    report(item, "a camera without name:");
    return;
  }
  if (auto name = read_scalar(*named)) {
    read_camera(name_place::entry, *named->value, std::move(name->text), item);
  }
}

void config_reader::check_name(const yaml::node& at, const std::string& name) {
  if (!is_camera_name(name)) {
    std::string text{name_rule};
    if (const auto fixed = as_name(at.text); at.text == name && is_camera_name(fixed)) {
      text += "; did you mean " + fixed + "?";
    }
    report(at, std::move(text));
    return;
  }
  const auto [first, is_new] = camera_lines_.emplace(name, at.line);
  if (!is_new) {
    report(at, "camera " + name + " is already given in line " + std::to_string(first->second));
  }
}

void config_reader::read_camera(name_place named, const yaml::node& name_at, std::string name,
                                const yaml::node& value) {
  check_name(name_at, name);
  if (value.kind == yaml::node_kind::list) {
    report(value, "a camera is a URL, or a map with url:");
    return;
  }
  camera_config camera = default_camera_;
  std::optional<camera_url> url;
  login own;
  const yaml::node* login_at = &value;
  bool has_url = false;
  if (value.kind == yaml::node_kind::scalar) {
    has_url = true;
    url = read_url({&name_at, &value});
  }
  for (const auto& entry : value.entries) {
    if (full()) return;
    const std::string_view key = entry.key->text;
    if (key == "url") {
      has_url = true;
      url = read_url(entry);
    } else if (key == "name") {
      if (named == name_place::key)
        report(*entry.key, "the name of this camera is the key above; leave it out");
    } else if (read_login_key(entry, own)) {
      login_at = entry.key;
    } else if (!read_key(camera_keys(), entry, camera)) {
      report_unknown(*entry.key, {"a camera", known_camera_keys()});
    }
  }
  if (!has_url) report(name_at, "a camera without url:");
  if (!url) return;
  camera.name = std::move(name);
  camera.url = with_login(*std::move(url), own, *login_at);
  value_.cameras.push_back(std::move(camera));
}

std::optional<camera_url> config_reader::read_url(const yaml::map_entry& entry) {
  const auto text = read_scalar(entry, url_quoting::user_information);
  if (!text) return std::nullopt;
  auto url = camera_url::parse(text->text);
  if (!url) {
    report(*entry.value, url.error().message());
    return std::nullopt;
  }
  if (std::find(schemes.begin(), schemes.end(), url->scheme()) == schemes.end()) {
    std::string problem = "URL: this scheme is not supported";
    if (const auto meant = nearest(url->scheme(), schemes)) {
      problem += "; did you mean " + std::string{*meant} + "://?";
    }
    report(*entry.value, std::move(problem));
    return std::nullopt;
  }
  if (!is_host(url->host())) {
    report(*entry.value,
           "URL: the host holds a character that no host name has; percent-encode special "
           "characters of a password, or give it as password:");
    return std::nullopt;
  }
  return *std::move(url);
}

camera_url config_reader::with_login(camera_url url, const login& own,
                                     const yaml::node& login_at) {
  const bool own_login = own.user || own.password;
  if (url.scheme() == "file") {
    if (own_login) report(login_at, "a file: URL takes no username and password");
    return url;
  }
  // The URL's own login is more than a default and less than the keys beside it.
  const bool use_defaults = !url.has_credentials();
  const auto choose = [&](const std::optional<std::string>& mine,
                          const std::optional<std::string>& fallback,
                          const std::string& in_url) {
    if (mine) return *mine;
    return use_defaults && fallback ? *fallback : in_url;
  };
  return url.with_login(choose(own.user, default_login_.user, url.user()),
                        choose(own.password, default_login_.password, url.password()));
}

}  // namespace camherd
