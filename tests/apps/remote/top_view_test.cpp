#include "apps/camherd/remote/top_view.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace camherd;
using namespace camherd::remote;

namespace {

constexpr table_size small{.columns = 100, .rows = 9};  // room for 5 cameras

/// A screen with cameras cam1, cam2 and so on.
class screen {
 public:
  explicit screen(std::size_t cameras) {
    std::vector<camera_row> rows(cameras);
    for (std::size_t i = 0; i < cameras; ++i) {
      rows[i].name = "cam" + std::to_string(i + 1);
      rows[i].state = i == 2 ? "backoff" : "streaming";
      rows[i].published_fps = static_cast<double>(i);
    }
    view.update({.url = "http://h", .version = "1.2.3", .uptime = std::chrono::seconds{93784}},
                std::move(rows));
    (void)lines();
  }

  std::vector<std::string> lines(table_size size = small) {
    return view.render(size, colour::off);
  }

  // What is shown of cameras, from above.
  std::vector<std::string> cameras() {
    std::vector<std::string> names;
    const auto all = lines();
    for (std::size_t i = 4; i < all.size(); ++i) {
      if (!all[i].empty()) names.push_back(all[i].substr(0, all[i].find(' ')));
    }
    return names;
  }

  top_view::reaction type(const std::string& text) {
    auto last = top_view::reaction::nothing;
    for (const char c : text) last = view.press({key::kind::character, std::string{c}});
    return last;
  }

  top_view view{column::name, order::natural};
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the head says what runs and how the cameras are", "[remote][top]") {
  screen s{4};
  const auto lines = s.lines();
  CHECK(lines[0] == "camherd 1.2.3 at http://h, up 1 d 02:03:04, peak memory 0 MiB");
  CHECK(lines[1].starts_with("4 cameras: 1 backoff, 3 streaming; 0 fps in, 6 out"));
  CHECK(lines[2].starts_with("sorted by name"));
  CHECK(lines[3].starts_with("CAMERA"));
}

TEST_CASE("every screen is filled and no line is too long", "[remote][top]") {
  screen s{50};
  for (const auto size : {table_size{20, 3}, table_size{1, 1}, table_size{300, 100}, small}) {
    const auto lines = s.lines(size);
    CHECK(lines.size() == size.rows);
    for (const auto& line : lines) CHECK(line.size() <= size.columns);
  }
}

TEST_CASE("the arrows and page keys scroll and stop at both ends", "[remote][top]") {
  screen s{12};
  CHECK(s.cameras() == texts{"cam1", "cam2", "cam3", "cam4", "cam5"});
  s.view.press({key::kind::down});
  CHECK(s.cameras().front() == "cam2");
  s.view.press({key::kind::page_down});
  CHECK(s.cameras().front() == "cam7");
  s.view.press({key::kind::page_down});
  CHECK(s.cameras() == texts{"cam8", "cam9", "cam10", "cam11", "cam12"});
  s.view.press({key::kind::home});
  s.view.press({key::kind::up});
  CHECK(s.cameras().front() == "cam1");
  s.view.press({key::kind::end});
  CHECK(s.cameras().back() == "cam12");
  CHECK(contains(s.lines()[2], "8 to 12 of 12"));
}

TEST_CASE("columns are chosen by keys and the order reversed", "[remote][top]") {
  screen s{12};
  s.type(">");
  CHECK(s.cameras().front() == "cam3");  // by state, the one in trouble
  s.type("s>");
  CHECK(contains(s.lines()[2], "sorted by fps"));
  CHECK(s.cameras().front() == "cam12");
  s.type("r");
  CHECK(s.cameras().front() == "cam1");
  s.type("<<<<");
  CHECK(contains(s.lines()[2], "sorted by detail, reversed"));
}

TEST_CASE("a filter leaves the cameras that have the text", "[remote][top]") {
  screen s{12};
  s.type("/CAM1");
  CHECK(s.cameras() == texts{"cam1", "cam10", "cam11", "cam12"});
  s.view.press({key::kind::backspace});
  s.view.press({key::kind::backspace});
  CHECK(s.cameras().size() == 5);
  s.view.press({key::kind::escape});
  s.type("/backoff");
  s.view.press({key::kind::enter});
  CHECK(s.cameras() == texts{"cam3"});
  CHECK(contains(s.lines()[2], "only /backoff (1)"));
  s.view.press({key::kind::escape});
  CHECK(s.cameras().size() == 5);
}

TEST_CASE("q quits but not while a filter is written", "[remote][top]") {
  screen s{1};
  CHECK(s.type("/q") != top_view::reaction::quit);
  s.view.press({key::kind::escape});
  CHECK(s.type("q") == top_view::reaction::quit);
}

TEST_CASE("the blank pauses, help comes and goes, and trouble is told", "[remote][top]") {
  screen s{1};
  s.type(" ");
  CHECK(s.view.paused());
  CHECK(contains(s.lines()[2], "paused"));
  s.type(" ");
  CHECK_FALSE(s.view.paused());
  s.type("?");
  CHECK(contains(s.lines({.columns = 100, .rows = 30})[5], "<"));
  CHECK(s.type("q") == top_view::reaction::redraw);  // only the help goes
  s.view.set_problem("no camherd answers");
  CHECK(s.lines()[2] == "no camherd answers");
}
