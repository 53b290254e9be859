#include "core/frame/decode_plan.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/unit_stream.hpp"

#include <string>

using namespace camherd;
using namespace std::chrono_literals;
using testing::make_unit;
using testing::picture;
using testing::unit_stream;

namespace {

// One letter a unit: P published, d decoded for others, r/n/k/a/c dropped (rate_limit,
// not_reference, not_keyframe, awaiting_keyframe, corrupt), R/K kept, for the same reasons.
char letter(const decode_verdict& verdict) {
  if (verdict.action == decode_action::keep)
    return verdict.reason == drop_reason::not_keyframe ? 'K' : 'R';
  if (verdict.action == decode_action::decode) return verdict.publish ? 'P' : 'd';
  switch (verdict.reason) {
    case drop_reason::rate_limit:
      return 'r';
    case drop_reason::not_reference:
      return 'n';
    case drop_reason::not_keyframe:
      return 'k';
    case drop_reason::awaiting_keyframe:
      return 'a';
    case drop_reason::corrupt:
      return 'c';
    default:
      return '?';
  }
}

std::string judge(decode_plan& plan, unit_stream& stream, int units) {
  std::string letters;
  for (int i = 0; i < units; ++i) letters += letter(plan.judge(stream.next()));
  return letters;
}

decode_plan plan_for(decode_level level, double max_fps = 0,
                     damage_policy damage = damage_policy::withhold) {
  decode_plan plan{damage};
  plan.set_demand({.level = level, .max_fps = max_fps});
  return plan;
}

constexpr mono_time start{1h};

}  // namespace

TEST_CASE("without a limit every picture from the first keyframe on is decoded",
          "[frame][plan]") {
  auto plan = plan_for(decode_level::everything);
  CHECK(letter(plan.judge(make_unit(picture::reference, 0, start))) == 'a');
  unit_stream stream{6, 4};
  CHECK(judge(plan, stream, 8) == "PPPPPPPP");
}

TEST_CASE(
    "at one frame a second nothing is decoded after the due picture once the keyframe distance "
    "is known",
    "[frame][plan]") {
  auto plan = plan_for(decode_level::everything, 1);
  unit_stream stream{6, 12};
  // Two keyframe distances are learned first.
  CHECK(judge(plan, stream, 24) == "PdddddPdddddPdddddPddddd");
  CHECK(judge(plan, stream, 24) == "PdddddPRRRRRPdddddPRRRRR");
}

TEST_CASE("a limit below the keyframe rate skips whole groups of pictures", "[frame][plan]") {
  auto plan = plan_for(decode_level::everything, 0.25);
  unit_stream stream{6, 12};
  judge(plan, stream, 48);
  CHECK(judge(plan, stream, 48) == "PRRRRRRRRRRRRRRRRRRRRRRRPRRRRRRRRRRRRRRRRRRRRRRR");
}

TEST_CASE("a limit above the stream's rate drops nothing", "[frame][plan]") {
  auto plan = plan_for(decode_level::everything, 30);
  unit_stream stream{6, 12};
  CHECK(judge(plan, stream, 24) == std::string(24, 'P'));
}

TEST_CASE("a limit that does not divide the rate is kept on average", "[frame][plan]") {
  auto plan = plan_for(decode_level::everything, 10);
  unit_stream stream{25, 1};
  const auto letters = judge(plan, stream, 250);
  CHECK(std::count(letters.begin(), letters.end(), 'P') == Approx(100).margin(2));
}

TEST_CASE(
    "when a camera changes its keyframe distance the plan falls back to decoding references",
    "[frame][plan]") {
  auto plan = plan_for(decode_level::everything, 1);
  unit_stream stream{6, 12};
  judge(plan, stream, 36);
  // From here on the camera sends no keyframe for a long time.
  std::string letters;
  for (int i = 36; i < 72; ++i) {
    const auto kind = i == 36 || i == 66 ? picture::key : picture::reference;
    letters += letter(
        plan.judge(make_unit(kind, static_cast<std::uint64_t>(i), start + i * 166'667us)));
  }
  CHECK(letters == "PdddddPRRRRRRRRRRRRRRRRRRRRRRRPddddd");
}

TEST_CASE("pictures that no other needs are dropped before anything else", "[frame][plan]") {
  auto plan = plan_for(decode_level::everything, 3);
  std::string letters;
  for (int i = 0; i < 13; ++i) {
    const auto kind = i % 12 == 0  ? picture::key
                      : i % 2 == 0 ? picture::reference
                                   : picture::disposable;
    letters += letter(
        plan.judge(make_unit(kind, static_cast<std::uint64_t>(i), start + i * 166'667us)));
  }
  CHECK(letters == "PrPrPrPrPrPrP");
}

TEST_CASE("levels decode keyframes only, references only, or keep everything for later",
          "[frame][plan]") {
  unit_stream stream{6, 4};
  auto keyframes = plan_for(decode_level::keyframes);
  CHECK(judge(keyframes, stream, 8) == "PKKKPKKK");

  auto references = plan_for(decode_level::references);
  CHECK(letter(references.judge(make_unit(picture::key, 0, start))) == 'P');
  CHECK(letter(references.judge(make_unit(picture::disposable, 1, start + 1ms))) == 'n');
  CHECK(letter(references.judge(make_unit(picture::reference, 2, start + 2ms))) == 'P');

  unit_stream idle_stream{6, 4};
  auto idle = plan_for(decode_level::nothing);
  CHECK(judge(idle, idle_stream, 6) == "RRRRRR");
  idle.set_demand({.level = decode_level::everything});
  idle.caught_up();
  CHECK(judge(idle, idle_stream, 2) == "PP");
}

TEST_CASE("units behind kept ones are kept until those are decoded or replaced",
          "[frame][plan]") {
  auto plan = plan_for(decode_level::keyframes);
  unit_stream stream{6, 4};
  judge(plan, stream, 2);
  plan.set_demand({.level = decode_level::everything});
  CHECK(judge(plan, stream, 1) == "R");
  plan.caught_up();
  CHECK(judge(plan, stream, 5) == "PPPPP");
  plan.set_demand({.level = decode_level::keyframes});
  CHECK(judge(plan, stream, 3) == "PKK");
  plan.set_demand({.level = decode_level::everything});
  CHECK(judge(plan, stream, 3) == "RPP");
}

TEST_CASE("what was kept and lost is waited for only by those who want it", "[frame][plan]") {
  auto plan = plan_for(decode_level::keyframes);
  unit_stream stream{6, 8};
  judge(plan, stream, 2);
  plan.lost_kept(drop_reason::not_keyframe);
  CHECK(judge(plan, stream, 2) == "kk");
  CHECK_FALSE(plan.waits_for_keyframe());
  plan.set_demand({.level = decode_level::everything});
  CHECK(plan.waits_for_keyframe());
  CHECK(judge(plan, stream, 5) == "aaaaP");
}

TEST_CASE("a keyframe that no other needs is kept when it is not due", "[frame][plan]") {
  auto plan = plan_for(decode_level::everything, 3);
  std::string letters;
  for (int i = 0; i < 6; ++i) {
    auto unit = make_unit(picture::key, static_cast<std::uint64_t>(i), start + i * 166'667us);
    unit.reference = false;
    letters += letter(plan.judge(unit));
  }
  CHECK(letters == "PRPRPR");
}

TEST_CASE("after a loss everything is withheld until a clean keyframe", "[frame][plan]") {
  auto plan = plan_for(decode_level::everything);
  unit_stream stream{6, 6};
  judge(plan, stream, 2);
  auto after_gap = stream.next();
  after_gap.after_gap = true;
  CHECK(letter(plan.judge(after_gap)) == 'a');
  CHECK(plan.waits_for_keyframe());
  CHECK(judge(plan, stream, 5) == "aaaPP");
  CHECK_FALSE(plan.waits_for_keyframe());
}

TEST_CASE("a damaged keyframe is no clean start", "[frame][plan]") {
  auto plan = plan_for(decode_level::everything);
  unit_stream stream{6, 3};
  auto damaged = stream.next();
  damaged.corrupt = true;
  CHECK(letter(plan.judge(damaged)) == 'c');
  CHECK(judge(plan, stream, 4) == "aaPP");
}

TEST_CASE("a damaged picture that no other needs costs only itself", "[frame][plan]") {
  auto plan = plan_for(decode_level::everything);
  CHECK(letter(plan.judge(make_unit(picture::key, 0, start))) == 'P');
  auto damaged = make_unit(picture::disposable, 1, start + 1ms);
  damaged.corrupt = true;
  CHECK(letter(plan.judge(damaged)) == 'c');
  CHECK(letter(plan.judge(make_unit(picture::reference, 2, start + 2ms))) == 'P');
}

TEST_CASE("with the policy flag damage is published and marked until a clean keyframe",
          "[frame][plan]") {
  auto plan = plan_for(decode_level::everything, 0, damage_policy::flag);
  unit_stream stream{6, 4};
  CHECK_FALSE(plan.judge(stream.next()).damaged);
  auto lossy = stream.next();
  lossy.corrupt = true;
  const auto verdict = plan.judge(lossy);
  CHECK(letter(verdict) == 'P');
  CHECK(verdict.damaged);
  CHECK(plan.judge(stream.next()).damaged);
  CHECK(plan.judge(stream.next()).damaged);
  CHECK_FALSE(plan.judge(stream.next()).damaged);
}

TEST_CASE("a reference the decoder lost makes the rest wait, or marks it", "[frame][plan]") {
  unit_stream stream{6, 4};
  auto withholding = plan_for(decode_level::everything);
  judge(withholding, stream, 2);
  withholding.lost_reference();
  CHECK(judge(withholding, stream, 3) == "aaP");

  unit_stream flagged{6, 4};
  auto flagging = plan_for(decode_level::everything, 0, damage_policy::flag);
  judge(flagging, flagged, 2);
  flagging.lost_reference();
  CHECK(flagging.judge(flagged.next()).damaged);
}

TEST_CASE("a new session begins with its first keyframe", "[frame][plan]") {
  auto plan = plan_for(decode_level::everything, 1);
  unit_stream stream{6, 12};
  judge(plan, stream, 5);
  plan.restart();
  CHECK(judge(plan, stream, 8) == "aaaaaaaP");
}

TEST_CASE("a keyframe behind units that are not decoded says so", "[frame][plan]") {
  const auto units = [](decode_plan& plan, unit_stream& stream, int count) {
    std::string said;
    for (int i = 0; i < count; ++i)
      said += plan.judge(stream.next()).after_undecoded ? '!' : '.';
    return said;
  };
  SECTION("all are decoded") {
    auto plan = plan_for(decode_level::everything);
    unit_stream stream{6, 4};
    CHECK(units(plan, stream, 12) == "!...........");
  }
  SECTION("only keyframes are") {
    auto plan = plan_for(decode_level::keyframes);
    unit_stream stream{6, 4};
    CHECK(units(plan, stream, 12) == "!...!...!...");
  }
  SECTION("a reference was lost") {
    auto plan = plan_for(decode_level::everything);
    unit_stream stream{6, 4};
    CHECK(units(plan, stream, 2) == "!.");
    plan.lost_reference();
    CHECK(units(plan, stream, 10) == "..!.......");
  }
}
