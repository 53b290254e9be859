#include "tests/delivery/camera_stage.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace camherd::testing {
namespace {

constexpr std::uint32_t width = 64;
constexpr std::uint32_t height = 32;
constexpr std::size_t frame_bytes = width * height * 3 / 2;

// Fills a picture with the first sample of its source.
class filler final : public picture_converter {
 public:
  explicit filler(std::atomic<int>& count) : count_{count} {}

  result<void> convert(const frame& from, const picture_layout&,
                       std::span<std::uint8_t> to) override {
    std::fill(to.begin(), to.end(), from.pixels(0)[0]);
    ++count_;
    return {};
  }

 private:
  std::atomic<int>& count_;
};

}  // namespace

camera_stage::camera_stage(frame_server_options options, std::size_t max_leases) {
  auto slots = slot_pool::create(8, frame_bytes);
  REQUIRE(slots);
  pool = *std::move(slots);
  options.runtime_dir = folder / "run";
  options.make_converter = [this] { return std::make_unique<filler>(conversions); };
  options.on_problem = [this](std::string_view, const error& what) {
    const std::lock_guard lock{mutex_};
    problems_.push_back(what.message());
  };
  auto made = frame_server::create(std::move(options));
  REQUIRE(made);
  server = *std::move(made);
  outlet = server->open("yard", max_leases, [this](const camera_demand& wanted) {
    const std::lock_guard lock{mutex_};
    demanded_ = wanted;
  });
}

frame camera_stage::publish(frame_metadata metadata) {
  auto f = prepare(metadata);
  outlet->publish(f);
  return f;
}

frame camera_stage::prepare(frame_metadata metadata) {
  auto slot = pool->acquire();
  REQUIRE(slot);
  frame f;
  f.metadata = metadata;
  f.metadata.sequence = next_++;
  f.metadata.published_at = clock;
  clock += std::chrono::milliseconds{100};
  f.width = f.source_width = width;
  f.height = f.source_height = height;
  f.content = {0, 0, width, height};
  f.plane_count = 3;
  const auto begin = slot->offset();
  f.planes = {plane{begin, width, height, width},
              plane{begin + width * height, width / 2, height / 2, width / 2},
              plane{begin + width * height * 5 / 4, width / 2, height / 2, width / 2}};
  slot->bytes()[0] = static_cast<std::uint8_t>(f.metadata.sequence);
  f.slot = *std::move(slot);
  return f;
}

std::unique_ptr<lease_client> camera_stage::connect() const {
  return std::make_unique<lease_client>(folder / "run", "yard");
}

std::unique_ptr<lease_client> camera_stage::join(const lease::hello& request) const {
  auto client = connect();
  client->join(request);
  return client;
}

camera_demand camera_stage::demanded() const {
  const std::lock_guard lock{mutex_};
  return demanded_;
}

std::vector<std::string> camera_stage::problems() const {
  const std::lock_guard lock{mutex_};
  return problems_;
}

void fail_after_patience(std::chrono::steady_clock::time_point since) {
  REQUIRE(std::chrono::steady_clock::now() - since < std::chrono::seconds{10});
  std::this_thread::yield();
}

}  // namespace camherd::testing
