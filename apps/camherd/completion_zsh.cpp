#include "apps/camherd/completion.hpp"

namespace camherd::cli {
namespace {

constexpr auto beginning = R"text(#compdef camherd
# zsh completion of camherd, written by: camherd completion zsh

_camherd_cameras() {
  local -a names
  names=(${(f)"$(command $program ls --names 2>/dev/null)"})
  compadd -a names
}

_camherd() {
  local program=$words[1] curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C '(- *)'{-h,--help}'[Print this help and exit]' \
    '(- *)--version[Print the version and exit]' \
    '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands
      commands=(
)text";

constexpr auto between = R"text(      )
      _describe -t commands command commands
      ;;
    argument)
      case $words[1] in
)text";

// As a file in fpath, the script is the function's body; else it was sourced.
constexpr auto ending = R"text(      esac
      ;;
  esac
}

if [[ $funcstack[1] == _camherd ]]; then
  _camherd "$@"
else
  compdef _camherd camherd
fi
)text";

// Inside single quotes, with a backslash before each of `special`.
std::string quoted(const std::string& text, std::string_view special) {
  std::string safe;
  for (const char c : text) {
    if (c == '\'') {
      safe += "'\\''";
      continue;
    }
    if (special.find(c) != std::string_view::npos) safe += '\\';
    safe += c;
  }
  return safe;
}

std::string action_of(const word_shape& word) {
  std::string words;
  for (const auto& choice : word.choices) words += (words.empty() ? "" : " ") + choice;
  switch (word.kind) {
    case word_kind::choice:
      return '(' + words + ')';
    case word_kind::camera:
      return "_camherd_cameras";
    case word_kind::file:
      return "_files";
    case word_kind::folder:
      return "_files -/";
    case word_kind::setting:
      return "{compadd -S \"\" -- " + words + '}';
    case word_kind::nothing:
    case word_kind::text:
      break;
  }
  return " ";
}

std::string option_spec(const word_shape& option) {
  std::string spec;
  const auto rest = '[' + quoted(option.description, "[]") + ']' +
                    (option.kind == word_kind::nothing
                         ? ""
                         : ':' + quoted(option.name, ":") + ':' + action_of(option));
  for (const auto& spelling : option.spellings)
    spec += " \\\n            '" + spelling + rest + '\'';
  return spec;
}

std::string place_spec(const word_shape& place, std::size_t number) {
  return " \\\n            '" + (place.repeats ? "*" : std::to_string(number)) + ':' +
         quoted(place.name, ":") + ':' + action_of(place) + '\'';
}

}  // namespace

std::string zsh_completion(const std::vector<command_shape>& commands) {
  std::string text = beginning;
  for (const auto& command : commands)
    text += "        '" + command.name + ':' + quoted(command.description, "") + "'\n";
  text += between;
  for (const auto& command : commands) {
    text += "        " + command.name + ")\n          _arguments";
    for (const auto& option : command.options) text += option_spec(option);
    for (std::size_t i = 0; i < command.places.size(); ++i)
      text += place_spec(command.places[i], i + 1);
    text += "\n          ;;\n";
  }
  return text + ending;
}

}  // namespace camherd::cli
