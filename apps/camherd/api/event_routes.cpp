#include "apps/camherd/api/event_routes.hpp"

#include "apps/camherd/api/event_json.hpp"
#include "apps/camherd/api/json_answer.hpp"
#include "apps/camherd/api/query_reader.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace camherd::api {
namespace {

using http::method;
using http::request;
using http::responder;
using http::response;
using json = nlohmann::ordered_json;

constexpr query_range listed_events{1, event_feed::kept, 100};
constexpr query_range any_id{0, std::numeric_limits<std::uint64_t>::max(), 0};

struct event_filter {
  std::optional<std::string> camera;
  log_level least = log_level::debug;

  [[nodiscard]] bool takes(const node_event& event) const {
    return event.level >= least && (!camera || event.camera == *camera);
  }
};

event_filter read_filter(query_reader& query) {
  return {query.text("camera"), query.choice("level", read_log_level, log_level::debug,
                                             "debug, info, warning or error")};
}

response list_events(const event_feed& feed, const request& asked) {
  query_reader query{asked};
  const auto filter = read_filter(query);
  const auto most = query.number("limit", listed_events);
  if (auto refused = query.refusal()) return *std::move(refused);
  json events = json::array();
  for (const auto& event :
       feed.latest(static_cast<std::size_t>(most), filter.camera, filter.least))
    events.push_back(event_json(*event));
  return json_answer({{"events", std::move(events)}});
}

// The text of the event that was told last. The feed calls all its subscribers one after the
// other, so that each event is written once for all of them.
class told_event {
 public:
  const http::body& text_of(const node_event& event) {
    if (event.id != id_) {
      text_ = http::to_text({.name = "event",
                       .id = std::to_string(event.id),
                       .data = json_text(event_json(event))});
      id_ = event.id;
    }
    return text_;
  }

 private:
  std::uint64_t id_ = 0;
  http::body text_;
};

// The last event that the client knows; nothing if it says of none. What a client says that was
// here before counts more than the URL, which stays the same.
std::optional<std::uint64_t> known_event(const request& asked, query_reader& query) {
  if (const auto* field = asked.header("last-event-id")) {
    std::uint64_t id = 0;
    const auto* const end = field->data() + field->size();
    const auto [rest, failed] = std::from_chars(field->data(), end, id);
    if (failed == std::errc{} && rest == end) return id;
  }
  if (!query.text("after")) return std::nullopt;
  return query.number("after", any_id);
}

void open_stream(event_feed& feed, status_streams& statuses,
                 const std::shared_ptr<told_event>& told, const request& asked,
                 const responder& to) {
  query_reader query{asked};
  const auto filter = read_filter(query);
  const auto with_status = query.truth("status");
  auto known = known_event(asked, query);
  if (auto refused = query.refusal()) return to.send(*std::move(refused));

  auto stream = to.open_events();
  if (!known) {
    known = feed.last_id();
    // From here on a client that loses the connection knows where to go on.
    stream.send(http::body{"id: " + std::to_string(*known) + "\n\n"});
  }
  if (with_status) statuses.add(stream, filter.camera);
  // Shared because callbacks are copied.
  const auto hearing = std::make_shared<event_subscription>(
      feed.subscribe(*known, [=](const event_ptr& event) mutable {
        if (filter.takes(*event)) stream.send(told->text_of(*event));
      }));
  stream.on_close([hearing] { *hearing = {}; });
}

}  // namespace

void add_event_routes(http::router& routes, const herd_access& herd, status_streams& statuses) {
  const auto feed = herd.log->feed();
  routes.add(method::get, "/api/v1/events",
             [feed](const request& asked) { return list_events(*feed, asked); });
  routes.add(method::get, "/api/v1/events/stream",
             [feed, &statuses, told = std::make_shared<told_event>()](
                 const request& asked, const responder& to) {
               open_stream(*feed, statuses, told, asked, to);
             });
}

}  // namespace camherd::api
