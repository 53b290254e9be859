#pragma once

#include "apps/camherd/remote/camera_row.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::remote {

/// What a table of cameras can show, and be sorted by.
enum class column : std::uint8_t {
  name,
  state,
  received,
  fps,
  mbits,
  p50,
  p99,
  drops,
  dropped,
  restarts,
  lost,
  consumers,
  url,
  detail,
};

/// What `top` shows, from left to right.
[[nodiscard]] std::span<const column> top_columns() noexcept;

/// What `ls` shows.
[[nodiscard]] std::span<const column> list_columns() noexcept;

/// As command lines name it: "name", "p99".
[[nodiscard]] std::string_view key_of(column c) noexcept;
[[nodiscard]] std::optional<column> column_named(std::string_view key) noexcept;

/// Which end comes first. The natural one: much before little, trouble before what is well,
/// names by the alphabet, with cam2 before cam10.
enum class order : std::uint8_t { natural, reversed };

void sort_rows(std::vector<camera_row>& rows, column by, order wanted);

/// The widths of `columns` for these rows: names as wide as the widest, within reason.
[[nodiscard]] std::vector<std::size_t> widths_for(std::span<const column> columns,
                                                  const std::vector<camera_row>& rows);

/// Text of one column in a line.
[[nodiscard]] std::string heading_cell(column c, std::size_t width);
[[nodiscard]] std::string row_cell(const camera_row& row, column c, std::size_t width);

/// A whole line, two blanks between its columns, none at its end.
[[nodiscard]] std::string heading_line(std::span<const column> columns,
                                       std::span<const std::size_t> widths);
[[nodiscard]] std::string row_line(const camera_row& row, std::span<const column> columns,
                                   std::span<const std::size_t> widths);

}  // namespace camherd::remote
