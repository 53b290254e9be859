#include "apps/camherd/completion.hpp"

#include "apps/camherd/command.hpp"
#include "config/camera_settings.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <sstream>

namespace camherd::cli {
namespace {

std::vector<std::string> setting_words() {
  std::vector<std::string> words;
  for (const auto& setting : print_camera(camera_config{}, secrets::hidden)) {
    if (setting.key != "url") words.push_back(setting.key + '=');
  }
  return words;
}

// CLI11 writes the words that an option takes behind its type: TEXT:{tcp,udp}.
std::vector<std::string> choices_in(const std::string& type) {
  std::vector<std::string> choices;
  const auto begin = type.find('{');
  const auto end = type.find('}', begin);
  if (begin == std::string::npos || end == std::string::npos) return choices;
  std::istringstream words{type.substr(begin + 1, end - begin - 1)};
  for (std::string word; std::getline(words, word, ',');) choices.push_back(word);
  return choices;
}

word_shape shape_of(const CLI::Option& option) {
  word_shape shape{.name = option.get_single_name(), .description = option.get_description()};
  for (const auto& name : option.get_snames()) shape.spellings.push_back('-' + name);
  for (const auto& name : option.get_lnames()) shape.spellings.push_back("--" + name);
  shape.repeats = option.get_items_expected_max() > 1;
  const auto type = option.get_type_name();
  shape.choices = choices_in(type);
  if (option.get_items_expected_max() == 0) {
    shape.kind = word_kind::nothing;
  } else if (!shape.choices.empty()) {
    shape.kind = word_kind::choice;
  } else if (type.starts_with("CAMERA")) {
    shape.kind = word_kind::camera;
  } else if (type.starts_with("FILE")) {
    shape.kind = word_kind::file;
  } else if (type.starts_with("DIR")) {
    shape.kind = word_kind::folder;
  } else if (type.starts_with("KEY=VALUE")) {
    shape.kind = word_kind::setting;
    shape.choices = setting_words();
  }
  return shape;
}

std::vector<command_shape> shapes_of(const CLI::App& app) {
  std::vector<command_shape> shapes;
  for (const auto* command : app.get_subcommands({})) {
    command_shape shape{.name = command->get_name(), .description = command->get_description()};
    for (const auto* option : command->get_options())
      (option->get_positional() ? shape.places : shape.options).push_back(shape_of(*option));
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

}  // namespace

void add_completion(CLI::App& app, exit_code& code) {
  auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand("completion", "Print a script for the Tab key of a shell");
  command->add_option("shell", *shell, "bash or zsh")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>{"bash", "zsh"}));
  command->footer(
      "Completes commands, options, their values, and the names of cameras, for which it asks\n"
      "the camherd of CAMHERD_SERVER, or else of this machine.\n"
      "\n"
      "Examples:\n"
      "  source <(camherd completion bash)\n"
      "  camherd completion bash > ~/.local/share/bash-completion/completions/camherd\n"
      "  camherd completion zsh > /usr/local/share/zsh/site-functions/_camherd\n");
  command->final_callback([shell, &app, &code] {
    const auto shapes = shapes_of(app);
    std::cout << (*shell == "bash" ? bash_completion(shapes) : zsh_completion(shapes))
              << std::flush;
    code = std::cout ? exit_code::success : exit_code::failure;
  });
}

}  // namespace camherd::cli
