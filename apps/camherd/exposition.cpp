#include "apps/camherd/exposition.hpp"

#include <array>
#include <charconv>
#include <chrono>

namespace camherd {
namespace {

using seconds = std::chrono::duration<double>;

std::string number(double value) {
  std::array<char, 64> digits;
  auto* const end = digits.data() + digits.size();
  auto done = std::to_chars(digits.data(), end, value, std::chars_format::fixed);
  if (done.ec != std::errc{}) done = std::to_chars(digits.data(), end, value);
  return {digits.data(), done.ptr};
}

}  // namespace

void exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  ((text_ += "# HELP ") += name) += ' ';
  (text_ += help) += "\n# TYPE ";
  ((text_ += name) += ' ') += type;
  text_ += '\n';
}

void exposition::begin_sample(std::string_view suffix, std::string_view labels,
                              std::string_view edge) {
  (text_ += name_) += suffix;
  if (!labels.empty() || !edge.empty()) {
    (text_ += '{') += labels;
    if (!labels.empty() && !edge.empty()) text_ += ',';
    if (!edge.empty()) ((text_ += "le=\"") += edge) += '"';
    text_ += '}';
  }
  text_ += ' ';
}

void exposition::append(std::uint64_t value) {
  std::array<char, 24> digits;
  const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  text_.append(digits.data(), done.ptr) += '\n';
}

void exposition::append(double value) {
  (text_ += number(value)) += '\n';
}

void exposition::histogram(std::string_view labels, const latency_histogram& durations) {
  static const auto edges = [] {
    std::array<std::string, latency_histogram::edges.size()> texts;
    for (std::size_t i = 0; i < texts.size(); ++i)
      texts[i] = number(seconds{latency_histogram::edges[i]}.count());
    return texts;
  }();
  const auto counts = durations.at_most();
  for (std::size_t i = 0; i < edges.size(); ++i) {
    begin_sample("_bucket", labels, edges[i]);
    append(counts[i]);
  }
  begin_sample("_bucket", labels, "+Inf");
  append(durations.count());
  begin_sample("_sum", labels);
  append(seconds{durations.sum()}.count());
  begin_sample("_count", labels);
  append(durations.count());
}

}  // namespace camherd
