#include "apps/camherd/completion.hpp"

namespace camherd::cli {
namespace {

// Options whose value is a word of its own are left out where words without a name are counted.
constexpr auto beginning =
    R"text(# bash completion of camherd, written by: camherd completion bash

_camherd_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
}

_camherd_paths() {
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen "$1" -- "$current")
}

# Not by compgen -W, which would run what a name says between $( and ).
_camherd_cameras() {
  local name
  while IFS= read -r name; do
    if [[ $name == "$current"* ]]; then
      printf -v name %q "$name"
      COMPREPLY+=("$name")
    fi
  done < <(command "${COMP_WORDS[0]}" ls --names 2>/dev/null)
}

_camherd() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command=${COMP_WORDS[1]} place=0 i
  COMPREPLY=()
)text";

constexpr auto counting = R"text(  for ((i = 2; i < COMP_CWORD; ++i)); do
    case "$command ${COMP_WORDS[i]}" in
)text";

constexpr auto ending = R"text(
complete -F _camherd camherd
)text";

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string action_of(const word_shape& word) {
  switch (word.kind) {
    case word_kind::choice:
      return "_camherd_words '" + joined(word.choices) + "'";
    case word_kind::camera:
      return "_camherd_cameras";
    case word_kind::file:
      return "_camherd_paths -f";
    case word_kind::folder:
      return "_camherd_paths -d";
    case word_kind::setting:
      return "compopt -o nospace; _camherd_words '" + joined(word.choices) + "'";
    case word_kind::nothing:
    case word_kind::text:
      break;
  }
  return "";
}

// A pattern that matches "COMMAND OPTION" for each spelling.
std::string pattern_of(const command_shape& command, const word_shape& option) {
  std::string pattern;
  for (const auto& spelling : option.spellings)
    pattern += (pattern.empty() ? "\"" : " | \"") + command.name + ' ' + spelling + '"';
  return pattern;
}

std::string values_of_options(const std::vector<command_shape>& commands) {
  std::string text = "  case \"$command $previous\" in\n";
  for (const auto& command : commands) {
    for (const auto& option : command.options) {
      if (option.kind == word_kind::nothing) continue;
      const auto action = action_of(option);
      text += "    " + pattern_of(command, option) + ")\n";
      if (!action.empty()) text += "      " + action + '\n';
      text += "      return\n      ;;\n";
    }
  }
  return text + "  esac\n";
}

std::string names_of_options(const std::vector<command_shape>& commands) {
  std::string text = "  if [[ $current == -* ]]; then\n    case $command in\n";
  for (const auto& command : commands) {
    std::string words;
    for (const auto& option : command.options)
      words += (words.empty() ? "" : " ") + joined(option.spellings);
    text += "      " + command.name + ") _camherd_words '" + words + "' ;;\n";
  }
  return text + "    esac\n    return\n  fi\n";
}

std::string count_of_places(const std::vector<command_shape>& commands) {
  std::string text = counting;
  for (const auto& command : commands) {
    for (const auto& option : command.options) {
      if (option.kind != word_kind::nothing)
        text += "      " + pattern_of(command, option) + ") ((++i)) ;;\n";
    }
  }
  return text + "      *\" -\"*) ;;\n      *) ((++place)) ;;\n    esac\n  done\n";
}

std::string words_of_places(const std::vector<command_shape>& commands) {
  std::string text = "  case \"$command $place\" in\n";
  for (const auto& command : commands) {
    for (std::size_t i = 0; i < command.places.size(); ++i) {
      const auto& place = command.places[i];
      const auto action = action_of(place);
      text += "    \"" + command.name + ' ' +
              (place.repeats ? "\"*" : std::to_string(i) + '"') + ") " + action +
              (action.empty() ? ";;\n" : " ;;\n");
    }
  }
  return text + "  esac\n";
}

}  // namespace

std::string bash_completion(const std::vector<command_shape>& commands) {
  std::string names;
  for (const auto& command : commands) names += (names.empty() ? "" : " ") + command.name;
  return beginning +
         ("  if ((COMP_CWORD == 1)); then\n    _camherd_words '" + names +
          " --help --version'\n    return\n  fi\n") +
         values_of_options(commands) + names_of_options(commands) + count_of_places(commands) +
         words_of_places(commands) + "}\n" + ending;
}

}  // namespace camherd::cli
