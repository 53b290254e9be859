#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace camherd::cli {

/// What stands behind an option, or at a place of the command line.
enum class word_kind : std::uint8_t {
  nothing,  ///< an option that is a word itself
  text,     ///< something that nobody can guess
  choice,   ///< one of `word_shape::choices`
  camera,
  file,
  folder,
  setting,  ///< KEY=VALUE; the keys are the choices
};

struct word_shape {
  std::string name;         ///< what it is for people; of options the first of `spellings`
  std::string description;  ///< one line
  word_kind kind = word_kind::text;
  std::vector<std::string> choices{};
  std::vector<std::string> spellings{};  ///< of options: "-o" and "--output"
  bool repeats = false;                  ///< more of the same may follow
};

struct command_shape {
  std::string name;
  std::string description;
  std::vector<word_shape> options{};
  std::vector<word_shape> places{};  ///< arguments without a name, in their order
};

/// Scripts that complete the command lines of the program `camherd`. Words come from our own
/// options; what they ask camherd for is the names of cameras, and its silence is theirs.
[[nodiscard]] std::string bash_completion(const std::vector<command_shape>& commands);
[[nodiscard]] std::string zsh_completion(const std::vector<command_shape>& commands);

}  // namespace camherd::cli
