#include "tests/support/actor_fixture.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

namespace camherd::testing {

actor_fixture::actor_fixture() : system{configure(settings)} {
  auto sink_out = std::make_shared<spdlog::sinks::ostream_sink_mt>(log_text);
  auto logger = std::make_shared<spdlog::logger>("test", std::move(sink_out));
  logger->set_pattern("%l %v");
  auto made = std::make_shared<camera_services>();
  made->open_source = [this](const camera_config& spec,
                             std::shared_ptr<source_listener> listener) {
    auto source = std::make_shared<fake_source>(std::move(listener));
    sources[spec.name].push_back(source);
    return source;
  };
  made->open_decoder = [this](video_codec, const decoder_options&, std::uint32_t generation) {
    auto opened = std::make_unique<fake_decoder>(generation);
    decoder = opened.get();
    return result<std::unique_ptr<camherd::decoder>>{std::move(opened)};
  };
  made->pressure = pressure;
  made->frames = sink;
  made->log = std::make_shared<event_log>(std::move(logger), log_format::text, log_time);
  services = std::move(made);
  scheduler().advance_time(std::chrono::hours{1});
}

caf::actor_system_config& actor_fixture::configure(caf::actor_system_config& settings) {
  settings.add_message_types<caf::id_block::camherd>();
  settings.set("scheduler.policy", caf::atom("testing"));
  return settings;
}

void actor_fixture::advance(std::chrono::milliseconds by) {
  const std::chrono::milliseconds step{50};
  run();
  for (auto left = by; left > left.zero(); left -= step) {
    scheduler().advance_time(std::min(step, left));
    run();
  }
}

fake_source* actor_fixture::source_of(const std::string& camera) {
  auto& all = sources[camera];
  return all.empty() ? nullptr : all.back().get();
}

std::size_t actor_fixture::sessions_of(const std::string& camera) const {
  const auto found = sources.find(camera);
  return found == sources.end() ? 0 : found->second.size();
}

void actor_fixture::stream(const std::string& camera, int references) {
  source_of(camera)->open();
  run();
  send(camera, picture::key);
  for (int i = 0; i < references; ++i) send(camera, picture::reference);
}

void actor_fixture::send(const std::string& camera, picture kind, std::uint8_t order) {
  auto unit = make_unit(kind, next_unit++, now());
  unit.payload.data()[0] = order;
  source_of(camera)->send(std::move(unit));
  run();
}

camera_config actor_fixture::camera_at(const std::string& name, const std::string& url) {
  camera_config spec;
  spec.name = name;
  spec.url = *camera_url::parse(url);
  spec.idle = idle_policy::full;
  return spec;
}

}  // namespace camherd::testing
