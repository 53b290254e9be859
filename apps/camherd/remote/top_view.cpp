#include "apps/camherd/remote/top_view.hpp"

#include "apps/camherd/remote/terminal_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace camherd::remote {
namespace {

constexpr auto reverse_video = "\x1b[7m";
constexpr auto bold = "\x1b[1m";
constexpr auto plain = "\x1b[0m";
constexpr std::size_t most_filter_bytes = 64;

constexpr std::array help{
    "",
    "  Up Down PgUp PgDn Home End   scroll",
    "  < >  or Left Right           sort by the column to the left or right",
    "  s                            sort by the next column",
    "  r                            reverse the order",
    "  /                            show only cameras whose name, state, URL or detail",
    "                               has this text; Enter keeps it, Esc ends it",
    "  Space                        pause, and go on",
    "  q                            quit",
    "",
    "  FPS IN, FPS   frames a second, received and published, over ten seconds",
    "  P50, P99      milliseconds from receipt to decoding, since the camera's start",
    "  DROP/s        access units dropped since the last look; DROPPED: since the start",
    "  RST LOST CONS restarts, packets lost, consumers",
    "",
    "  Any key goes back to the cameras.",
};

std::string_view colour_of(std::string_view state) {
  if (state == "streaming") return "\x1b[32m";
  if (state == "stopped" || state == "unknown") return "\x1b[2m";
  if (state == "connecting" || state == "waiting_keyframe") return "\x1b[36m";
  if (state == "unresponsive" || state == "quarantined") return "\x1b[31m";
  return "\x1b[33m";
}

std::string duration_text(std::chrono::seconds time) {
  const auto total = std::max<std::int64_t>(time.count(), 0);
  const auto two = [](std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  const auto days = total / 86400;
  return (days > 0 ? std::to_string(days) + " d " : "") + two(total / 3600 % 24) + ':' +
         two(total / 60 % 60) + ':' + two(total % 60);
}

bool has(const camera_row& row, std::string_view wanted) {
  const std::array texts{&row.name, &row.state, &row.url, &row.detail};
  return std::any_of(texts.begin(), texts.end(), [&](const std::string* text) {
    return find_ignoring_case(*text, wanted) != std::string_view::npos;
  });
}

}  // namespace

void top_view::update(node_summary node, std::vector<camera_row> rows) {
  node_ = std::move(node);
  rows_ = std::move(rows);
  problem_.clear();
  arrange();
}

void top_view::arrange() {
  shown_.clear();
  std::copy_if(rows_.begin(), rows_.end(), std::back_inserter(shown_),
               [this](const camera_row& row) { return filter_.empty() || has(row, filter_); });
  sort_rows(shown_, sort_, order_);
  scroll(0);
}

void top_view::scroll(std::ptrdiff_t lines) {
  const auto last = static_cast<std::ptrdiff_t>(shown_.size()) -
                    static_cast<std::ptrdiff_t>(std::min(room_, shown_.size()));
  first_ = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(
      static_cast<std::ptrdiff_t>(first_) + lines, 0, std::max<std::ptrdiff_t>(last, 0)));
}

void top_view::choose_column(int step) {
  const auto columns = top_columns();
  const auto count = static_cast<int>(columns.size());
  const auto at =
      static_cast<int>(std::find(columns.begin(), columns.end(), sort_) - columns.begin());
  sort_ = columns[static_cast<std::size_t>((at % count + step + count) % count)];
  arrange();
}

top_view::reaction top_view::press(const key& pressed) {
  using enum key::kind;
  if (editing_) return edit_filter(pressed);
  if (helping_) {
    helping_ = false;
    return reaction::redraw;
  }
  const auto page = static_cast<std::ptrdiff_t>(std::max<std::size_t>(room_, 1));
  const auto all = static_cast<std::ptrdiff_t>(shown_.size());
  switch (pressed.what) {
    case up:
      scroll(-1);
      break;
    case down:
      scroll(1);
      break;
    case page_up:
      scroll(-page);
      break;
    case page_down:
      scroll(page);
      break;
    case home:
      scroll(-all);
      break;
    case end:
      scroll(all);
      break;
    case left:
      choose_column(-1);
      break;
    case right:
      choose_column(1);
      break;
    case escape:
      filter_.clear();
      arrange();
      break;
    case character:
      return press_character(pressed.text);
    case enter:
    case backspace:
      return reaction::nothing;
  }
  return reaction::redraw;
}

top_view::reaction top_view::press_character(const std::string& text) {
  switch (text.size() == 1 ? text.front() : '\0') {
    case 'q':
    case 'Q':
      return reaction::quit;
    case '<':
      choose_column(-1);
      break;
    case '>':
    case 's':
      choose_column(1);
      break;
    case 'r':
      order_ = order_ == order::natural ? order::reversed : order::natural;
      arrange();
      break;
    case '/':
      editing_ = true;
      break;
    case ' ':
      paused_ = !paused_;
      break;
    case '?':
    case 'h':
      helping_ = true;
      break;
    default:
      return reaction::nothing;
  }
  return reaction::redraw;
}

top_view::reaction top_view::edit_filter(const key& pressed) {
  switch (pressed.what) {
    case key::kind::character:
      if (filter_.size() + pressed.text.size() <= most_filter_bytes)
        filter_ += terminal_text(pressed.text);
      break;
    case key::kind::backspace:
      filter_.resize(cut(filter_, std::max<std::size_t>(width_of(filter_), 1) - 1).size());
      break;
    case key::kind::enter:
      editing_ = false;
      break;
    case key::kind::escape:
      editing_ = false;
      filter_.clear();
      break;
    default:
      return reaction::nothing;
  }
  arrange();
  return reaction::redraw;
}

std::string top_view::counts_line() const {
  std::map<std::string_view, std::size_t> states;
  double received = 0;
  double published = 0;
  double bits = 0;
  for (const auto& row : rows_) {
    ++states[row.state];
    received += row.received_fps;
    published += row.published_fps;
    bits += row.bits;
  }
  std::string line = std::to_string(rows_.size()) + " cameras";
  const char* separator = ": ";
  for (const auto& [state, count] : states) {
    line += separator + std::to_string(count) + ' ' + std::string{state};
    separator = ", ";
  }
  return line + "; " + decimal(received, 0) + " fps in, " + decimal(published, 0) + " out, " +
         decimal(bits / 1e6, 1) + " Mb/s";
}

std::string top_view::mode_line() const {
  if (editing_) return "/" + filter_ + "_   (Enter: keep it, Esc: all cameras)";
  if (!problem_.empty()) return problem_;
  std::string line = "sorted by " + std::string{key_of(sort_)};
  if (order_ == order::reversed) line += ", reversed";
  if (!filter_.empty())
    line += "; only /" + filter_ + " (" + std::to_string(shown_.size()) + ')';
  if (paused_) line += "; paused";
  if (shown_.size() > room_) {
    line += "; " + std::to_string(first_ + 1) + " to " +
            std::to_string(std::min(first_ + room_, shown_.size())) + " of " +
            std::to_string(shown_.size());
  }
  return line + "   (?: help, q: quit)";
}

std::vector<std::string> top_view::render(table_size size, colour colours) {
  constexpr std::size_t head = 4;  // the last of them are the titles
  room_ = size.rows > head ? size.rows - head : 0;
  scroll(0);
  const auto paint = [&](std::string_view how, std::string_view text) {
    return colours == colour::on ? std::string{how} + std::string{text} + plain
                                 : std::string{text};
  };
  std::string first =
      "camherd " + node_.version + " at " + node_.url + ", up " + duration_text(node_.uptime);
  if (node_.cpu_percent >= 0) first += ", CPU " + decimal(node_.cpu_percent, 0) + " %";
  first +=
      ", peak memory " + decimal(static_cast<double>(node_.rss_bytes) / 1048576, 0) + " MiB";

  std::vector<std::string> lines;
  lines.push_back(paint(bold, cut(first, size.columns)));
  lines.emplace_back(cut(counts_line(), size.columns));
  lines.push_back(problem_.empty() || editing_
                      ? std::string{cut(mode_line(), size.columns)}
                      : paint("\x1b[31m", cut(mode_line(), size.columns)));
  if (helping_) {
    for (const auto* text : help) lines.emplace_back(cut(text, size.columns));
    lines.resize(size.rows);
    return lines;
  }
  const auto columns = top_columns();
  const auto widths = widths_for(columns, shown_);
  lines.push_back(paint(reverse_video, cell(heading_line(columns, widths), size.columns)));
  for (auto i = first_; i < std::min(first_ + room_, shown_.size()); ++i) {
    const auto& row = shown_[i];
    const auto line = row_line(row, columns, widths);
    const auto fits = std::string{cut(line, size.columns)};
    // The state is the second column.
    const auto at = cell(row.name, widths[0]).size() + 2;
    const auto end = std::min(at + row.state.size(), fits.size());
    if (colours == colour::off || at >= fits.size()) {
      lines.push_back(fits);
    } else {
      lines.push_back(fits.substr(0, at) +
                      paint(colour_of(row.state), std::string_view{fits}.substr(at, end - at)) +
                      fits.substr(end));
    }
  }
  lines.resize(size.rows);
  return lines;
}

}  // namespace camherd::remote
