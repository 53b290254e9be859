#include "apps/camherd/remote/event_parser.hpp"

namespace camherd::remote {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t most_name_bytes = 256;

error too_long() {
  return {error_kind::corrupt, "an event is longer than any of camherd's"};
}

}  // namespace

result<void> event_parser::feed(std::string_view bytes,
                                const std::function<void(const server_event&)>& take) {
  if (broken_) return too_long();
  while (!bytes.empty()) {
    if (after_return_ && bytes.front() == '\n') bytes.remove_prefix(1);
    after_return_ = false;
    const auto end = bytes.find_first_of("\r\n");
    const auto part = bytes.substr(0, end);
    broken_ = line_.size() + part.size() > most_bytes_;
    if (broken_) return too_long();
    line_.append(part);
    if (end == std::string_view::npos) return {};
    after_return_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    broken_ = !read_line(line_, take);
    if (broken_) return too_long();
    line_.clear();
  }
  return {};
}

bool event_parser::read_line(std::string_view line,
                             const std::function<void(const server_event&)>& take) {
  if (first_line_ && line.starts_with(byte_order_mark))
    line.remove_prefix(byte_order_mark.size());
  first_line_ = false;
  if (line.empty()) {
    dispatch(take);
    return true;
  }
  const auto colon = line.find(':');
  const auto field = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (data_.size() + value.size() + 1 > most_bytes_) return false;
    if (has_data_) data_ += '\n';
    data_ += value;
    has_data_ = true;
  } else if (field == "event") {
    name_ = value.substr(0, most_name_bytes);
  } else if (field == "id" && value.size() <= most_name_bytes &&
             value.find('\0') == std::string_view::npos) {
    id_ = value;
  }
  return true;
}

// An event without data is none, but its id counts.
void event_parser::dispatch(const std::function<void(const server_event&)>& take) {
  if (has_data_) {
    const server_event event{name_.empty() ? "message" : name_, id_, std::move(data_)};
    take(event);
  }
  name_.clear();
  data_.clear();
  has_data_ = false;
}

}  // namespace camherd::remote
