#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace camherd::http {

/// Counts the connections of a server and decides which of them makes room for another. Pure.
class census {
 public:
  using id = std::uint64_t;

  /// What a connection is doing, as far as it matters for making room.
  enum class occupation : std::uint8_t {
    unfinished,  ///< has not finished the header of its request (or its TLS handshake)
    idle,        ///< between two requests
    busy,        ///< has a request that is being read, handled or answered
  };

  struct admission {
    std::optional<id> newcomer;  ///< nothing: refused, everybody is busy
    std::optional<id> leaving;   ///< has to be closed; no longer counted
  };

  census(std::size_t connections, std::size_t connections_per_peer)
      : most_{connections}, most_per_peer_{connections_per_peer} {}

  /// A connection of peer `group` has come, and begins unfinished. Where its group or the
  /// server is full, the connection goes that has been unfinished longest or, without one, idle
  /// longest.
  [[nodiscard]] admission admit(const std::string& group);

  /// From now on.
  void set(id connection, occupation what);

  void remove(id connection);

  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }

 private:
  struct member {
    std::string group;
    occupation doing;
    std::uint64_t since;
  };

  [[nodiscard]] std::optional<id> spare(const std::string* group) const;

  std::size_t most_;
  std::size_t most_per_peer_;
  std::map<id, member> members_;
  std::map<std::string, std::size_t> per_group_;
  std::uint64_t step_ = 0;
};

}  // namespace camherd::http
