#pragma once

#include "apps/camherd/exit_code.hpp"

#include <camherd/consumer.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace camherd::cli {

/// What a command line says about the frames it wants, as written.
struct frame_options {
  std::string runtime_dir;
  std::string format;  ///< empty: the command's own choice
  std::string size;
  std::string fit = "stretch";
  std::string pictures = "everything";
  double max_fps = 0;
  unsigned queue = 0;
};

/// `--runtime-dir`, `--size` and `--fit`.
void add_size_options(CLI::App& command, frame_options& options);
/// `--format`, `--max-fps`, `--pictures` and `--queue`.
void add_stream_options(CLI::App& command, frame_options& options);

/// The same as a request. Nothing if it makes no sense, after saying so on standard error.
[[nodiscard]] std::optional<consumer::options> read_frame_options(const frame_options& options);

/// Success if something serves a camera of this name in `runtime_dir`. Otherwise says on
/// standard error which cameras there are and which was meant: `usage` if there are others,
/// `camera` if no camherd runs there.
[[nodiscard]] exit_code find_camera(std::string_view name, const std::string& runtime_dir);

}  // namespace camherd::cli
