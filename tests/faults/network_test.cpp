#include "tests/faults/fault_run.hpp"
#include "tests/faults/packet_harm.hpp"
#include "tests/support/catch.hpp"

using namespace camherd;
using namespace camherd::testing;

TEST_CASE("udp-loss-1-in-1000", "[faults]") {
  check_loss("udp-loss-1-in-1000", 2);
}

TEST_CASE("udp-loss-1-in-100", "[faults]") {
  check_loss("udp-loss-1-in-100", 2);
}

TEST_CASE("udp-loss-1-in-10", "[faults]") {
  check_loss("udp-loss-1-in-10", 5);
}

TEST_CASE("udp-loss-in-bursts", "[faults]") {
  check_loss("udp-loss-in-bursts", 16);
}

TEST_CASE("udp-duplicates", "[faults]") {
  check_unfelt("udp-duplicates");
}

TEST_CASE("udp-reordering", "[faults]") {
  check_unfelt_while_it_lasts("udp-reordering", 100);
}

TEST_CASE("udp-reordering-too-far", "[faults]") {
  check_harm("udp-reordering-too-far", 1300);
}

TEST_CASE("udp-everything", "[faults]") {
  check_harm("udp-everything", 200);
}

TEST_CASE("udp-silent", "[faults]") {
  check_fault("udp-silent");
}

TEST_CASE("udp-blocked", "[faults]") {
  check_fault("udp-blocked");
}

TEST_CASE("tcp-loss-1-in-1000", "[faults]") {
  check_loss("tcp-loss-1-in-1000", 2);
}

TEST_CASE("tcp-loss-1-in-100", "[faults]") {
  check_loss("tcp-loss-1-in-100", 2);
}

TEST_CASE("tcp-loss-1-in-10", "[faults]") {
  check_loss("tcp-loss-1-in-10", 5);
}

TEST_CASE("tcp-loss-in-bursts", "[faults]") {
  check_loss("tcp-loss-in-bursts", 16);
}

TEST_CASE("tcp-reordering", "[faults]") {
  check_harm("tcp-reordering", 60);
}

TEST_CASE("tcp-duplicates", "[faults]") {
  check_unfelt("tcp-duplicates");
}

TEST_CASE("sequence-jumps", "[faults]") {
  check_harm("sequence-jumps", 130);
}

TEST_CASE("loss-in-slices", "[faults]") {
  check_loss("loss-in-slices", 3);
}

TEST_CASE("loss-in-b-pictures", "[faults]") {
  check_loss("loss-in-b-pictures", 3);
}

TEST_CASE("loss-in-open-groups", "[faults]") {
  check_loss("loss-in-open-groups", 3);
}

TEST_CASE("h265-loss-in-open-groups", "[faults]") {
  check_loss("h265-loss-in-open-groups", 3);
}

TEST_CASE("loss-in-h265", "[faults]") {
  check_loss("loss-in-h265", 3);
}

TEST_CASE("each packet that comes twice is counted as a duplicate", "[faults]") {
  const auto name = GENERATE("udp-duplicates", "tcp-duplicates");
  check_counts(name, [](const packet_counts& shown, const faults::harm_tally& done) {
    return shown == packet_counts{.duplicate = done.added()};
  });
}

TEST_CASE("each packet that others overtake over UDP is counted as reordered", "[faults]") {
  check_counts("udp-reordering",
               [](const packet_counts& shown, const faults::harm_tally& done) {
                 // The last may still be held back when the fault ends, and never come.
                 return shown.lost <= 1 && shown.reordered + shown.lost == done.held_back() &&
                        shown.duplicate == 0 && shown.late == 0;
               });
}

TEST_CASE("each packet that others overtake inside TCP is counted as lost and late",
          "[faults]") {
  check_counts(
      "tcp-reordering", [](const packet_counts& shown, const faults::harm_tally& done) {
        return shown.lost == done.held_back() && shown.lost <= shown.late + 1 &&
               shown.late <= shown.lost && shown.duplicate == 0 && shown.reordered == 0;
      });
}

TEST_CASE("each packet that the network loses is counted as lost, and as nothing else",
          "[faults]") {
  check_counts("udp-loss-1-in-100",
               [](const packet_counts& shown, const faults::harm_tally& done) {
                 return shown == packet_counts{.lost = done.withheld()};
               });
}
