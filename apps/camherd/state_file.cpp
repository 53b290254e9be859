#include "apps/camherd/state_file.hpp"

#include "config/camera_settings.hpp"
#include "core/base/text.hpp"

#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <unistd.h>
#include <unordered_set>
#include <utility>

namespace camherd {
namespace {

using json = nlohmann::ordered_json;

constexpr auto version_key = "camherd_state";
constexpr int version = 1;
// Four thousand cameras with URLs of 8 KiB take less.
constexpr std::size_t max_bytes = 64 * 1024 * 1024;

// Each new directory is synced into its parent, or the state in it could be lost with it.
result<void> make_directory(const std::filesystem::path& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) {
    if (const int failed = sync_directory(path.parent_path()); failed != 0)
      return system_error(error_kind::invalid_argument, "making " + path.string(), failed);
    return {};
  }
  if (errno == EEXIST) return {};
  if (errno != ENOENT || !path.has_relative_path())
    return system_error(error_kind::invalid_argument, "making " + path.string(), errno);
  if (auto made = make_directory(path.parent_path(), 0755); !made) return made;
  return make_directory(path, mode);
}

result<void> check_directory(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    return system_error(error_kind::invalid_argument, path, errno);
  if (!S_ISDIR(found.st_mode))
    return error{error_kind::invalid_argument, path + " is not a directory"};
  if ((found.st_mode & S_IWOTH) != 0) {
    return error{error_kind::invalid_argument,
                 path + " may be written to by everybody; the state of camherd must not be"};
  }
  return {};
}

result<unique_fd> lock_directory(const std::string& path) {
  const auto file = path + "/camherd.lock";
  unique_fd lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!lock) return system_error(error_kind::invalid_argument, "opening " + file, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK)
    return system_error(error_kind::invalid_argument, "locking " + file, errno);
  return error{error_kind::invalid_argument,
               path + " is used by another camherd; give this one a state_dir of its own"};
}

// Nothing if there is no such file.
result<std::optional<std::string>> read_text(const std::string& path) {
  const unique_fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file && errno == ENOENT) return std::optional<std::string>{};
  if (!file) return system_error(error_kind::internal, "reading " + path, errno);
  std::string text;
  std::array<char, 65536> block;
  while (text.size() <= max_bytes) {
    const auto count = ::read(file.get(), block.data(), block.size());
    if (count == 0) return std::optional{std::move(text)};
    if (count < 0 && errno != EINTR)
      return system_error(error_kind::internal, "reading " + path, errno);
    if (count > 0) text.append(block.data(), static_cast<std::size_t>(count));
  }
  return error{error_kind::corrupt, "it is larger than 64 MiB"};
}

error damaged(std::string what) {
  return {error_kind::corrupt, std::move(what)};
}

result<camera_config> read_camera(const json& object) {
  if (!object.is_object()) return damaged("a camera in it is no object");
  std::string name;
  std::vector<camera_setting> settings;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) return damaged("a setting of a camera in it is no text");
    if (key == "name") {
      name = value.get<std::string>();
    } else {
      settings.push_back({key, value.get<std::string>()});
    }
  }
  auto outcome = parse_camera(name, settings);
  if (outcome.problems.empty()) return std::move(outcome.value);
  return damaged("camera '" + printable(name) + "' in it: " + outcome.problems.front().text);
}

result<kept_state> read_state(const std::string& text) {
  const auto document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return damaged("it is cut off or no JSON");
  const auto is = [&](const char* key, auto check) {
    return document.is_object() && document.contains(key) && (document[key].*check)();
  };
  if (!is(version_key, &json::is_number_integer)) return damaged("it is no state of camherd");
  if (document[version_key] != version) return damaged("another version of camherd wrote it");
  if (document.size() != 3 || !is("cameras", &json::is_array) ||
      !is("stopped", &json::is_array)) {
    return damaged("something is missing or too much in it");
  }
  kept_state state;
  std::unordered_set<std::string> names;
  for (const auto& object : document["cameras"]) {
    auto camera = read_camera(object);
    if (!camera) return camera.error();
    if (!names.insert(camera->name).second)
      return damaged("camera " + camera->name + " is in it twice");
    state.cameras.push_back(*std::move(camera));
  }
  for (const auto& name : document["stopped"]) {
    if (!name.is_string()) return damaged("a stopped camera in it is no text");
    state.stopped.push_back(name.get<std::string>());
  }
  return state;
}

// Defaults are left out, so that a camera follows them if a later version changes one.
json to_json(const camera_config& camera) {
  const auto defaults = print_camera(camera_config{}, secrets::hidden);
  json object{{"name", camera.name}};
  for (const auto& setting : print_camera(camera, secrets::shown)) {
    if (std::find(defaults.begin(), defaults.end(), setting) == defaults.end())
      object[setting.key] = setting.value;
  }
  return object;
}

result<std::string> to_text(const kept_state& state) try {
  json cameras = json::array();
  for (const auto& camera : state.cameras) cameras.push_back(to_json(camera));
  const json document{
      {version_key, version}, {"cameras", std::move(cameras)}, {"stopped", state.stopped}};
  return document.dump(2) + '\n';
} catch (const json::exception&) {
  return error{error_kind::internal, "a setting is not UTF-8"};
}

}  // namespace

result<std::string> default_state_dir(const environment& env, uid_t user) {
  const auto of = [&](std::string_view variable) { return env(variable).value_or(""); };
  auto chosen = of("STATE_DIRECTORY");
  chosen = chosen.substr(0, chosen.find(':'));
  if (chosen.empty() && user == 0) chosen = "/var/lib/camherd";
  if (const auto home = of("XDG_STATE_HOME"); chosen.empty() && !home.empty())
    chosen = home + "/camherd";
  if (const auto home = of("HOME"); chosen.empty() && !home.empty())
    chosen = home + "/.local/state/camherd";
  if (chosen.starts_with('/')) return chosen;
  return error{
      error_kind::invalid_argument,
      "no directory for the state: neither STATE_DIRECTORY nor XDG_STATE_HOME nor HOME "
      "is an absolute path; give node: a state_dir"};
}

state_file::state_file(std::string path, unique_fd lock, whole_file_options writing)
    : path_{std::move(path)}, lock_{std::move(lock)}, writing_{std::move(writing)} {
  writing_.mode = 0600;
  writing_.outlives = durability::machine;
}

result<std::unique_ptr<state_file>> state_file::open(const std::string& directory,
                                                     whole_file_options writing) {
  if (const auto made = make_directory(directory, 0700); !made) return made.error();
  if (const auto checked = check_directory(directory); !checked) return checked.error();
  auto lock = lock_directory(directory);
  if (!lock) return lock.error();
  return std::unique_ptr<state_file>{
      new state_file{directory + "/cameras.json", *std::move(lock), std::move(writing)}};
}

result<kept_state> state_file::read() const {
  const auto text = read_text(path_);
  auto state = !text               ? result<kept_state>{text.error()}
               : text->has_value() ? read_state(**text)
                                   : result<kept_state>{kept_state{}};
  if (state || state.error().kind() != error_kind::corrupt) return state;
  return error{error_kind::corrupt,
               path_ + " cannot be used: " + state.error().message() +
                   ". It was left as it is: restore it, or move it away to begin with the "
                   "cameras of the configuration file alone"};
}

result<void> state_file::write(const kept_state& state) const {
  const auto text = to_text(state);
  if (!text) return text.error().within("writing " + path_);
  return write_whole_file(path_, std::as_bytes(std::span{*text}), writing_);
}

}  // namespace camherd
