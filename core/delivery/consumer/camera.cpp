#include "core/delivery/consumer/connector.hpp"

#include <utility>

namespace camherd::consumer {

camera::camera(std::string name, options wanted)
    : connector_{std::make_unique<connector>(std::move(name), std::move(wanted))} {}

camera::camera(camera&&) noexcept = default;
camera& camera::operator=(camera&&) noexcept = default;
camera::~camera() = default;

std::optional<frame> camera::next(std::chrono::nanoseconds timeout) {
  return connector_->next(timeout);
}

const std::string& camera::name() const noexcept {
  return connector_->name();
}

camera_state camera::state() const noexcept {
  return connector_->state();
}

const std::string& camera::problem() const noexcept {
  return connector_->problem();
}

bool camera::refused() const noexcept {
  return connector_->refused();
}

void camera::wake() noexcept {
  connector_->wake();
}

int camera::descriptor() const noexcept {
  return connector_->descriptor();
}

}  // namespace camherd::consumer
