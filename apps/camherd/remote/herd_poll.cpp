#include "apps/camherd/remote/herd_poll.hpp"

#include "apps/camherd/remote/terminal_text.hpp"

namespace camherd::remote {
namespace {

double number_at(const json& object, const char* key) {
  if (!object.is_object()) return 0;
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

}  // namespace

void herd_poll::begin() {
  node_.reset();
  herd_.begin({.path = "/api/v1/node"});
}

std::optional<result<herd_sample>> herd_poll::advance(std::span<const int> also,
                                                      std::chrono::milliseconds limit) {
  auto ended = herd_.advance(also, limit);
  if (!ended) return std::nullopt;
  if (!*ended) return result<herd_sample>{ended->error()};
  auto& content = (*ended)->content;
  if (node_) return read(content);
  if (!content.is_object() || !content.contains("version")) {
    return result<herd_sample>{
        error{error_kind::corrupt, "what answers at " + herd_.url() + " is no camherd"}};
  }
  node_ = std::move(content);
  herd_.begin({.path = "/api/v1/cameras"});
  return std::nullopt;
}

result<herd_sample> herd_poll::read(const json& cameras) {
  auto rows = read_cameras(cameras);
  if (!rows) return rows.error();
  const auto now = clock::now();
  const auto process = node_->find("process");
  const auto cpu_seconds = process == node_->end() ? 0.0 : number_at(*process, "cpu_seconds");
  herd_sample sample{.node = *node_, .cameras = cameras["cameras"], .rows = *std::move(rows)};
  const auto version = node_->find("version");
  sample.summary.url = herd_.url();
  if (version->is_string())
    sample.summary.version = terminal_text(version->get_ref<const std::string&>());
  sample.summary.uptime =
      std::chrono::seconds{static_cast<std::int64_t>(number_at(*node_, "uptime_seconds"))};
  if (process != node_->end()) {
    sample.summary.rss_bytes =
        static_cast<std::uint64_t>(number_at(*process, "peak_rss_bytes"));
  }
  if (sampled_at_) {
    const std::chrono::duration<double> apart = now - *sampled_at_;
    note_drops(sample.rows, before_, apart);
    if (cpu_seconds >= cpu_seconds_before_ && apart.count() > 0)
      sample.summary.cpu_percent = 100 * (cpu_seconds - cpu_seconds_before_) / apart.count();
  }
  sampled_at_ = now;
  cpu_seconds_before_ = cpu_seconds;
  before_ = sample.rows;
  return sample;
}

}  // namespace camherd::remote
