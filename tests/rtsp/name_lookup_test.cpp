#include "core/rtsp/name_lookup.hpp"

#include "tests/rtsp/session_fixture.hpp"

#include <boost/asio/io_context.hpp>

#include <future>
#include <new>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;
using rtsp::name_lookup;

namespace {

const auto loopback = boost::asio::ip::make_address("127.0.0.1");

/// A name server that answers each question of names that begin with "slow" when it is told to,
/// others at once.
class name_server {
 public:
  ~name_server() { answer_all(); }

  /// Outlives this.
  [[nodiscard]] name_lookup::function ask() const {
    return [desk = desk_](const std::string& host) -> result<name_lookup::address_list> {
      std::unique_lock lock{desk->mutex};
      desk->questions.push_back(host);
      desk->changed.notify_all();
      if (host.starts_with("slow")) {
        desk->changed.wait(lock, [&] { return desk->answers; });
      }
      return name_lookup::address_list{loopback};
    };
  }
  void answer_all() {
    const std::lock_guard lock{desk_->mutex};
    desk_->answers = true;
    desk_->changed.notify_all();
  }
  [[nodiscard]] bool is_asked(std::size_t times) {
    std::unique_lock lock{desk_->mutex};
    return desk_->changed.wait_for(lock, collector::longest_wait,
                                   [&] { return desk_->questions.size() >= times; });
  }
  [[nodiscard]] std::vector<std::string> questions() {
    const std::lock_guard lock{desk_->mutex};
    return desk_->questions;
  }

 private:
  struct desk {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> questions;
    bool answers = false;
  };
  std::shared_ptr<desk> desk_ = std::make_shared<desk>();
};

/// Counts answers and runs the loop that they come on.
class answer_count {
 public:
  explicit answer_count(boost::asio::io_context& io) : io_{io} {}

  [[nodiscard]] name_lookup::done counts() {
    return [this](const result<name_lookup::address_list>& found) {
      ++answers_;
      last_ = found;
    };
  }
  [[nodiscard]] bool reaches(int count) {
    const auto work = boost::asio::make_work_guard(io_);
    const auto deadline = std::chrono::steady_clock::now() + collector::longest_wait;
    while (answers_ < count && io_.run_one_until(deadline) > 0) {
    }
    return answers_ == count;
  }
  [[nodiscard]] const result<name_lookup::address_list>& last() const { return *last_; }

 private:
  boost::asio::io_context& io_;
  int answers_ = 0;
  std::optional<result<name_lookup::address_list>> last_;
};

}  // namespace

TEST_CASE("a name that is not answered keeps no other camera waiting", "[rtsp][names]") {
  name_server server;
  scripted_camera camera;
  rtsp::io_pool pool{1, server.ask()};
  const auto heard_of_slow = std::make_shared<collector>();
  const auto slow = rtsp::make_session(pool, *camera_url::parse("rtsp://slow.test/live"),
                                       rtsp::session_options{}, heard_of_slow);
  slow->start();
  REQUIRE(server.is_asked(1));
  const auto heard = std::make_shared<collector>();
  const auto quick = rtsp::make_session(
      pool, *camera_url::parse("rtsp://quick.test:" + std::to_string(camera.port()) + "/live"),
      rtsp::session_options{}, heard);
  quick->start();
  camera.send(keyframe_unit(1));
  CHECK(heard->wait_for_units(1));
  CHECK(heard_of_slow->times_ended() == 0);
  for (const auto& session : {slow, quick}) session->stop();
  CHECK(heard->wait_for_end());
  CHECK(heard_of_slow->wait_for_end());
}

TEST_CASE("a name that is not answered ends with the connect deadline", "[rtsp][names]") {
  name_server server;
  rtsp::io_pool pool{1, server.ask()};
  rtsp::session_options options;
  options.connect_timeout = 200ms;
  // The second try finds the lookup of the first under way.
  for (int round = 0; round < 2; ++round) {
    const auto heard = std::make_shared<collector>();
    rtsp::make_session(pool, *camera_url::parse("rtsp://slow.test/live"), options, heard)
        ->start();
    REQUIRE(heard->wait_for_end());
    CHECK(heard->ended().kind() == error_kind::retry);
    CHECK(contains(heard->ended().message(),
                   "no answer to the name lookup of \"slow.test\" within 200 ms"));
  }
  CHECK(server.questions().size() == 1);
}

TEST_CASE("a lookup may end after all that it was for is gone", "[rtsp][names]") {
  name_server server;
  std::promise<void> gone;
  auto heard = std::make_shared<collector>();
  const std::weak_ptr<collector> watched = heard;
  {
    // Goes with the last copy of the function.
    const std::shared_ptr<void> end{nullptr, [&](void*) { gone.set_value(); }};
    rtsp::io_pool pool{
        1, [ask = server.ask(), end](const std::string& host) { return ask(host); }};
    rtsp::make_session(pool, *camera_url::parse("rtsp://slow.test/live"), {}, heard)->start();
    REQUIRE(server.is_asked(1));
  }
  heard.reset();
  CHECK(watched.expired());
  server.answer_all();
  CHECK(gone.get_future().wait_for(collector::longest_wait) == std::future_status::ready);
}

TEST_CASE("who asks for one name at the same time shares a lookup", "[rtsp][names]") {
  name_server server;
  boost::asio::io_context io;
  answer_count answers{io};
  name_lookup names{server.ask()};
  for (int n = 0; n < 3; ++n) static_cast<void>(names.begin(io, "slow.test", answers.counts()));
  server.answer_all();
  REQUIRE(answers.reaches(3));
  REQUIRE(answers.last());
  CHECK(*answers.last() == name_lookup::address_list{loopback});
  CHECK(server.questions().size() == 1);
}

TEST_CASE("lookups beyond the limit wait for their turn", "[rtsp][names]") {
  name_server server;
  boost::asio::io_context io;
  answer_count answers{io};
  name_lookup names{server.ask()};
  std::vector<name_lookup::ticket> tickets;
  const auto all = name_lookup::max_at_once + 3;
  for (std::size_t n = 0; n < all; ++n) {
    tickets.push_back(names.begin(io, "slow" + std::to_string(n), answers.counts()));
  }
  REQUIRE(server.is_asked(name_lookup::max_at_once));
  // One that is cancelled before its turn is never begun, one that has begun goes on unheard.
  names.cancel(tickets.back());
  names.cancel(tickets.front());
  CHECK(server.questions().size() == name_lookup::max_at_once);
  server.answer_all();
  CHECK(answers.reaches(static_cast<int>(all) - 2));
  CHECK(server.questions().size() == all - 1);
}

TEST_CASE("a lookup without memory is a problem of this machine", "[rtsp][names]") {
  boost::asio::io_context io;
  answer_count answers{io};
  name_lookup names{
      [](const std::string&) -> result<name_lookup::address_list> { throw std::bad_alloc{}; }};
  static_cast<void>(names.begin(io, "any.test", answers.counts()));
  REQUIRE(answers.reaches(1));
  REQUIRE_FALSE(answers.last());
  CHECK(answers.last().error().kind() == error_kind::internal);
}
