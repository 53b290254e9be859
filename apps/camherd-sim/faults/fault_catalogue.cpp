#include "apps/camherd-sim/faults/fault_catalogue.hpp"

#include <algorithm>
#include <iterator>

namespace camherd::faults {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string code(const std::string& text) {
  return text.empty() ? "" : "`" + text + "`";
}

/// "log `stall`: no picture", as far as there is something to tell.
std::string told_as(const expectation& expects) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    if (!text.empty()) text += "; ";
    text += part;
  };
  if (!expects.state.empty()) add("state " + code(expects.state));
  if (!expects.event.empty()) {
    add("event " + code(expects.event) +
        (expects.words.empty() ? "" : " \"" + expects.words + "\""));
  }
  if (!expects.counter.empty()) add("counter " + code(expects.counter));
  return text.empty() ? "nothing" : text;
}

}  // namespace

std::string_view to_string(recovery when) noexcept {
  return when == recovery::throughout ? "streams on" : "when it ends";
}

fault scripted_fault(std::string name, unsigned row, std::string does, expectation expects,
                     script told) {
  return {std::move(name),
          row,
          std::move(does),
          std::move(expects),
          [told = std::move(told)](const camera_stage& where) {
            return stage(where, {told, {}, {}});
          },
          {}};
}

fault_list all_faults() {
  fault_list all;
  for (const auto& part :
       {handshake_faults, authentication_faults, keepalive_faults, network_faults,
        interleaving_faults, parameter_set_faults, keyframe_faults, picture_type_faults,
        clock_faults, bitstream_faults, picture_format_faults, bit_rate_faults,
        description_faults, track_faults, host_faults, consumer_faults, daemon_faults}) {
    auto more = part();
    std::move(more.begin(), more.end(), std::back_inserter(all));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const fault& a, const fault& b) { return a.row < b.row; });
  return all;
}

const std::vector<std::string>& row_titles() {
  static const std::vector<std::string> titles{
      "Answers, but sends no pictures",
      "Stops in mid-packet",
      "Accepts TCP and never speaks",
      "Closes after every PLAY",
      "Closes in the handshake",
      "Reboots",
      "Logins",
      "Keepalive and session timeout",
      "Loss, reordering and duplicates",
      "Interleaving",
      "Parameter sets",
      "Keyframes",
      "Kinds of pictures, slices and markers",
      "Clocks and timestamps",
      "Corrupted bitstreams",
      "Sizes and formats of pictures",
      "Bit rate",
      "Messages out of bounds",
      "Tracks beside the video",
      "Names and addresses",
      "Consumers",
      "The host",
      "The daemon",
  };
  return titles;
}

std::string faults_page(const fault_list& faults) {
  std::string page =
      "# Faults\n"
      "\n"
      "What goes wrong in the field, and what camherd makes of it. Each line is a test of this "
      "name (`tests/faults`), which checks besides that\n"
      "\n"
      "- other cameras lose no frame,\n"
      "- every picture that was received has one fate: decoded, or dropped for a counted "
      "reason,\n"
      "- no frame is shown as good that is not bit for bit what a clean decode gives,\n"
      "- descriptors, threads and memory of camherd are back where they were once the fault "
      "has "
      "ended, and the camera streams without anybody's help.\n"
      "\n"
      "One limit is known: damage inside an H.264 or H.265 unit that arrives whole, and that "
      "libavcodec does not notice, cannot be told. Most flipped bits of CABAC decode to "
      "another "
      "picture, and without any word so do a slice of H.265 that was cut short and one with "
      "the "
      "parameter sets of other pictures; such a frame is shown as good, and so are those that "
      "are predicted from it. Networks do not do that (a check sum drops the packet, and its "
      "number is missed), but the encoder or the memory of a camera can. What row 15 does to "
      "pictures leaves a trace that a decoder can see.\n"
      "\n"
      "`camherd-sim --fault NAME` serves a camera with such a fault, to see for yourself; "
      "`--list-faults` lists them, and with `--markdown` prints this page, which a test "
      "compares with it. Those marked * are not a camera's fault and have a test only.\n";
  unsigned row = 0;
  for (const auto& one : faults) {
    if (one.row != row) {
      row = one.row;
      page += "\n## " + std::to_string(row) + ". " + row_titles()[row - 1] +
              "\n\n| fault | the camera | camherd shows | recovers |\n|---|---|---|---|\n";
    }
    page += "| `" + one.name + "`" + (one.start ? "" : " *") + " | " + one.does +
            (one.settings.empty() ? "" : " (`" + one.settings + "`)") + " | " +
            told_as(one.expects) + " | " + std::string{to_string(one.expects.recovers)} +
            " |\n";
  }
  return page;
}

std::string faults_table(const fault_list& faults) {
  std::size_t widest = 0;
  for (const auto& one : faults) widest = std::max(widest, one.name.size());
  std::string table;
  for (const auto& one : faults) {
    if (one.start) table += padded(one.name, widest + 2) + one.does + "\n";
  }
  return table;
}

}  // namespace camherd::faults
