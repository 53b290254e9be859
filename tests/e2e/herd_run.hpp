#pragma once

#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::testing {

/// One camera's part of the report of `camherd run`.
struct camera_report {
  std::uint64_t received = 0;
  std::uint64_t decoded = 0;
  std::map<std::string, std::uint64_t> dropped;   ///< by reason
  std::map<std::string, std::uint64_t> restarts;  ///< by cause
  std::uint64_t bytes = 0;
  std::uint64_t packets_lost = 0;
  double fps = 0;
};

using herd_report = std::map<std::string, camera_report>;

/// Reads the JSON that `camherd run --report` wrote. A test fails where its shape is not the
/// one that the report has.
[[nodiscard]] herd_report parse_report(const std::string& text);

[[nodiscard]] std::uint64_t sum_of(const std::map<std::string, std::uint64_t>& counts);

/// Checks that each picture which a camera received has one fate.
void check_account(const camera_report& camera);

/// Checks that a camera decoded more than `least` pictures, was never restarted, and dropped
/// none but those before the first of its keyframes, which come every `gop` pictures.
void check_undisturbed(const camera_report& camera, std::uint64_t least, std::uint64_t gop);

/// What every `herd_run` asks of HTTP clients.
inline constexpr std::string_view api_token = "0123456789abcdef";

/// `camherd run` with a configuration of its own, in settings that make no difference between a
/// fast and a slow machine: queues are long, nothing is too old, deadlines are far, retries are
/// quick and never used up. It wants every picture of every camera, as `--report` does. A test
/// fails where it cannot be started.
class herd_run {
 public:
  /// `cameras`: the entries of the map of that name, each line indented by two spaces.
  /// `launcher`: a program and its arguments, which runs what follows in its own place.
  explicit herd_run(const std::string& cameras, const std::vector<std::string>& more = {},
                    const std::vector<std::string>& launcher = {});

  /// Writes other cameras into the configuration, which camherd notices.
  void reconfigure(const std::string& cameras) const;

  /// Replaces `text`, which must be there, in the configuration, which camherd notices.
  void replace_in_file(const std::string& text, const std::string& by) const;

  /// Ends it as a crash does.
  void kill();

  /// Starts it again with the same configuration.
  void start_again() { start(); }

  /// Waits for the `nth` log line about `event` whose cause contains `words`; `camera` is empty
  /// for events of the whole process.
  [[nodiscard]] std::optional<std::string> logs(const std::string& camera,
                                                const std::string& event,
                                                const std::string& words = "",
                                                std::size_t nth = 1);

  /// Where its HTTP server listens on 127.0.0.1.
  [[nodiscard]] std::uint16_t http_port();

  /// Ends it by `signal`, in good order, and reads its report.
  [[nodiscard]] herd_report stop(int signal);

  /// Waits for it to end by itself, in good order, and reads its report.
  [[nodiscard]] herd_report finish();

  /// What it was started with.
  [[nodiscard]] std::string configuration_path() const { return folder_ / "herd.yaml"; }

  /// Where it writes its report at its end.
  [[nodiscard]] std::string report_path() const { return folder_ / "report.json"; }

  /// Its configuration.
  [[nodiscard]] std::string config_path() const { return folder_ / "herd.yaml"; }

  /// Where its consumers find it.
  [[nodiscard]] std::string runtime_dir() const { return folder_ / "run"; }

  /// Where it keeps what operators change.
  [[nodiscard]] std::string state_dir() const { return folder_ / "state"; }

  [[nodiscard]] child_process& process() { return *process_; }

  /// All that it has logged.
  [[nodiscard]] std::string log() const { return process_->text(output::err); }

 private:
  void start();

  temporary_folder folder_;
  std::vector<std::string> more_;  // arguments
  std::vector<std::string> launcher_;
  std::optional<child_process> process_;
};

}  // namespace camherd::testing
