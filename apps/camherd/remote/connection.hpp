#pragma once

#include "apps/camherd/remote/server_address.hpp"
#include "core/base/result.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace camherd::remote {

using json = nlohmann::ordered_json;

/// JSON that somebody else has written: discarded if it is none. What is nested deeper than
/// anything of camherd's is left out.
[[nodiscard]] json parse_json(std::string_view text);

/// One request to camherd's API.
struct api_request {
  std::string method = "GET";
  std::string path{};      ///< from "/api/v1/" on, with its query
  std::string body{};      ///< JSON, or empty
  std::string if_match{};  ///< empty: whatever the revision is
  std::string last_event_id{};
  /// Takes the body of an answer that goes on without end, nothing at first, as soon as it has
  /// begun; false ends it. Empty: the whole answer is waited for.
  std::function<bool(std::string_view)> stream{};
};

/// What camherd answered: a status from 200 to 299.
struct api_answer {
  unsigned status = 0;
  std::string etag;
  json content;  ///< null if there is none
};

/// The HTTP connection to one camherd. One thread. Every error is a sentence for an operator,
/// without what a terminal would obey and without a credential. Their kinds:
///   `retry`             nobody answers, or no longer
///   `corrupt`           what answers is no camherd
///   `authentication`    the token is refused, or one is wanted
///   `unsupported`       there is no such camera
///   `invalid_argument`  what was sent is wrong (400, 422)
///   `internal`          camherd could not or would not do it (all other statuses)
/// Nothing is tried twice and no redirect is followed. Loopback is never asked through a proxy.
class connection {
 public:
  [[nodiscard]] static result<connection> open(server_address address);

  connection(connection&&) noexcept;
  connection& operator=(connection&&) noexcept;
  ~connection();

  [[nodiscard]] const std::string& url() const noexcept;

  /// Asks and waits for the answer.
  [[nodiscard]] result<api_answer> ask(const api_request& request);

  /// Begins a request; one that has not ended is given up.
  void begin(const api_request& request);

  /// Lets the request go on until it has ended, a descriptor of `also` is readable, or `limit`
  /// has passed. Its answer or its error if it has ended; waits all the same where none was
  /// begun. A stream that ends is an error, of kind `end_of_stream` if in good order.
  [[nodiscard]] std::optional<result<api_answer>> advance(std::span<const int> also,
                                                          std::chrono::milliseconds limit);

 private:
  class state;
  explicit connection(std::unique_ptr<state> s);

  std::unique_ptr<state> state_;
};

/// `text` as one segment of a path or one value of a query.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// "/api/v1/cameras/NAME" and what follows it.
[[nodiscard]] std::string camera_path(std::string_view name, std::string_view more = "");

}  // namespace camherd::remote
