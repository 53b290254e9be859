#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <string>
#include <vector>

using namespace camherd;
using namespace camherd::testing;

namespace {

// Runs camherd where no other camherd runs.
finished_process alone(std::vector<std::string> arguments) {
  const temporary_folder empty;
  auto done = run_process({CAMHERD_PROGRAM,
                           std::move(arguments),
                           {{"CAMHERD_RUNTIME_DIR", empty.path().string()}}});
  REQUIRE(done);
  UNSCOPED_INFO("out: " << done->out << "\nerr: " << done->err);
  return *std::move(done);
}

void check_refused(const std::vector<std::string>& arguments, std::string_view words) {
  const auto done = alone(arguments);
  CHECK(done.end == process_exit{2, 0});
  CHECK(done.out.empty());
  INFO(done.err);
  CHECK(done.err.find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("watch and snapshot say that no camherd runs", "[cli][watch][snapshot]") {
  for (const auto& arguments : {std::vector<std::string>{"watch", "yard"},
                                {"watch", "--all"},
                                {"snapshot", "yard", "-o", "a.jpg"}}) {
    const auto done = alone(arguments);
    CHECK(done.end == process_exit{3, 0});
    CHECK(done.err.find("no camherd serves cameras in ") != std::string::npos);
  }
}

TEST_CASE("watch refuses what makes no sense", "[cli][watch]") {
  check_refused({"watch"}, "needs the names of cameras, or --all");
  check_refused({"watch", "yard", "--all"}, "needs the names of cameras, or --all");
  check_refused({"watch", "../yard"}, "'../yard' is no camera name");
  check_refused({"watch", "yard", "--for", "10"}, "--for: ");
  check_refused({"watch", "yard", "--size", "640"}, "--size: must be WIDTHxHEIGHT");
  check_refused({"watch", "yard", "--size", "0x0"}, "--size: must be WIDTHxHEIGHT");
  check_refused({"watch", "yard", "--size", "9000x10"}, "from 0 to 8192");
  check_refused({"watch", "yard", "--format", "yuv444p"}, "--format");
  check_refused({"watch", "yard", "--queue", "17"}, "--queue");
  check_refused({"watch", "yard", "--max-fps", "-1"}, "--max-fps");
}

TEST_CASE("snapshot refuses what makes no sense", "[cli][snapshot]") {
  check_refused({"snapshot", "yard"}, "--output");
  check_refused({"snapshot", "yard", "-o", "a.png"}, "a name that ends with .jpg");
  check_refused({"snapshot", "yard", "-o", "-", "--json"}, "name a file");
  check_refused({"snapshot", "yard", "-o", "jpg"}, "a name that ends with .jpg");
  check_refused({"snapshot", "yard", "-o", "a.jpg", "--timeout", "0s"}, "--timeout: ");
  check_refused({"snapshot", "yard", "-o", "a.jpg", "--quality", "0"}, "--quality");
}
