#include "apps/camherd/remote/connection.hpp"

#include "apps/camherd/remote/terminal_text.hpp"
#include "core/base/text.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>
#include <vector>

namespace camherd::remote {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t most_answer_bytes = std::size_t{64} * 1024 * 1024;
constexpr std::size_t most_problem_bytes = 64 * 1024;
constexpr long connect_seconds = 5;
constexpr long answer_seconds = 35;   // camherd gives up after 30
constexpr long silence_seconds = 45;  // a stream has a comment every 15

struct easy_deleter {
  void operator()(CURL* handle) const noexcept { ::curl_easy_cleanup(handle); }
};
struct multi_deleter {
  void operator()(CURLM* handle) const noexcept { ::curl_multi_cleanup(handle); }
};
struct list_deleter {
  void operator()(curl_slist* list) const noexcept { ::curl_slist_free_all(list); }
};

class header_list {
 public:
  void add(const std::string& line) {
    auto* const longer = ::curl_slist_append(list_.get(), line.c_str());
    if (!longer) return;
    (void)list_.release();
    list_.reset(longer);
  }
  [[nodiscard]] curl_slist* get() const noexcept { return list_.get(); }

 private:
  std::unique_ptr<curl_slist, list_deleter> list_;
};

bool is_json(std::string_view content_type) {
  const auto type = trim(content_type.substr(0, content_type.find(';')));
  return equals_ignoring_case(type, "application/json") ||
         equals_ignoring_case(type, "application/problem+json");
}

error_kind kind_of(unsigned status) {
  switch (status) {
    case 401:
    case 429:
      return error_kind::authentication;
    case 404:
      return error_kind::unsupported;
    case 400:
    case 422:
      return error_kind::invalid_argument;
    default:
      return error_kind::internal;
  }
}

}  // namespace

class connection::state {
 public:
  explicit state(server_address address) : address_{std::move(address)} {}

  ~state() { give_up(); }
  state(const state&) = delete;
  state& operator=(const state&) = delete;

  bool open() {
    easy_.reset(::curl_easy_init());
    multi_.reset(::curl_multi_init());
    return easy_ && multi_;
  }

  [[nodiscard]] const std::string& url() const noexcept { return address_.url; }

  void begin(const api_request& request) {
    give_up();
    request_ = request;
    body_.clear();
    etag_.clear();
    reason_.fill('\0');
    refused_ = false;
    ::curl_easy_reset(easy_.get());
    set_up();
    under_way_ = ::curl_multi_add_handle(multi_.get(), easy_.get()) == CURLM_OK;
  }

  std::optional<result<api_answer>> advance(std::span<const int> also, milliseconds limit) {
    if (auto ended = perform()) return ended;
    std::vector<curl_waitfd> descriptors;
    for (const int fd : also) descriptors.push_back({fd, CURL_WAIT_POLLIN, 0});
    ::curl_multi_poll(multi_.get(), descriptors.data(),
                      static_cast<unsigned>(descriptors.size()),
                      static_cast<int>(std::max(limit, 0ms).count()), nullptr);
    return perform();
  }

 private:
  void give_up() {
    if (under_way_) ::curl_multi_remove_handle(multi_.get(), easy_.get());
    under_way_ = false;
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    ::curl_easy_setopt(easy_.get(), option, value);
  }

  void set_up() {
    whole_url_ = address_.url + request_.path;
    set(CURLOPT_URL, whole_url_.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT, connect_seconds);
    set(CURLOPT_USERAGENT, "camherd");
    set(CURLOPT_ERRORBUFFER, reason_.data());
    if (address_.is_loopback) set(CURLOPT_PROXY, "");
    if (!address_.authorities.empty()) set(CURLOPT_CAINFO, address_.authorities.c_str());
    if (request_.stream) {
      set(CURLOPT_LOW_SPEED_LIMIT, 1L);
      set(CURLOPT_LOW_SPEED_TIME, silence_seconds);
    } else {
      set(CURLOPT_TIMEOUT, answer_seconds);
    }
    set_fields();
    set(CURLOPT_WRITEFUNCTION, &state::write);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &state::read_header);
    set(CURLOPT_HEADERDATA, this);
  }

  void set_fields() {
    headers_ = {};
    headers_.add(request_.stream ? "Accept: text/event-stream" : "Accept: application/json");
    headers_.add("Expect:");
    if (!address_.token.empty()) headers_.add("Authorization: Bearer " + address_.token);
    if (!request_.if_match.empty()) headers_.add("If-Match: " + request_.if_match);
    if (!request_.last_event_id.empty())
      headers_.add("Last-Event-ID: " + printable(request_.last_event_id));
    if (request_.method != "GET") {
      headers_.add("Content-Type: application/json");
      set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.c_str());
      set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  [[nodiscard]] unsigned status() const {
    long code = 0;
    ::curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &code);
    return static_cast<unsigned>(code);
  }

  [[nodiscard]] std::string content_type() const {
    const char* type = nullptr;
    ::curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_TYPE, &type);
    return type ? type : "";
  }

  static bool is_good(unsigned status) { return status >= 200 && status < 300; }

  static std::size_t write(char* bytes, std::size_t size, std::size_t count, void* self) {
    return static_cast<state*>(self)->take({bytes, size * count}) ? size * count : 0;
  }

  bool take(std::string_view bytes) {
    if (request_.stream && is_good(status())) {
      if (!starts_with_ignoring_case(content_type(), "text/event-stream")) return refuse();
      return request_.stream(bytes);
    }
    const auto most = is_good(status()) ? most_answer_bytes : most_problem_bytes;
    if (body_.size() + bytes.size() > most) return refuse();
    body_.append(bytes);
    return true;
  }

  bool refuse() {
    refused_ = true;
    return false;
  }

  static std::size_t read_header(char* bytes, std::size_t size, std::size_t count, void* self) {
    constexpr std::string_view name = "etag:";
    const std::string_view line{bytes, size * count};
    auto& mine = *static_cast<state*>(self);
    if (starts_with_ignoring_case(line, name)) {
      const auto value = line.substr(name.size());
      mine.etag_ = trim(value.substr(0, value.find_first_of("\r\n")));
    }
    // The end of the head: the stream is there, though nothing may happen for long.
    const bool begins = line == "\r\n" && mine.request_.stream && is_good(mine.status());
    return !begins || mine.take({}) ? size * count : 0;
  }

  std::optional<result<api_answer>> perform() {
    if (!under_way_) return std::nullopt;
    int running = 0;
    ::curl_multi_perform(multi_.get(), &running);
    int waiting = 0;
    const auto* const message = ::curl_multi_info_read(multi_.get(), &waiting);
    if (!message || message->msg != CURLMSG_DONE) return std::nullopt;
    const auto code = message->data.result;
    give_up();
    if (refused_) return result<api_answer>{no_camherd()};
    if (code != CURLE_OK) return result<api_answer>{transport_error(code)};
    return read_answer();
  }

  result<api_answer> read_answer() {
    const auto code = status();
    if (!is_good(code)) return problem(code);
    if (request_.stream) {
      if (!starts_with_ignoring_case(content_type(), "text/event-stream")) return no_camherd();
      return error{error_kind::end_of_stream, "camherd at " + url() + " ended the stream"};
    }
    api_answer answer{.status = code, .etag = etag_, .content = nullptr};
    if (body_.empty()) return answer;
    if (!is_json(content_type())) return no_camherd();
    answer.content = parse_json(body_);
    if (answer.content.is_discarded()) return no_camherd();
    return answer;
  }

  error problem(unsigned code) {
    const auto body = parse_json(body_);
    if (!is_json(content_type()) || !body.is_object()) return no_camherd();
    if (code == 401 && address_.token.empty()) {
      return {error_kind::authentication,
              "camherd at " + url() +
                  " wants a token: set CAMHERD_TOKEN, or name its file with --token-file"};
    }
    if (code == 401)
      return {error_kind::authentication, "camherd at " + url() + " refused the token"};
    const auto text = [&](const char* key) {
      const auto found = body.find(key);
      return found != body.end() && found->is_string() ? found->get<std::string>() : "";
    };
    const auto detail = text("detail");
    const auto sentence = terminal_text(detail.empty() ? text("title") : detail);
    return {kind_of(code), sentence.empty() ? "camherd at " + url() + " answered with status " +
                                                  std::to_string(code)
                                            : sentence};
  }

  error no_camherd() {
    return {error_kind::corrupt,
            "what answers at " + url() + " is no camherd (status " + std::to_string(status()) +
                ", " +
                (content_type().empty() ? "no content type"
                                        : terminal_text(content_type()).substr(0, 64)) +
                "); --server says where to ask"};
  }

  error transport_error(CURLcode code) {
    std::string reason =
        terminal_text(reason_[0] != '\0' ? reason_.data() : ::curl_easy_strerror(code));
    long number = 0;
    ::curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &number);
    switch (code) {
      case CURLE_COULDNT_CONNECT:
        if (number != 0) reason = std::generic_category().message(static_cast<int>(number));
        [[fallthrough]];
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_RESOLVE_PROXY:
        reason[0] = ascii_lower(reason[0]);
        return {error_kind::retry, "no camherd answers at " + url() + " (" + reason +
                                       "); is it running, or does it listen elsewhere "
                                       "(--server)?"};
      case CURLE_PEER_FAILED_VERIFICATION:
        return {error_kind::retry, "the certificate of " + url() + " is not trusted (" +
                                       reason + "); --ca names a file with its authority"};
      case CURLE_SSL_CACERT_BADFILE:
        return {error_kind::invalid_argument,
                "--ca: " + address_.authorities + " holds no certificates"};
      case CURLE_UNSUPPORTED_PROTOCOL:
      case CURLE_WEIRD_SERVER_REPLY:
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_BAD_CONTENT_ENCODING:
        return {error_kind::corrupt,
                "what answers at " + url() + " is no camherd (" + reason + ")"};
      default:
        return {error_kind::retry, "camherd at " + url() + " does not answer (" + reason + ")"};
    }
  }

  server_address address_;
  std::unique_ptr<CURL, easy_deleter> easy_;
  std::unique_ptr<CURLM, multi_deleter> multi_;
  header_list headers_;
  api_request request_;
  std::string whole_url_;
  std::string body_;
  std::string etag_;
  std::array<char, CURL_ERROR_SIZE> reason_{};
  bool under_way_ = false;
  bool refused_ = false;  // the answer is none of camherd's
};

connection::connection(std::unique_ptr<state> s) : state_{std::move(s)} {}
connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;
connection::~connection() = default;

result<connection> connection::open(server_address address) {
  auto made = std::make_unique<state>(std::move(address));
  if (!made->open()) return error{error_kind::internal, "libcurl cannot be used"};
  return connection{std::move(made)};
}

const std::string& connection::url() const noexcept {
  return state_->url();
}

void connection::begin(const api_request& request) {
  state_->begin(request);
}

std::optional<result<api_answer>> connection::advance(std::span<const int> also,
                                                      milliseconds limit) {
  return state_->advance(also, limit);
}

result<api_answer> connection::ask(const api_request& request) {
  begin(request);
  for (;;) {
    if (auto ended = advance({}, 1s)) return *std::move(ended);
  }
}

json parse_json(std::string_view text) {
  constexpr int deepest = 32;
  return json::parse(
      text, [](int depth, json::parse_event_t, json&) { return depth <= deepest; }, false);
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return encoded;
}

std::string camera_path(std::string_view name, std::string_view more) {
  return "/api/v1/cameras/" + percent_encoded(name) + std::string{more};
}

}  // namespace camherd::remote
