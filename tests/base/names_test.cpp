#include "core/base/names.hpp"

#include "core/base/error.hpp"
#include "tests/support/catch.hpp"

#include <set>
#include <string>

using namespace camherd;

TEST_CASE("camera names are short, lower case and safe in paths", "[base][names]") {
  for (const auto* good : {"a", "0", "front-door", "cam_1", "a-", "x_"})
    CHECK(is_camera_name(good));
  CHECK(is_camera_name(std::string(63, 'a')));
  for (const auto* bad : {"", "-a", "_a", "A", "a b", "a/b", "..", "a.b", "ü", "a\n"}) {
    CHECK_FALSE(is_camera_name(bad));
  }
  CHECK_FALSE(is_camera_name(std::string(64, 'a')));
}

TEST_CASE("every drop reason, cause, state and error kind has a name of its own",
          "[base][names]") {
  std::set<std::string> names;
  for (const auto reason : drop_reasons) names.emplace(to_string(reason));
  CHECK(names.size() == drop_reason_count);
  names.clear();
  for (const auto cause : restart_causes) names.emplace(to_string(cause));
  CHECK(names.size() == restart_cause_count);
  names.clear();
  for (unsigned i = 0; i < camera_state_count; ++i) {
    names.emplace(to_string(static_cast<camera_state>(i)));
  }
  CHECK(names.size() == camera_state_count);
  names.clear();
  for (unsigned i = 0; i < 7; ++i) names.emplace(to_string(static_cast<error_kind>(i)));
  CHECK(names.size() == 7);
}

TEST_CASE("a camera reaches streaming only over connecting and a keyframe", "[base][names]") {
  using enum camera_state;
  CHECK(may_follow(stopped, connecting));
  CHECK(may_follow(connecting, waiting_keyframe));
  CHECK(may_follow(waiting_keyframe, streaming));
  CHECK_FALSE(may_follow(connecting, streaming));
  CHECK_FALSE(may_follow(backoff, streaming));
  CHECK_FALSE(may_follow(stopped, streaming));
}

TEST_CASE("every failure leads to backoff or quarantine and from there to connecting",
          "[base][names]") {
  using enum camera_state;
  for (const auto failure : {stalled, failed}) {
    for (const auto before : {connecting, waiting_keyframe, streaming}) {
      CHECK(may_follow(before, failure));
    }
    CHECK(may_follow(failure, backoff));
    CHECK(may_follow(failure, quarantined));
    CHECK_FALSE(may_follow(failure, connecting));
  }
  CHECK(may_follow(backoff, connecting));
  CHECK(may_follow(quarantined, connecting));
  CHECK_FALSE(may_follow(backoff, quarantined));
}

TEST_CASE("a camera can be stopped in any state but once", "[base][names]") {
  using enum camera_state;
  for (const auto state :
       {connecting, waiting_keyframe, streaming, stalled, failed, backoff, quarantined}) {
    CHECK(may_follow(state, stopped));
  }
  CHECK_FALSE(may_follow(stopped, stopped));
}

TEST_CASE("an error tells its kind, and context comes before its message", "[base][names]") {
  const error cause{error_kind::retry, "connection refused"};
  const auto e = cause.within("front-door");
  CHECK(e.kind() == error_kind::retry);
  CHECK(e.message() == "front-door: connection refused");
  CHECK(system_error(error_kind::internal, "opening", 2).message() ==
        "opening: No such file or directory");
}
