#pragma once

#include "core/base/latency_histogram.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace camherd {

/// A page in Prometheus' text format, version 0.0.4. Families must be begun one after the
/// other, each followed by all of its samples. Nothing is escaped: help texts and label values
/// must hold no backslash, double quote or line end.
class exposition {
 public:
  explicit exposition(std::size_t expected_bytes) { text_.reserve(expected_bytes); }

  /// `type`: counter, gauge or histogram.
  void family(std::string_view name, std::string_view type, std::string_view help);

  /// A sample of the family begun last. `labels`: `camera="yard",state="stopped"`, or empty.
  void sample(std::string_view labels, std::unsigned_integral auto value) {
    begin_sample("", labels);
    append(std::uint64_t{value});
  }
  void sample(std::string_view labels, double value) {
    begin_sample("", labels);
    append(value);
  }

  /// All samples of one histogram, in seconds, with `latency_histogram::edges` as buckets.
  void histogram(std::string_view labels, const latency_histogram& durations);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void begin_sample(std::string_view suffix, std::string_view labels,
                    std::string_view edge = {});
  void append(std::uint64_t value);
  void append(double value);

  std::string text_;
  std::string name_;
};

}  // namespace camherd
