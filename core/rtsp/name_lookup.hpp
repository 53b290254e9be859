#pragma once

#include "core/base/result.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace camherd::rtsp {

/// Finds the addresses of host names, each on a thread of its own, so that a name whose server
/// never answers keeps nobody else waiting. Threads begin with the work and end with it. All
/// who ask for one name at the same time share a lookup; of other names, those beyond
/// `max_at_once` wait for their turn.
///
/// A lookup cannot be interrupted: one that nobody waits for any more keeps its thread until
/// the system gives it up, and no longer touches anything of ours. Any thread.
class name_lookup {
 public:
  using address_list = std::vector<boost::asio::ip::address>;
  /// Blocks. Called by several threads at once, and maybe still after the `name_lookup` is
  /// gone.
  using function = std::function<result<address_list>(const std::string& host)>;
  using done = std::function<void(const result<address_list>&)>;
  using ticket = std::uint64_t;

  static constexpr std::size_t max_at_once = 32;

  explicit name_lookup(function find);

  /// Drops what was asked and not answered. Waits for no lookup.
  ~name_lookup();

  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;

  /// Calls `handler` once, on `io`, which must outlive this, and not before it returns. Errors:
  /// those of the function; `internal` where there is no thread or memory for it.
  [[nodiscard]] ticket begin(boost::asio::io_context& io, const std::string& host,
                             done handler);

  /// Drops the handler, unless it is on its way to its `io` already.
  void cancel(ticket which);

 private:
  struct state;
  std::shared_ptr<state> state_;  // with the threads, which may outlive this
};

/// What the system knows of a host: files, DNS, whatever it is configured to ask. Errors:
/// `retry`, in words.
[[nodiscard]] result<name_lookup::address_list> ask_system(const std::string& host);

}  // namespace camherd::rtsp
