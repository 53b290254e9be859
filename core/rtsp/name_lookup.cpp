#include "core/rtsp/name_lookup.hpp"

#include "core/rtsp/network_words.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace camherd::rtsp {

namespace asio = boost::asio;

namespace {

struct waiter {
  name_lookup::ticket number = 0;
  asio::io_context* io = nullptr;
  name_lookup::done handler;
};

}  // namespace

struct name_lookup::state {
  explicit state(function how) : find{std::move(how)} {}

  /// Answers all who wait for `host`. With the mutex held, so that no `io` is gone.
  void answer(const std::string& host, const result<address_list>& found);

  /// A thread's work: one name after the other until none is left.
  static void work(const std::shared_ptr<state>& self);

  [[nodiscard]] result<address_list> look_up(const std::string& host) const;

  const function find;
  std::mutex mutex;  // threads of lookups meet those of event loops
  // By host, until it is answered. One that is being looked up may have nobody waiting.
  std::map<std::string, std::vector<waiter>> asked;
  std::deque<std::string> unbegun;  // of these, in turn; as many as there are dials at most
  std::size_t threads = 0;          // at most max_at_once
  ticket last = 0;
};

result<name_lookup::address_list> name_lookup::state::look_up(const std::string& host) const {
  try {
    return find(host);
  } catch (const std::exception& failed) {  // of the standard library: no memory
    return error{error_kind::internal, failed.what()};
  }
}

void name_lookup::state::answer(const std::string& host, const result<address_list>& found) {
  auto waiting = asked.extract(host);
  if (waiting.empty()) return;
  for (auto& one : waiting.mapped()) {
    asio::post(*one.io, [handler = std::move(one.handler), found] { handler(found); });
  }
}

void name_lookup::state::work(const std::shared_ptr<state>& self) {
  std::unique_lock lock{self->mutex};
  while (!self->unbegun.empty()) {
    const auto host = std::move(self->unbegun.front());
    self->unbegun.pop_front();
    lock.unlock();
    const auto found = self->look_up(host);
    lock.lock();
    self->answer(host, found);
  }
  --self->threads;
}

name_lookup::name_lookup(function find) : state_{std::make_shared<state>(std::move(find))} {}

name_lookup::~name_lookup() {
  // Handlers die outside of the lock and before the event loops that they belong to.
  decltype(state_->asked) dropped;
  const std::lock_guard lock{state_->mutex};
  state_->unbegun.clear();
  dropped.swap(state_->asked);
}

name_lookup::ticket name_lookup::begin(asio::io_context& io, const std::string& host,
                                       done handler) {
  const std::lock_guard lock{state_->mutex};
  const auto number = ++state_->last;
  if (!state_->asked.contains(host)) state_->unbegun.push_back(host);
  state_->asked[host].push_back({number, &io, std::move(handler)});
  if (state_->unbegun.empty() || state_->threads == max_at_once) return number;
  try {
    std::thread{state::work, state_}.detach();
    ++state_->threads;
  } catch (const std::system_error& failed) {
    const error none{error_kind::internal, "no thread: " + failed.code().message()};
    for (const auto& waiting : std::exchange(state_->unbegun, {}))
      state_->answer(waiting, none);
  }
  return number;
}

void name_lookup::cancel(ticket which) {
  waiter dropped;  // dies outside of the lock
  const std::lock_guard lock{state_->mutex};
  for (auto entry = state_->asked.begin(); entry != state_->asked.end(); ++entry) {
    auto& [host, waiting] = *entry;
    const auto found = std::find_if(waiting.begin(), waiting.end(),
                                    [&](const waiter& one) { return one.number == which; });
    if (found == waiting.end()) continue;
    dropped = std::move(*found);
    waiting.erase(found);
    const auto turn = std::find(state_->unbegun.begin(), state_->unbegun.end(), host);
    if (waiting.empty() && turn != state_->unbegun.end()) {
      state_->unbegun.erase(turn);
      state_->asked.erase(entry);
    }
    return;
  }
}

result<name_lookup::address_list> ask_system(const std::string& host) {
  asio::io_context io;
  asio::ip::tcp::resolver resolver{io};
  boost::system::error_code failed;
  const auto entries = resolver.resolve(host, "", asio::ip::resolver_base::flags{}, failed);
  if (failed) return error{error_kind::retry, in_words(failed)};
  name_lookup::address_list found;
  for (const auto& entry : entries) found.push_back(entry.endpoint().address());
  return found;
}

}  // namespace camherd::rtsp
