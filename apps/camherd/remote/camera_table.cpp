#include "apps/camherd/remote/camera_table.hpp"

#include "apps/camherd/columns.hpp"
#include "apps/camherd/remote/terminal_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <compare>

namespace camherd::remote {
namespace {

enum class side : std::uint8_t { left, right };

struct definition {
  std::string_view key;
  std::string_view title;
  std::size_t width;  // 0: as wide as the widest text
  side align;
};

// In the order of `column`.
constexpr std::array<definition, 14> definitions{{
    {"name", "CAMERA", 0, side::left},
    {"state", "STATE", 16, side::left},
    {"received", "FPS IN", 6, side::right},
    {"fps", "FPS", 6, side::right},
    {"mbits", "Mb/s", 5, side::right},
    {"p50", "P50 ms", 6, side::right},
    {"p99", "P99 ms", 6, side::right},
    {"drops", "DROP/s", 6, side::right},
    {"dropped", "DROPPED", 7, side::right},
    {"restarts", "RST", 4, side::right},
    {"lost", "LOST", 6, side::right},
    {"consumers", "CONS", 4, side::right},
    {"url", "URL", 0, side::left},
    {"detail", "DETAIL", 0, side::left},
}};

constexpr std::array top_order{
    column::name, column::state,     column::received, column::fps,     column::mbits,
    column::p50,  column::p99,       column::drops,    column::dropped, column::restarts,
    column::lost, column::consumers, column::detail};
constexpr std::array list_order{
    column::name,    column::state,    column::fps,       column::p50, column::p99,
    column::dropped, column::restarts, column::consumers, column::url, column::detail};

constexpr std::size_t widest_name = 32;
constexpr std::size_t widest_url = 64;

const definition& definition_of(column c) {
  return definitions[static_cast<std::size_t>(c)];
}

std::string milliseconds_text(double value) {
  return decimal(value, value < 10 ? 1 : 0);
}

std::string text_of(const camera_row& row, column c) {
  switch (c) {
    case column::name:
      return row.name;
    case column::state:
      return row.state;
    case column::received:
      return decimal(row.received_fps, 1);
    case column::fps:
      return decimal(row.published_fps, 1);
    case column::mbits:
      return decimal(row.bits / 1e6, 1);
    case column::p50:
      return milliseconds_text(row.p50_ms);
    case column::p99:
      return milliseconds_text(row.p99_ms);
    case column::drops:
      return decimal(row.dropped_fps, 1);
    case column::dropped:
      return std::to_string(row.dropped);
    case column::restarts:
      return std::to_string(row.restarts);
    case column::lost:
      return std::to_string(row.packets_lost);
    case column::consumers:
      return std::to_string(row.consumers);
    case column::url:
      return row.url;
    case column::detail:
      return row.detail;
  }
  return {};
}

// Less is worse, and comes first.
std::size_t severity(std::string_view state) {
  constexpr std::array<std::string_view, 10> worst_first{
      "unresponsive",     "quarantined", "failed",    "backoff", "stalled",
      "waiting_keyframe", "connecting",  "streaming", "stopped", "unknown"};
  return static_cast<std::size_t>(std::find(worst_first.begin(), worst_first.end(), state) -
                                  worst_first.begin());
}

// Numbers in names count as numbers: cam2 comes before cam10.
std::strong_ordering compare_names(std::string_view a, std::string_view b) {
  const auto whole_a = a;
  const auto whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const auto number = [](std::string_view& text) {
        const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
        auto digits = text.substr(0, end);
        text.remove_prefix(end);
        digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
        return digits;
      };
      const auto x = number(a);
      const auto y = number(b);
      if (const auto longer = x.size() <=> y.size(); longer != 0) return longer;
      if (const auto larger = x.compare(y) <=> 0; larger != 0) return larger;
      continue;
    }
    if (const auto other = ascii_lower(a.front()) <=> ascii_lower(b.front()); other != 0)
      return other;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  if (const auto longer = a.size() <=> b.size(); longer != 0) return longer;
  return whole_a.compare(whole_b) <=> 0;
}

double number_of(const camera_row& row, column c) {
  switch (c) {
    case column::state:
      return -static_cast<double>(severity(row.state));
    case column::received:
      return row.received_fps;
    case column::fps:
      return row.published_fps;
    case column::mbits:
      return row.bits;
    case column::p50:
      return row.p50_ms;
    case column::p99:
      return row.p99_ms;
    case column::drops:
      return row.dropped_fps;
    case column::dropped:
      return static_cast<double>(row.dropped);
    case column::restarts:
      return static_cast<double>(row.restarts);
    case column::lost:
      return static_cast<double>(row.packets_lost);
    case column::consumers:
      return static_cast<double>(row.consumers);
    case column::name:
    case column::url:
    case column::detail:
      break;
  }
  return 0;
}

bool comes_before(const camera_row& a, const camera_row& b, column by) {
  if (by == column::url && a.url != b.url) return a.url < b.url;
  // Cameras that have nothing to say come last.
  if (by == column::detail && a.detail != b.detail)
    return a.detail.empty() == b.detail.empty() ? a.detail < b.detail : b.detail.empty();
  const auto x = number_of(a, by);
  const auto y = number_of(b, by);
  if (x != y) return x > y;
  return compare_names(a.name, b.name) < 0;
}

std::string aligned(std::string_view text, std::size_t width, side align) {
  if (align == side::left) return cell(text, width);
  return right(std::string{text}, width);
}

std::string joined(std::vector<std::string> cells) {
  std::string line;
  for (auto& each : cells) line += (line.empty() ? "" : "  ") + std::move(each);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::span<const column> top_columns() noexcept {
  return top_order;
}

std::span<const column> list_columns() noexcept {
  return list_order;
}

std::string_view key_of(column c) noexcept {
  return definition_of(c).key;
}

std::optional<column> column_named(std::string_view key) noexcept {
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    if (definitions[i].key == key) return static_cast<column>(i);
  }
  return std::nullopt;
}

void sort_rows(std::vector<camera_row>& rows, column by, order wanted) {
  std::stable_sort(rows.begin(), rows.end(), [&](const camera_row& a, const camera_row& b) {
    return wanted == order::natural ? comes_before(a, b, by) : comes_before(b, a, by);
  });
}

std::vector<std::size_t> widths_for(std::span<const column> columns,
                                    const std::vector<camera_row>& rows) {
  std::vector<std::size_t> widths;
  for (const auto c : columns) {
    const auto& defined = definition_of(c);
    auto width = std::max(defined.width, defined.title.size());
    if (c == column::name || c == column::url) {
      const auto most = c == column::name ? widest_name : widest_url;
      for (const auto& row : rows)
        width = std::max(width, std::min(most, width_of(text_of(row, c))));
    }
    widths.push_back(width);
  }
  return widths;
}

std::string heading_cell(column c, std::size_t width) {
  return aligned(definition_of(c).title, width, definition_of(c).align);
}

std::string row_cell(const camera_row& row, column c, std::size_t width) {
  // The last column ends where its text does.
  if (c == column::detail) return row.detail;
  return aligned(text_of(row, c), width, definition_of(c).align);
}

std::string heading_line(std::span<const column> columns, std::span<const std::size_t> widths) {
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < columns.size(); ++i)
    cells.push_back(heading_cell(columns[i], widths[i]));
  return joined(std::move(cells));
}

std::string row_line(const camera_row& row, std::span<const column> columns,
                     std::span<const std::size_t> widths) {
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < columns.size(); ++i)
    cells.push_back(row_cell(row, columns[i], widths[i]));
  return joined(std::move(cells));
}

}  // namespace camherd::remote
