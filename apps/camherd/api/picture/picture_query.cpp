#include "apps/camherd/api/picture/picture_query.hpp"

#include "core/frame/rendition.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace camherd::api {
namespace {

constexpr double least_fps = 0.1;
constexpr double most_fps = 60;

template <class Number>
struct bounds {
  Number least;
  Number most;
  std::string_view words;
};

// The value of `key` where it is given. It has to be the number and nothing else.
template <class Number>
std::optional<error> read(const http::request& asked, std::string_view key,
                          const bounds<Number>& within, Number& into) {
  const auto* const text = asked.query_value(key);
  if (text == nullptr) return std::nullopt;
  Number value{};
  const auto* const last = text->data() + text->size();
  const auto [end, status] = std::from_chars(text->data(), last, value);
  if (status == std::errc{} && end == last && value >= within.least && value <= within.most) {
    into = value;
    return std::nullopt;
  }
  return error{error_kind::invalid_argument,
               std::string{key} + " must be " + std::string{within.words}};
}

}  // namespace

result<picture_query> read_picture_query(const http::request& asked) {
  static const auto side_words =
      "a number of pixels from 1 to " + std::to_string(most_rendition_side);
  const bounds<std::uint32_t> side{1, most_rendition_side, side_words};
  picture_query query;
  if (auto wrong = read(asked, "width", side, query.width)) return std::move(*wrong);
  if (auto wrong = read(asked, "height", side, query.height)) return std::move(*wrong);
  if (auto wrong = read(asked, "quality", {1, 100, "from 1 to 100"}, query.quality))
    return std::move(*wrong);
  if (auto wrong = read(asked, "fps", {least_fps, most_fps, "from 0.1 to 60"}, query.fps))
    return std::move(*wrong);
  return query;
}

}  // namespace camherd::api
