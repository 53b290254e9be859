#pragma once

#include "apps/camherd-sim/faults/fault_catalogue.hpp"
#include "tests/e2e/herd_run.hpp"
#include "tests/faults/footprint.hpp"
#include "tests/faults/watched_camera.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace camherd::testing {

// How to add a fault. Put it into the part of the catalogue that its row belongs to
// (apps/camherd-sim/faults/*_faults.cpp): what the camera does, what camherd is expected to
// show, how it is made (mostly `stage` with a script, an impairment of its packets or a plan of
// its pictures). Then write a test case of the same name that calls `check_fault`; a fault with
// expectations of its own takes a `fault_run` and adds to them. Last, print docs/ref/faults.md
// anew: camherd-sim --list-faults --markdown > docs/ref/faults.md.

/// The fault of that name. A test fails where there is none.
[[nodiscard]] faults::fault fault_named(const std::string& name);

/// `camherd run` with two good cameras, `good0` and `good1`, and cameras with faults, named
/// after these, which all stream well when it is made. All are watched. camherd has short
/// deadlines for cameras that are to run into them (which recover after their fault ends), for
/// the others such that no machine is too slow.
class fault_run {
 public:
  explicit fault_run(std::vector<faults::fault> faults);

  [[nodiscard]] herd_run& herd() { return *herd_; }
  [[nodiscard]] const watched_camera& watch(const std::string& camera) const {
    return *watched_.at(camera);
  }
  [[nodiscard]] faults::faulty_camera& camera(const std::string& name) {
    return *cameras_.at(name);
  }

  void begin();
  void end();

  /// Waits until camherd shows what is expected of each fault while it lasts.
  void check_symptoms();

  /// Waits until every camera shows good frames and camherd uses no more than before; ends it
  /// and checks that the good cameras lost nothing, that no frame was smeared, that each unit
  /// has one fate, and the counters that were expected. Gives the report, for more.
  herd_report finish();

 private:
  void check_watched() const;

  std::vector<faults::fault> faults_;
  faults::clip_ptr pictures_;
  std::map<std::string, std::unique_ptr<faults::faulty_camera>> cameras_;
  std::unique_ptr<herd_run> herd_;
  std::map<std::string, std::unique_ptr<watched_camera>> watched_;
  footprint before_;
};

/// The whole course of a fault: good, faulty, good again.
void check_fault(const std::string& name);

}  // namespace camherd::testing
