#pragma once

#include "core/delivery/include/camherd/consumer.hpp"
#include "tests/delivery/fake_camera.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace camherd::testing {

inline constexpr std::chrono::seconds patience{20};  ///< against hanging

[[nodiscard]] inline segment make_segment(std::size_t size = 65536) {
  auto made = segment::create(size);
  REQUIRE(made);
  return *std::move(made);
}

[[nodiscard]] inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// How often a memfd segment is mapped into this process.
[[nodiscard]] inline std::size_t mapped_segments() {
  std::ifstream maps{"/proc/self/maps"};
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) {
    if (contains(line, "camherd-segment") && contains(line, "r--s")) ++count;
  }
  return count;
}

/// A camera and its fake other side.
struct served {
  explicit served(consumer::options wanted = {}) : reader{"yard", placed(std::move(wanted))} {
    daemon.listen();
  }

  consumer::options placed(consumer::options wanted) const {
    wanted.runtime_dir = daemon.runtime_dir();
    return wanted;
  }

  std::optional<consumer::frame> poll() { return reader.next(std::chrono::nanoseconds{0}); }

  /// Lets the reader connect, and reads its hello.
  std::unique_ptr<fake_connection> connect() {
    std::unique_ptr<fake_connection> made;
    until([&] { return (made = daemon.accept()) != nullptr; });
    hello = made->hello();
    REQUIRE(hello);
    return made;
  }

  /// Also grants the request and shares a segment with the number 1.
  std::unique_ptr<fake_connection> begin(std::uint8_t leases = 1) {
    auto made = connect();
    made->welcome(leases);
    made->state(3);
    made->segment(1, memory);
    return made;
  }

  /// Calls `next` until `true_now`; what it gives is thrown away.
  void until(const std::function<bool()>& true_now) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!true_now()) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      (void)reader.next(std::chrono::milliseconds{5});
    }
  }

  /// The connection ends with a problem that contains `words`.
  void ends_with(fake_connection& connection, std::string_view words) {
    until([&] { return connection.is_closed(); });
    INFO(reader.problem());
    CHECK(contains(reader.problem(), words));
    CHECK(reader.state() == consumer::camera_state::removed);
    CHECK_FALSE(reader.refused());
  }

  fake_camera daemon;
  segment memory = make_segment();
  consumer::camera reader;
  std::optional<lease::hello> hello;
};

}  // namespace camherd::testing
