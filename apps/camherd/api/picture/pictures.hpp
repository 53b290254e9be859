#pragma once

#include "apps/camherd/api/picture/film.hpp"
#include "apps/camherd/api/picture/picture_query.hpp"
#include "apps/camherd/http/responder.hpp"
#include "core/base/result.hpp"
#include "core/delivery/event_loop.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace camherd::api {

/// Shows the pictures of all cameras to the clients of the API. It is a consumer of the
/// daemon's own frame server like any other program, and works on one thread of its own, so
/// that clients cost the herd one core at most, however many there are: with more to encode
/// than that, each gets fewer pictures, and the newest.
///
/// Whoever asks for the same size and quality of a camera gets the same bytes, encoded once.
/// Where nobody looks there is no connection to the camera, and nothing is converted or
/// encoded.
class pictures {
 public:
  /// Connections to cameras at once: one for each camera, size, quality and rate. More are
  /// refused with 503.
  static constexpr std::size_t most_connections = 64;

  /// `runs` says whether a camera is wanted and started; called on the thread of the pictures.
  /// Errors: `internal` without descriptors.
  [[nodiscard]] static result<std::unique_ptr<pictures>> create(
      std::string runtime_dir, std::function<bool(const std::string& camera)> runs);

  /// The server whose clients it served has ended.
  ~pictures();

  pictures(const pictures&) = delete;
  pictures& operator=(const pictures&) = delete;

  // Any thread:

  /// Answers with one picture; `wanted.fps` is not looked at.
  void take_snapshot(const std::string& camera, const picture_query& wanted,
                     const http::responder& to);

  /// Answers with a stream of pictures.
  void show(const std::string& camera, const picture_query& wanted, const http::responder& to);

  /// Ends all streams and answers everybody who waits, now and from now on, with 503.
  void close();

  [[nodiscard]] const picture_counts& counts() const noexcept { return counts_; }

 private:
  pictures() = default;

  [[nodiscard]] std::shared_ptr<film> find(const film_key& key);
  [[nodiscard]] bool has_room() const;
  void forget_if_idle(const film_key& key);

  picture_counts counts_;
  // Of the loop's thread:
  std::map<film_key, std::shared_ptr<film>> films_;  // shared with calls that are on their way
  bool closed_ = false;

  std::unique_ptr<event_loop> loop_;
  std::unique_ptr<film_context> shared_;
};

}  // namespace camherd::api
