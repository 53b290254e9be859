#pragma once

#include "config/document.hpp"
#include "config/environment.hpp"
#include "config/load.hpp"
#include "config/schema.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace camherd {

/// A configuration lists at most this many cameras.
inline constexpr std::size_t max_cameras = 4096;

/// Turns one parsed document into a configuration and collects what is wrong with it, up to a
/// hundred problems. Values that came from the environment, and those of URLs and logins, are
/// never repeated in a problem.
class config_reader {
 public:
  explicit config_reader(const environment& env) : env_{env} {}

  [[nodiscard]] config_outcome read(const yaml::document& document);

 private:
  enum class url_quoting { off, user_information };

  enum class name_place { key, entry };  // `front: {...}` or `- name: front`

  struct scalar {
    std::string text;
    bool from_environment = false;
  };

  struct login {
    std::optional<std::string> user;
    std::optional<std::string> password;
  };

  /// Where an unknown key was found, and what could have been meant.
  struct scope {
    std::string_view name;  // "a camera"
    std::vector<std::string_view> known;
  };

  void report(const yaml::node& at, std::string text);
  [[nodiscard]] bool full() const;
  void report_unknown(const yaml::node& key, const scope& in);
  [[nodiscard]] config_outcome finish();

  std::optional<scalar> read_scalar(const yaml::map_entry& entry,
                                    url_quoting quoting = url_quoting::off);
  void report_expansion(const yaml::node& at, const expansion& expanded);

  template <class Config>
  bool read_key(std::span<const config_key<Config>> keys, const yaml::map_entry& entry,
                Config& into);
  template <class Config>
  void read_section(const yaml::node* key, const yaml::node* section,
                    std::span<const config_key<Config>> keys, const scope& in, Config& into);
  void check_restart_delays(const yaml::node* section);
  void check_http(const yaml::node* section);
  void read_top(const yaml::node& root);
  void read_defaults(const yaml::node* key, const yaml::node* section);
  bool read_login_key(const yaml::map_entry& entry, login& into);

  void read_cameras(const yaml::node& key, const yaml::node& cameras);
  void read_camera(name_place named, const yaml::node& name_at, std::string name,
                   const yaml::node& value);
  void read_listed_camera(const yaml::node& item);
  void check_name(const yaml::node& at, const std::string& name);
  std::optional<camera_url> read_url(const yaml::map_entry& entry);
  [[nodiscard]] camera_url with_login(camera_url url, const login& own,
                                      const yaml::node& login_at);

  const environment& env_;
  config value_;
  camera_config default_camera_;
  login default_login_;
  std::unordered_map<std::string, std::size_t> camera_lines_;
  std::vector<config_problem> problems_;
};

}  // namespace camherd
