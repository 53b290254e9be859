#pragma once

#include "apps/camherd/columns.hpp"
#include "apps/camherd/remote/camera_table.hpp"
#include "apps/camherd/remote/keys.hpp"
#include "apps/camherd/status_table.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace camherd::remote {

/// What the head of `top` says of a whole camherd.
struct node_summary {
  std::string url;
  std::string version;
  std::chrono::seconds uptime{0};
  double cpu_percent = -1;  ///< of one core, since the time before; negative: not known yet
  std::uint64_t rss_bytes = 0;
};

/// What `top` shows and how it answers to keys, without a terminal.
class top_view {
 public:
  top_view(column sorted_by, order wanted) : sort_{sorted_by}, order_{wanted} {}

  /// What camherd said last. Not called while paused.
  void update(node_summary node, std::vector<camera_row> rows);

  /// Why nothing new comes; empty once it does.
  void set_problem(std::string problem) { problem_ = std::move(problem); }

  enum class reaction : std::uint8_t { nothing, redraw, quit };
  reaction press(const key& pressed);

  [[nodiscard]] bool paused() const noexcept { return paused_; }

  /// The screen: exactly `size.rows` lines of at most `size.columns` characters. Remembers how
  /// many cameras fit, for the keys that turn pages.
  [[nodiscard]] std::vector<std::string> render(table_size size, colour colours);

 private:
  reaction edit_filter(const key& pressed);
  reaction press_character(const std::string& text);
  void choose_column(int step);
  void scroll(std::ptrdiff_t lines);
  void arrange();
  [[nodiscard]] std::string counts_line() const;
  [[nodiscard]] std::string mode_line() const;

  node_summary node_;
  std::vector<camera_row> rows_;   // all
  std::vector<camera_row> shown_;  // those that the filter leaves, sorted
  std::string problem_;
  std::string filter_;
  column sort_;
  order order_;
  bool editing_ = false;  // the filter
  bool paused_ = false;
  bool helping_ = false;
  std::size_t first_ = 0;  // of `shown_` on the screen
  std::size_t room_ = 1;   // lines for cameras
};

}  // namespace camherd::remote
