#include "core/rtsp/exchange.hpp"

#include <algorithm>
#include <utility>

namespace camherd::rtsp {

using boost::system::error_code;

namespace {

constexpr std::size_t max_forgotten = 8;
constexpr std::string_view user_agent = "camherd/0.1";

std::string label_of(const request& what, std::uint32_t cseq) {
  return "CSeq " + std::to_string(cseq) + ", " + what.method;
}

}  // namespace

exchange::exchange(boost::asio::io_context& io, owner with)
    : timer_{io}, owner_{std::move(with)} {}

void exchange::reset(const camera_url& url) {
  authenticator_.emplace(url.user(), url.password(), random_hex);
  resume();
}

void exchange::resume() {
  abandon();
  authenticator_->unanswered();
  forgotten_.clear();
  last_cseq_ = 0;
  session_.clear();
  unanswered_challenge_ = false;
}

void exchange::ask(request what, std::chrono::milliseconds deadline, answered handler) {
  forget(awaited_);
  awaited_.emplace(pending{std::move(what), std::move(handler), deadline});
  send(*awaited_);
}

void exchange::keep_alive(request what, answered handler) {
  forget(keepalive_);
  keepalive_.emplace(pending{std::move(what), std::move(handler)});
  send(*keepalive_);
}

void exchange::send(pending& entry) {
  entry.cseq = ++last_cseq_;
  entry.overdue = false;
  label_ = label_of(entry.what, entry.cseq);
  request complete = entry.what;
  complete.headers.add("User-Agent", std::string{user_agent});
  if (!session_.empty()) complete.headers.add("Session", session_);
  if (const auto value = authenticator_->authorization(complete.method, complete.uri)) {
    complete.headers.add("Authorization", *value);
  }
  if (entry.deadline.count() > 0) arm(entry.deadline);
  owner_.send(complete.serialize(entry.cseq));
}

void exchange::arm(std::chrono::milliseconds deadline) {
  timer_.expires_after(deadline);
  timer_.async_wait(
      [this, alive = owner_.keep_alive(), cseq = last_cseq_](const error_code& cancelled) {
        // A timer that had expired when its request was answered comes without `cancelled`.
        if (cancelled || !awaited_ || awaited_->cseq != cseq) return;
        awaited_->overdue = true;
        owner_.rescue();
      });
}

void exchange::nothing_rescued() {
  if (!awaited_ || !awaited_->overdue) return;
  fail(error{error_kind::retry,
             "no answer within " + std::to_string(awaited_->deadline.count()) + " ms"});
}

void exchange::fail(const error& reason) {
  auto failed = std::exchange(awaited_, std::nullopt);
  label_ = label_of(failed->what, failed->cseq);
  failed->handler(reason.within(label_));
}

void exchange::forget(std::optional<pending>& entry) {
  if (!entry) return;
  forgotten_.push_back(entry->cseq);
  if (forgotten_.size() > max_forgotten) forgotten_.pop_front();
  entry.reset();
}

void exchange::abandon() {
  timer_.cancel();
  awaited_.reset();
  keepalive_.reset();
}

std::optional<exchange::pending>* exchange::match(const response& answer) {
  if (answer.cseq) {
    if (awaited_ && awaited_->cseq == *answer.cseq) return &awaited_;
    if (keepalive_ && keepalive_->cseq == *answer.cseq) return &keepalive_;
    if (std::find(forgotten_.begin(), forgotten_.end(), *answer.cseq) != forgotten_.end()) {
      return nullptr;
    }
  }
  if (!awaited_ && !keepalive_) return nullptr;
  const bool keepalive_first = !awaited_ || (keepalive_ && keepalive_->cseq < awaited_->cseq);
  auto& oldest = keepalive_first ? keepalive_ : awaited_;
  if (!std::exchange(odd_cseq_noticed_, true)) {
    owner_.notice(
        "the camera answers CSeq " + std::to_string(oldest->cseq) + " with " +
        (answer.cseq ? "CSeq " + std::to_string(*answer.cseq) : std::string{"no CSeq"}) +
        "; its answers are taken in order");
  }
  return &oldest;
}

void exchange::take(response answer) {
  if (answer.status < 200) return;  // provisional; the answer itself follows
  if (const auto server = answer.headers.find("Server")) server_ = std::string{*server};
  auto* slot = match(answer);
  if (slot == nullptr) return;
  auto entry = std::exchange(*slot, std::nullopt);
  if (slot == &awaited_) timer_.cancel();
  label_ = label_of(entry->what, entry->cseq);
  if (answer.status == 401) {
    const auto challenged = authenticator_->challenged(answer);
    if (!challenged) {
      entry->handler(challenged.error().within(label_));
      return;
    }
    unanswered_challenge_ = true;
    *slot = std::move(entry);
    send(**slot);
    return;
  }
  unanswered_challenge_ = false;
  authenticator_->accepted();
  entry->handler(std::move(answer));
}

std::string exchange::authentication() const {
  const auto scheme = authenticator_ ? authenticator_->scheme() : std::nullopt;
  return scheme ? std::string{to_string(*scheme)} : "none";
}

request make_request(std::string method, std::string uri) {
  request made;
  made.method = std::move(method);
  made.uri = std::move(uri);
  return made;
}

}  // namespace camherd::rtsp
