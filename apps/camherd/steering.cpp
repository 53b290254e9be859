#include "apps/camherd/steering.hpp"

#include "config/camera_settings.hpp"
#include "config/reader.hpp"
#include "core/base/names.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace camherd {
namespace {

using camera_list = std::vector<steered_camera>;

template <class List>
auto find_camera(List& cameras, std::string_view name) {
  return std::find_if(cameras.begin(), cameras.end(),
                      [&](const steered_camera& camera) { return camera.spec.name == name; });
}

steering_error not_found(std::string_view name) {
  return {steering_problem::not_found, "no camera " + printable(name)};
}

// What keeps an operator from changing this camera, if anything does.
std::optional<steering_error> refusal(const steered_camera& camera,
                                      std::optional<std::uint64_t> expected) {
  if (expected && *expected != camera.revision) {
    return steering_error{
        steering_problem::out_of_date,
        "camera " + camera.spec.name + " was changed by somebody else; look at it again"};
  }
  if (camera.from_file) {
    return steering_error{steering_problem::in_file, "camera " + camera.spec.name +
                                                         " stands in the configuration file; "
                                                         "change it there"};
  }
  return std::nullopt;
}

kept_state to_keep(const camera_list& cameras) {
  kept_state state;
  for (const auto& camera : cameras) {
    if (!camera.from_file) state.cameras.push_back(camera.spec);
    if (!camera.started) state.stopped.push_back(camera.spec.name);
  }
  return state;
}

std::shared_ptr<const config> as_config(const node_config& node, const camera_list& cameras) {
  auto wanted = std::make_shared<config>();
  wanted->node = node;
  wanted->cameras.reserve(cameras.size());
  for (const auto& camera : cameras) {
    wanted->cameras.push_back(camera.spec);
    wanted->cameras.back().stopped = !camera.started;
  }
  return wanted;
}

// A random beginning keeps revisions of different runs apart. JSON and JavaScript hold 53 bits
// of a number.
std::uint64_t random_revision() {
  std::random_device random;
  return (std::uint64_t{random()} << 20U) ^ random();
}

}  // namespace

steering::steering(std::unique_ptr<state_file> file)
    : file_{std::move(file)},
      last_revision_{random_revision()},
      current_{std::make_shared<const camera_list>()} {}

result<std::unique_ptr<steering>> steering::open(std::shared_ptr<const config> from_file,
                                                 std::unique_ptr<state_file> kept) {
  std::unique_ptr<steering> made{new steering{std::move(kept)}};
  auto state = made->file_ ? made->file_->read() : result<kept_state>{kept_state{}};
  if (!state) return state.error();
  made->kept_ = *state;
  camera_list operators;
  for (auto& spec : state->cameras)
    operators.push_back({.spec = std::move(spec), .revision = ++made->last_revision_});
  auto together = made->merge(*from_file, operators);
  for (const auto& name : state->stopped) {
    const auto found = find_camera(together, name);
    if (found != together.end()) found->started = false;
  }
  if (auto failed = made->keep(together))
    return error{error_kind::internal, std::move(failed->text)};
  made->from_file_ = std::move(from_file);
  made->current_ = std::make_shared<const camera_list>(std::move(together));
  return made;
}

void steering::start(applier apply) {
  const std::lock_guard lock{changing_};
  apply_ = std::move(apply);
  apply_(as_config(from_file_->node, *current()));
}

std::shared_ptr<const steering::camera_list> steering::current() const {
  const std::lock_guard lock{reading_};
  return current_;
}

std::vector<steered_camera> steering::cameras() const {
  return *current();
}

std::optional<steered_camera> steering::camera(std::string_view name) const {
  const auto cameras = current();
  const auto found = find_camera(*cameras, name);
  if (found == cameras->end()) return std::nullopt;
  return *found;
}

// A camera that moved between operators and file is another, but as stopped as it was.
steering::camera_list steering::merge(const config& file, const camera_list& before) {
  camera_list next;
  next.reserve(file.cameras.size() + before.size());
  for (const auto& spec : file.cameras) {
    const auto known = find_camera(before, spec.name);
    const bool is_new = known == before.end();
    const bool same = !is_new && known->from_file && known->spec == spec;
    next.push_back({.spec = spec,
                    .from_file = true,
                    .started = is_new || known->started,
                    .revision = same ? known->revision : ++last_revision_});
  }
  for (const auto& camera : before) {
    if (!camera.from_file && find_camera(next, camera.spec.name) == next.end())
      next.push_back(camera);
  }
  return next;
}

std::optional<steering_error> steering::keep(const camera_list& next) {
  auto state = to_keep(next);
  if (file_ && state != kept_) {
    kept_.reset();
    if (const auto written = file_->write(state); !written)
      return steering_error{steering_problem::storage, written.error().message()};
  }
  kept_ = std::move(state);
  return std::nullopt;
}

std::optional<steering_error> steering::commit(camera_list next) {
  if (auto failed = keep(next)) return failed;
  auto wanted = as_config(from_file_->node, next);
  {
    auto shared = std::make_shared<const camera_list>(std::move(next));
    const std::lock_guard lock{reading_};
    current_ = std::move(shared);
  }
  apply_(std::move(wanted));
  return std::nullopt;
}

std::optional<steering_error> steering::add(camera_config spec) {
  const std::lock_guard lock{changing_};
  auto next = *current();
  if (!is_camera_name(spec.name))
    return steering_error{steering_problem::invalid, "this is no name of a camera"};
  if (const auto known = find_camera(next, spec.name); known != next.end()) {
    return steering_error{steering_problem::exists,
                          "there is a camera " + spec.name + " already" +
                              (known->from_file ? ", in the configuration file" : "")};
  }
  if (hides_secrets(spec.url)) {
    return steering_error{steering_problem::invalid,
                          "*** stands for a secret of the URL that is not known; give it"};
  }
  if (next.size() >= max_cameras) {
    return steering_error{steering_problem::invalid,
                          "there are " + std::to_string(max_cameras) +
                              " cameras already, and no more can be had"};
  }
  spec.stopped = false;
  next.push_back({.spec = std::move(spec), .revision = ++last_revision_});
  return commit(std::move(next));
}

std::optional<steering_error> steering::change(camera_config spec,
                                               std::optional<std::uint64_t> expected) {
  const std::lock_guard lock{changing_};
  auto next = *current();
  const auto found = find_camera(next, spec.name);
  if (found == next.end()) return not_found(spec.name);
  if (auto refused = refusal(*found, expected)) return refused;
  auto url = with_stored_secrets(spec.url, found->spec.url);
  if (!url) return steering_error{steering_problem::invalid, url.error().message()};
  spec.url = *std::move(url);
  spec.stopped = false;
  if (spec == found->spec) return std::nullopt;
  found->spec = std::move(spec);
  found->revision = ++last_revision_;
  return commit(std::move(next));
}

std::optional<steering_error> steering::remove(std::string_view name,
                                               std::optional<std::uint64_t> expected) {
  const std::lock_guard lock{changing_};
  auto next = *current();
  const auto found = find_camera(next, name);
  if (found == next.end()) return not_found(name);
  if (auto refused = refusal(*found, expected)) return refused;
  next.erase(found);
  return commit(std::move(next));
}

std::optional<steering_error> steering::set_started(std::string_view name, bool started) {
  const std::lock_guard lock{changing_};
  auto next = *current();
  const auto found = find_camera(next, name);
  if (found == next.end()) return not_found(name);
  if (started && !found->spec.enabled) {
    return steering_error{
        steering_problem::invalid,
        "camera " + found->spec.name + " is disabled by its settings (enabled: false)"};
  }
  if (found->started == started) return std::nullopt;
  found->started = started;
  found->revision = ++last_revision_;
  return commit(std::move(next));
}

std::optional<steering_error> steering::reload(std::shared_ptr<const config> from_file) {
  const std::lock_guard lock{changing_};
  auto before = std::exchange(from_file_, std::move(from_file));
  auto failed = commit(merge(*from_file_, *current()));
  if (failed) from_file_ = std::move(before);
  return failed;
}

}  // namespace camherd
