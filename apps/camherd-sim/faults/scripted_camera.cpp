#include "apps/camherd-sim/faults/scripted_camera.hpp"

#include "apps/camherd-sim/certificate.hpp"
#include "apps/camherd-sim/faults/scripted_client.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace camherd::faults {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds longest_wait{30};

asio::ssl::context make_tls_context() {
  asio::ssl::context context{asio::ssl::context::tls_server};
  const auto pem = sim::make_certificate("localhost");
  if (!pem) throw std::runtime_error{pem.error().message()};
  context.use_certificate(asio::buffer(*pem), asio::ssl::context::pem);
  context.use_private_key(asio::buffer(*pem), asio::ssl::context::pem);
  return context;
}

}  // namespace

reaction refuse(int status, std::string reason) {
  return {reaction::act::answer, status, std::move(reason), {}, {}, {}};
}

reaction redirect_to(std::string url, int status) {
  return {reaction::act::answer, status, "Moved", {{"Location", std::move(url)}}, {}, {}};
}

std::string seen_request::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string{} : found->second;
}

class scripted_camera::server final : public camera_record {
 public:
  using command = std::function<void(scripted_client&)>;

  server(script told, std::uint16_t port)
      : tls_{told.tls ? std::optional{make_tls_context()} : std::nullopt},
        ipv6_{told.ipv6},
        script_{std::move(told)},
        acceptor_{io_,
                  tcp::endpoint{asio::ip::make_address(ipv6_ ? "::1" : "127.0.0.1"), port}},
        port_{acceptor_.local_endpoint().port()} {
    accept();
    thread_ = std::thread{[this] { io_.run(); }};
  }

  ~server() {
    io_.stop();
    thread_.join();
  }

  /// Carries `what` out on every client that plays, now or as soon as there is one.
  void when_playing(command what) {
    asio::post(io_, [this, what = std::move(what)] {
      held_back_.push_back(what);
      client_plays();
    });
  }

  void on_own_thread(std::function<void()> what) { asio::post(io_, std::move(what)); }

  /// The following are called on the camera's own thread.
  void tell(script told) {
    script_ = std::move(told);
    ++edition_;
    turns_.clear();
  }

  void feed(const fed_unit& unit) {
    for (const auto& client : clients_) {
      if (client->plays()) client->send_unit(unit);
    }
  }

  void drop_clients() {
    for (const auto& client : clients_) client->close();
    clients_.clear();
  }

  void go_away() {
    if (std::exchange(away_, true)) return;
    acceptor_.close();
    drop_clients();
    // Nobody listens, but nobody else gets the port.
    const tcp::endpoint own{asio::ip::make_address(ipv6_ ? "::1" : "127.0.0.1"), port_};
    acceptor_.open(own.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address{true});
    acceptor_.bind(own);
  }

  void come_back() {
    if (!std::exchange(away_, false)) return;
    acceptor_.listen();
    accept();
  }

  [[nodiscard]] const script& told() const override { return script_; }
  [[nodiscard]] unsigned edition() const override { return edition_; }

  void client_plays() override {
    const auto plays = [](const auto& client) { return client->plays(); };
    if (std::none_of(clients_.begin(), clients_.end(), plays)) return;
    for (const auto& what : std::exchange(held_back_, {})) {
      for (const auto& client : clients_) {
        if (client->plays()) what(*client);
      }
    }
  }

  void saw_request(const seen_request& request) override {
    see([&] { requests_.push_back(request); });
  }
  void saw_answer(std::string message) override {
    see([&] { answers_.push_back(std::move(message)); });
  }
  void saw_report(byte_vector bytes) override {
    see([&] { reports_.push_back(std::move(bytes)); });
  }
  void saw_path_opener() override {
    see([&] { ++path_openers_; });
  }
  void saw_close() override {
    see([&] { ++closed_; });
  }

  reaction reaction_to(const std::string& method) override {
    const auto found = script_.on.find(method);
    if (found == script_.on.end() || found->second.empty()) return {};
    const auto turn = std::min<std::size_t>(turns_[method]++, found->second.size() - 1);
    return found->second[turn];
  }

  template <class Read>
  auto read(Read&& what) const {
    const std::lock_guard lock{mutex_};
    return what(*this);
  }

  bool wait_until(const std::function<bool()>& true_now) const {
    const auto deadline = std::chrono::steady_clock::now() + longest_wait;
    for (;;) {
      const auto version = read([](const server& self) { return self.version_; });
      if (true_now()) return true;
      std::unique_lock lock{mutex_};
      if (!changed_.wait_until(lock, deadline, [&] { return version_ != version; })) {
        return false;
      }
    }
  }

  std::vector<seen_request> requests_;
  std::vector<std::string> answers_;
  std::vector<byte_vector> reports_;
  unsigned path_openers_ = 0;
  unsigned connections_ = 0;
  unsigned closed_ = 0;

  std::optional<asio::ssl::context> tls_;
  const bool ipv6_;

 private:
  template <class Change>
  void see(Change&& change) {
    const std::lock_guard lock{mutex_};
    change();
    ++version_;
    changed_.notify_all();
  }

  void accept() {
    acceptor_.async_accept([this](const error_code& code, tcp::socket socket) {
      if (code) return;
      unsigned number = 0;
      see([&] { number = connections_++; });
      accept();
      if (script_.closes_on_accept) return;
      std::erase_if(clients_, [](const auto& client) { return client->closed(); });
      clients_.push_back(std::make_shared<scripted_client>(std::move(socket), *this,
                                                           tls_ ? &*tls_ : nullptr, number));
      clients_.back()->start();
    });
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::uint64_t version_ = 0;
  std::map<std::string, std::size_t> turns_;
  std::vector<command> held_back_;
  unsigned edition_ = 0;
  bool away_ = false;
  asio::io_context io_{1};
  // A camera that has gone away has nothing else to do until it is told to come back.
  asio::executor_work_guard<asio::io_context::executor_type> stays_{io_.get_executor()};
  script script_;
  std::vector<std::shared_ptr<scripted_client>> clients_;
  tcp::acceptor acceptor_;

 public:
  const std::uint16_t port_;

 private:
  std::thread thread_;
};

scripted_camera::scripted_camera(script told, std::uint16_t port)
    : server_{std::make_unique<server>(std::move(told), port)} {}

scripted_camera::~scripted_camera() = default;

std::uint16_t scripted_camera::port() const noexcept {
  return server_->port_;
}

std::string scripted_camera::url(const std::string& login, const std::string& path) const {
  return std::string{server_->tls_ ? "rtsps" : "rtsp"} + "://" + login +
         (server_->ipv6_ ? "[::1]" : "127.0.0.1") + ":" + std::to_string(port()) + path;
}

void scripted_camera::send(byte_vector unit) {
  server_->when_playing([unit = fed_unit{std::move(unit), {}}](scripted_client& client) {
    client.send_unit(unit);
  });
}

void scripted_camera::send_rtcp(byte_vector bytes) {
  server_->when_playing(
      [bytes = std::move(bytes)](scripted_client& client) { client.send_rtcp(bytes); });
}

void scripted_camera::send_bytes(std::string bytes) {
  server_->when_playing(
      [bytes = std::move(bytes)](scripted_client& client) { client.send_bytes(bytes); });
}

void scripted_camera::ask_client(const std::string& method) {
  server_->when_playing([method](scripted_client& client) { client.ask(method); });
}

void scripted_camera::stop_reading() {
  server_->when_playing([](scripted_client& client) { client.stop_reading(); });
}

void scripted_camera::change_ssrc(std::uint32_t ssrc) {
  server_->when_playing([ssrc](scripted_client& client) { client.change_ssrc(ssrc); });
}

void scripted_camera::hang_up() {
  server_->when_playing([](scripted_client& client) { client.close(); });
}

void scripted_camera::tell(script told) {
  server_->on_own_thread(
      [this, told = std::move(told)]() mutable { server_->tell(std::move(told)); });
}

void scripted_camera::feed(fed_unit unit) {
  server_->on_own_thread([this, unit = std::move(unit)] { server_->feed(unit); });
}

void scripted_camera::drop_clients() {
  server_->on_own_thread([this] { server_->drop_clients(); });
}

void scripted_camera::go_away() {
  server_->on_own_thread([this] { server_->go_away(); });
}

void scripted_camera::come_back() {
  server_->on_own_thread([this] { server_->come_back(); });
}

std::vector<seen_request> scripted_camera::requests() const {
  return server_->read([](const server& seen) { return seen.requests_; });
}

std::vector<seen_request> scripted_camera::requests(const std::string& method) const {
  auto all = requests();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const seen_request& one) { return one.method != method; }),
            all.end());
  return all;
}

unsigned scripted_camera::connections() const {
  return server_->read([](const server& seen) { return seen.connections_; });
}

std::vector<std::string> scripted_camera::answers() const {
  return server_->read([](const server& seen) { return seen.answers_; });
}

std::vector<byte_vector> scripted_camera::reports() const {
  return server_->read([](const server& seen) { return seen.reports_; });
}

unsigned scripted_camera::path_openers() const {
  return server_->read([](const server& seen) { return seen.path_openers_; });
}

unsigned scripted_camera::closed_connections() const {
  return server_->read([](const server& seen) { return seen.closed_; });
}

bool scripted_camera::wait_until(const std::function<bool()>& true_now) const {
  return server_->wait_until(true_now);
}

bool scripted_camera::wait_for(const std::string& method, std::size_t count) const {
  return wait_until([&] { return requests(method).size() >= count; });
}

}  // namespace camherd::faults
