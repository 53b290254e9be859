#include "apps/camherd/watch_view.hpp"

#include "apps/camherd/columns.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace camherd::cli {
namespace {

using std::chrono::nanoseconds;

double per_second(std::uint64_t count, nanoseconds span) {
  const auto seconds = std::chrono::duration<double>(span).count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

// To the microsecond: all that a histogram knows.
double rounded_milliseconds(nanoseconds duration) {
  return std::round(static_cast<double>(duration.count()) / 1e3) / 1e3;
}

}  // namespace

std::string watch_heading() {
  return "CAMERA           STATE                FPS  AGE p50    p90    p99  max ms  MISSED "
         "DROPPED CORRUPT  FRAME";
}

std::string watch_line(const watched_camera& camera, const watch_figures& seen,
                       nanoseconds span) {
  auto line = fit(camera.camera().name(), 16) + ' ';
  line += fit(std::string{to_string(camera.camera().state())}, 17);
  line += right(decimal(per_second(seen.frames, span), 1), 7);
  const auto age = [&](double q) {
    return seen.frames > 0 ? short_milliseconds(seen.age.quantile(q)) : std::string{"-"};
  };
  line += right(age(0.5), 9) + right(age(0.9), 7) + right(age(0.99), 7) + right(age(1), 8);
  line += right(std::to_string(seen.missed), 8) + right(std::to_string(seen.dropped), 8);
  line += right(std::to_string(seen.corrupt), 8) + "  ";
  line += camera.size() + ' ' + camera.format();
  for (const auto& problem : {camera.camera().problem(), camera.save_problem()}) {
    if (!problem.empty()) line += "  " + problem;
  }
  const auto last = line.find_last_not_of(' ');
  return fit(std::move(line), last + 1);
}

nlohmann::ordered_json watch_json(const watched_camera& camera, const watch_figures& seen,
                                  nanoseconds span) {
  nlohmann::ordered_json age = nullptr;
  if (seen.frames > 0) {
    age = {{"p50", rounded_milliseconds(seen.age.quantile(0.5))},
           {"p90", rounded_milliseconds(seen.age.quantile(0.9))},
           {"p99", rounded_milliseconds(seen.age.quantile(0.99))},
           {"max", rounded_milliseconds(seen.age.max())}};
  }
  return {{"camera", camera.camera().name()},
          {"state", to_string(camera.camera().state())},
          {"reason", camera.camera().problem()},
          {"frames", seen.frames},
          {"fps", std::round(per_second(seen.frames, span) * 1000) / 1000},
          {"age_ms", std::move(age)},
          {"missed", seen.missed},
          {"dropped", seen.dropped},
          {"corrupt", seen.corrupt},
          {"saved", seen.saved},
          {"not_saved", seen.not_saved},
          {"save_problem", camera.save_problem()},
          {"size", camera.size()},
          {"format", camera.format()}};
}

}  // namespace camherd::cli
