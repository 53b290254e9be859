#include "apps/camherd/remote/terminal_text.hpp"

#include "tests/support/catch.hpp"

using namespace camherd::remote;

TEST_CASE("what a terminal would obey is made visible", "[remote][text]") {
  CHECK(terminal_text("a\x1b[2Jb\r\nc\x7f") == "a?[2Jb??c?");
  CHECK(terminal_text("a\xc2\x9b"
                      "31m") == "a?31m");  // CSI as one character
  CHECK(terminal_text("a\xe2\x80\xae"
                      "b") == "a?b");  // right-to-left override
  CHECK(terminal_text("K\xc3\xbc"
                      "che \xe5\x85\xa5") ==
        "K\xc3\xbc"
        "che \xe5\x85\xa5");
}

TEST_CASE("what is no UTF-8 is made visible", "[remote][text]") {
  CHECK(terminal_text("\xff"
                      "a\xc3") == "?a?");
  CHECK(terminal_text("\xc0\x9b") == "??");            // overlong
  CHECK(terminal_text("\xed\xa0\x80") == "???");       // a surrogate
  CHECK(terminal_text("\xf4\x90\x80\x80") == "????");  // beyond U+10FFFF
  CHECK(terminal_text("\xe0\x82\x9b") == "???");       // overlong CSI
}

TEST_CASE("texts are cut between characters", "[remote][text]") {
  CHECK(cut("K\xc3\xbc"
            "che",
            2) == "K\xc3\xbc");
  CHECK(cut("ab", 5) == "ab");
  CHECK(cell("\xc3\xbc", 3) == "\xc3\xbc  ");
  CHECK(width_of("K\xc3\xbc"
                 "che") == 5);
}
