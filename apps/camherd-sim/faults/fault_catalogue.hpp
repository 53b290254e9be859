#pragma once

#include "apps/camherd-sim/faults/faulty_camera.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::faults {

/// When camherd shows pictures of the camera again.
enum class recovery : unsigned char {
  throughout,     ///< it never stops showing good ones for longer than to connect again
  after_it_ends,  ///< with the first good session
};

[[nodiscard]] std::string_view to_string(recovery when) noexcept;

/// What camherd shows of a camera with a fault. Words are those of the interfaces: empty where
/// nothing is to be seen.
struct expectation {
  std::string state;    ///< that the camera is in while the fault lasts, maybe for moments
  std::string event;    ///< of a log line about the camera,
  std::string words{};  ///< and what its cause contains
  /// Something in the camera's part of the report that grows: "restarts.stall", "packets_lost".
  std::string counter{};
  recovery recovers = recovery::after_it_ends;
};

/// Something that goes wrong in the field, and what comes of it.
struct fault {
  std::string name;  ///< kebab-case, also of its test
  unsigned row = 0;  ///< of the list in docs/ref/faults.md, which groups them
  std::string does;  ///< one sentence, without its subject: "answers ... and sends nothing"
  expectation expects;
  /// Makes a camera that has it, still good. None where it is not the camera that has it.
  /// Errors: `internal` where its pictures cannot be encoded. Throws
  /// `boost::system::system_error` where it cannot listen.
  std::function<result<std::unique_ptr<faulty_camera>>(const camera_stage&)> start{};
  /// Settings of the camera in camherd's configuration, "key: value" with commas between.
  std::string settings{};
};

using fault_list = std::vector<fault>;

/// A fault that shows in new sessions, and of which a script says everything.
[[nodiscard]] fault scripted_fault(std::string name, unsigned row, std::string does,
                                   expectation expects, script told);

/// Every fault, in the order of the rows.
[[nodiscard]] fault_list all_faults();

/// The rows' headings; [0] is that of row 1.
[[nodiscard]] const std::vector<std::string>& row_titles();

/// The table of docs/ref/faults.md: all of it, in Markdown.
[[nodiscard]] std::string faults_page(const fault_list& faults);

/// For a terminal: a line each.
[[nodiscard]] std::string faults_table(const fault_list& faults);

// The parts of the catalogue, a file each.
[[nodiscard]] fault_list handshake_faults();       // rows 1 to 6
[[nodiscard]] fault_list authentication_faults();  // row 7
[[nodiscard]] fault_list keepalive_faults();       // row 8
[[nodiscard]] fault_list network_faults();         // row 9
[[nodiscard]] fault_list interleaving_faults();    // row 10
[[nodiscard]] fault_list parameter_set_faults();   // row 11
[[nodiscard]] fault_list keyframe_faults();        // row 12
[[nodiscard]] fault_list picture_type_faults();    // row 13
[[nodiscard]] fault_list clock_faults();           // row 14
[[nodiscard]] fault_list bitstream_faults();       // row 15
[[nodiscard]] fault_list picture_format_faults();  // row 16
[[nodiscard]] fault_list bit_rate_faults();        // row 17
[[nodiscard]] fault_list description_faults();     // row 18
[[nodiscard]] fault_list track_faults();           // row 19
[[nodiscard]] fault_list host_faults();            // rows 20 and 22
[[nodiscard]] fault_list consumer_faults();        // row 21
[[nodiscard]] fault_list daemon_faults();          // row 23

}  // namespace camherd::faults
