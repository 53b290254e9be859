#include "config/camera_settings.hpp"

#include "config/environment.hpp"
#include "config/reader.hpp"
#include "config/schema.hpp"
#include "config/utf8.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace camherd {
namespace {

constexpr std::string_view hidden = "***";

bool is_text(std::string_view text) {
  return valid_utf8_prefix(text) == text.size() &&
         std::none_of(text.begin(), text.end(), is_control);
}

/// A document as if `cameras:` had been read from a file. The line of a key or value is the
/// place of its setting, from 1.
class settings_document {
 public:
  settings_document() {
    document_.root = &map("");
    camera_ = &map("");
  }

  void add(std::size_t place, const camera_setting& setting) {
    auto& key = scalar(setting.key);
    auto& value = scalar(escape_variables(setting.value));
    key.line = value.line = place;
    camera_->entries.push_back({&key, &value});
  }

  /// Complete, as the camera `name`.
  [[nodiscard]] const yaml::document& of(std::string_view name) {
    auto& cameras = map("");
    cameras.entries.push_back({&scalar(std::string{name}), camera_});
    root().entries.push_back({&scalar("cameras"), &cameras});
    return document_;
  }

 private:
  yaml::node& root() { return document_.nodes.front(); }

  yaml::node& map(std::string text) {
    auto& added = scalar(std::move(text));
    added.kind = yaml::node_kind::map;
    return added;
  }

  yaml::node& scalar(std::string text) {
    auto& added = document_.nodes.emplace_back();
    added.kind = yaml::node_kind::scalar;
    added.text = std::move(text);
    return added;
  }

  yaml::document document_;
  yaml::node* camera_ = nullptr;
};

// Two slashes behind "file:" always, since a path may begin with two itself.
std::string print_url(const camera_url& url, secrets passwords) {
  auto text = passwords == secrets::hidden ? url.redacted() : url.with_credentials();
  if (url.scheme() == "file") text.insert(url.scheme().size() + 1, "//");
  return text;
}

bool hides_parameter(const camera_url& url) {
  return url.path().find("=***") != std::string::npos;
}

}  // namespace

camera_outcome parse_camera(std::string_view name,
                            const std::vector<camera_setting>& settings) {
  camera_outcome outcome;
  const auto report = [&](const camera_setting& setting, std::string text) {
    outcome.problems.push_back({setting.key, std::move(text)});
  };
  settings_document document;
  std::unordered_set<std::string_view> known;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const auto& setting = settings[i];
    if (!is_text(setting.key)) {
      outcome.problems.push_back({"", "a key holds control characters or is not UTF-8"});
    } else if (!known.insert(setting.key).second) {
      report(setting, setting.key + " is given twice");
    } else if (!is_text(setting.value)) {
      report(setting, setting.key + " holds control characters or is not UTF-8");
    } else if (setting.key != "name") {
      document.add(i + 1, setting);
    } else if (setting.value != name) {
      report(setting, "name is not the name of this camera, which cannot be changed");
    }
  }
  const environment nothing = [](std::string_view) { return std::nullopt; };
  auto read = config_reader{nothing}.read(document.of(name));
  for (auto& problem : read.problems) {
    const auto at = problem.line;
    outcome.problems.push_back(
        {at == 0 ? std::string{} : settings[at - 1].key, std::move(problem.text)});
  }
  if (outcome.problems.empty()) outcome.value = std::move(read.value.cameras.front());
  return outcome;
}

std::vector<camera_setting> print_camera(const camera_config& camera, secrets passwords) {
  std::vector<camera_setting> settings{{"url", print_url(camera.url, passwords)}};
  for (const auto& key : camera_keys()) {
    settings.push_back({std::string{key.name}, key.print(camera)});
  }
  return settings;
}

bool hides_secrets(const camera_url& url) {
  return url.password() == hidden || hides_parameter(url);
}

result<camera_url> with_stored_secrets(const camera_url& given, const camera_url& stored) {
  if (!hides_secrets(given)) return given;
  const auto origin = [](const camera_url& url) {
    return std::tuple{url.scheme(), url.host(), url.port()};
  };
  const bool same_origin = origin(given) == origin(stored);
  const bool password_hidden = given.password() == hidden;
  if (!same_origin || (password_hidden && given.user() != stored.user())) {
    return error{
        error_kind::invalid_argument,
        "*** stands for a secret of the URL only while scheme, host, port and user stay "
        "the same; give the secret again"};
  }
  const auto shown = camera_url::parse(print_url(stored, secrets::hidden));
  if (hides_parameter(given) && (!shown || shown->path() != given.path())) {
    return error{error_kind::invalid_argument,
                 "*** stands for secrets in the path of the URL only while the path stays the "
                 "same; give them again"};
  }
  const auto& address = hides_parameter(given) ? stored : given;
  return address.with_login(given.user(),
                            password_hidden ? stored.password() : given.password());
}

}  // namespace camherd
