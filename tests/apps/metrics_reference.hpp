#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace camherd::testing {

/// What is known of one metric.
struct metric_entry {
  std::string type;
  std::set<std::string> labels;

  friend bool operator==(const metric_entry&, const metric_entry&) = default;
};

using metric_entries = std::map<std::string, metric_entry>;

/// The file at `path` of this project.
[[nodiscard]] std::string project_file(const std::string& path);

/// The rows of the tables of docs/ref/metrics.md.
[[nodiscard]] metric_entries documented_metrics();

/// The metrics of a page in Prometheus' text format, with the labels of all their samples but
/// the edges of histograms.
[[nodiscard]] metric_entries metrics_of(const std::string& page);

/// The names of metrics that `text`, a query or a file of them, speaks of; those of a
/// histogram's series are the histogram's.
[[nodiscard]] std::set<std::string> metrics_named_in(std::string_view text);

}  // namespace camherd::testing
