#include "apps/camherd/frame_options.hpp"

#include "config/nearest.hpp"
#include "core/base/names.hpp"
#include "core/base/runtime_dir.hpp"
#include "core/base/text.hpp"
#include "core/frame/rendition.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <utility>

namespace camherd::cli {
namespace {

constexpr std::array formats{consumer::pixel_format::native,  consumer::pixel_format::gray8,
                             consumer::pixel_format::yuv420p, consumer::pixel_format::nv12,
                             consumer::pixel_format::rgb24,   consumer::pixel_format::bgr24};
// The numbers of `consumer::pictures` and `consumer::fit`.
const std::vector<std::string> picture_words{"everything", "references", "keyframes"};
const std::vector<std::string> fit_words{"stretch", "letterbox"};
constexpr std::size_t most_names_listed = 20;

std::vector<std::string> format_words() {
  std::vector<std::string> words;
  for (const auto format : formats) words.emplace_back(to_string(format));
  return words;
}

template <class Choice>
Choice choice_of(const std::vector<std::string>& words, const std::string& word) {
  return static_cast<Choice>(std::find(words.begin(), words.end(), word) - words.begin());
}

std::optional<std::uint32_t> side(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit))
    return std::nullopt;
  const auto value = leading_number<std::uint32_t>(text);
  return value && *value <= most_rendition_side ? value : std::nullopt;
}

}  // namespace

void add_size_options(CLI::App& command, frame_options& options) {
  command
      .add_option("--runtime-dir", options.runtime_dir,
                  "Where camherd's sockets are, if not at the usual places")
      ->type_name("DIR");
  command.add_option("--size", options.size,
                     "Width and height, such as 640x360; 640x0 keeps the shape");
  command.add_option("--fit", options.fit, "stretch, or letterbox with bars")
      ->check(CLI::IsMember(fit_words))
      ->capture_default_str();
}

void add_stream_options(CLI::App& command, frame_options& options) {
  command
      .add_option("--format", options.format, "native, gray8, yuv420p, nv12, rgb24 or bgr24")
      ->check(CLI::IsMember(format_words()));
  command.add_option("--max-fps", options.max_fps, "Most frames a second; 0: all")
      ->check(CLI::Range(0.0, 1e6));
  command.add_option("--pictures", options.pictures, "everything, references or keyframes")
      ->check(CLI::IsMember(picture_words))
      ->capture_default_str();
  command
      .add_option("--queue", options.queue,
                  "Frames that may wait, in order; 0: only the newest")
      ->check(CLI::Range(0U, 16U));
}

std::optional<consumer::options> read_frame_options(const frame_options& options) {
  consumer::options wanted;
  wanted.runtime_dir = options.runtime_dir.empty() ? find_runtime_dir() : options.runtime_dir;
  for (const auto format : formats) {
    if (to_string(format) == options.format) wanted.format = format;
  }
  wanted.fit = choice_of<consumer::fit>(fit_words, options.fit);
  wanted.pictures = choice_of<consumer::pictures>(picture_words, options.pictures);
  wanted.max_fps = options.max_fps;
  wanted.queue = options.queue;
  if (options.size.empty()) return wanted;
  std::string_view rest = options.size;
  const auto width = side(take_until(rest, 'x'));
  const auto height = side(rest);
  if (!width || !height || (*width == 0 && *height == 0)) {
    std::cerr << "camherd: --size: must be WIDTHxHEIGHT in pixels, each from 0 to "
              << most_rendition_side << ", such as 640x360\n";
    return std::nullopt;
  }
  wanted.width = *width;
  wanted.height = *height;
  return wanted;
}

exit_code find_camera(std::string_view name, const std::string& runtime_dir) {
  if (!is_camera_name(name)) {
    std::cerr << "camherd: '" << printable(name) << "' is no camera name\n";
    return exit_code::usage;
  }
  const auto names = consumer::camera_names(runtime_dir);
  if (std::find(names.begin(), names.end(), name) != names.end()) return exit_code::success;
  if (names.empty()) {
    std::cerr << "camherd: no camherd serves cameras in " << runtime_dir << '\n';
    return exit_code::camera;
  }
  std::cerr << "camherd: no camera '" << name << "' in " << runtime_dir;
  const std::vector<std::string_view> candidates{names.begin(), names.end()};
  if (const auto meant = nearest(name, candidates))
    std::cerr << "; did you mean " << *meant << '?';
  std::cerr << "\nThere are:";
  for (std::size_t i = 0; i < std::min(names.size(), most_names_listed); ++i)
    std::cerr << ' ' << names[i];
  if (names.size() > most_names_listed)
    std::cerr << " and " << names.size() - most_names_listed << " more";
  std::cerr << '\n';
  return exit_code::usage;
}

}  // namespace camherd::cli
