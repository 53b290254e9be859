#pragma once

#include "apps/camherd/http/body.hpp"

#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace camherd::api {

/// A body that is made again only when something that it is made of has changed, so that asking
/// often costs little. `Sources` are compared by ==; a shared_ptr is held, so that what it
/// points to stays what it was. For one thread.
template <class... Sources>
class made_body {
 public:
  template <class Make>
  [[nodiscard]] const http::body& of(Sources... from, Make make) {
    auto sources = std::make_tuple(std::move(from)...);
    if (made_of_ != sources) {
      bytes_ = http::body{std::string{make()}};
      made_of_ = std::move(sources);
    }
    return bytes_;
  }

 private:
  std::optional<std::tuple<Sources...>> made_of_;
  http::body bytes_;
};

}  // namespace camherd::api
