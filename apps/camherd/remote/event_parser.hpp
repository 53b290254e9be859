#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace camherd::remote {

/// One event that a server has sent.
struct server_event {
  std::string name;  ///< "message" where the server named none
  std::string id;    ///< of this event, or else the last one that came with an id
  std::string data;  ///< its lines, with line feeds between them
};

/// Reads text/event-stream (HTML Living Standard, 9.2.6) in pieces of any size. Comments and
/// unknown fields are skipped, and so is `retry`. What the server sends may be hostile: never
/// holds more than `most_bytes` twice, and two short texts.
class event_parser {
 public:
  explicit event_parser(std::size_t most_bytes = 4 * 1024 * 1024) : most_bytes_{most_bytes} {}

  /// Reads more of the stream; `take` is called for each event that is complete. Errors:
  /// `corrupt` where a line or the data of an event has more than `most_bytes`; nothing is read
  /// any more then.
  [[nodiscard]] result<void> feed(std::string_view bytes,
                                  const std::function<void(const server_event&)>& take);

  /// To begin where this stream ended: empty if no id has come.
  [[nodiscard]] const std::string& last_id() const noexcept { return id_; }

 private:
  [[nodiscard]] bool read_line(std::string_view line,
                               const std::function<void(const server_event&)>& take);
  void dispatch(const std::function<void(const server_event&)>& take);

  std::size_t most_bytes_;
  std::string line_;  // begun and not ended
  std::string name_;
  std::string data_;
  std::string id_;
  bool has_data_ = false;
  bool first_line_ = true;
  bool after_return_ = false;  // a line feed right after a carriage return ends no other line
  bool broken_ = false;
};

}  // namespace camherd::remote
