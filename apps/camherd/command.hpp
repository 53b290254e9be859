#pragma once

#include "apps/camherd/exit_code.hpp"

namespace CLI {
class App;
}

namespace camherd::cli {

// Each function adds one subcommand, with its options, its help and examples, to `app`. When
// the command line names it, it runs at the end of `CLI::App::parse` and says in `code` how it
// ended. `code` must outlive the parsing.

/// `camherd add NAME URL [KEY=VALUE...]`: adds a camera to a running camherd.
void add_add(CLI::App& app, exit_code& code);

/// `camherd check FILE [--json]`: says what is wrong with a configuration, or prints it.
void add_check(CLI::App& app, exit_code& code);

/// `camherd completion bash|zsh`: prints what completes the command lines of `app`, which has
/// all other commands already.
void add_completion(CLI::App& app, exit_code& code);

/// `camherd events [-f]`: what happened to cameras of a running camherd.
void add_events(CLI::App& app, exit_code& code);

/// `camherd ls`: lists the cameras of a running camherd.
void add_ls(CLI::App& app, exit_code& code);

/// `camherd probe URL [--transport tcp] [--for 10s] [--json]`: says what a camera offers, or
/// what is wrong with it.
void add_probe(CLI::App& app, exit_code& code);

/// `camherd restart NAME... | --all`: opens new sessions to cameras of a running camherd.
void add_restart(CLI::App& app, exit_code& code);

/// `camherd rm NAME...`: removes cameras of a running camherd.
void add_rm(CLI::App& app, exit_code& code);

/// `camherd run FILE [--for 30s] [--report FILE]`: ingests the cameras of a configuration.
void add_run(CLI::App& app, exit_code& code);

/// `camherd set NAME KEY=VALUE...`: changes the settings of a camera of a running camherd.
void add_set(CLI::App& app, exit_code& code);

/// `camherd snapshot NAME -o FILE`: writes the newest picture of a camera.
void add_snapshot(CLI::App& app, exit_code& code);

/// `camherd start NAME...`: starts cameras of a running camherd that were stopped.
void add_start(CLI::App& app, exit_code& code);

/// `camherd stop NAME...`: stops cameras of a running camherd.
void add_stop(CLI::App& app, exit_code& code);

/// `camherd top`: watches the cameras of a running camherd.
void add_top(CLI::App& app, exit_code& code);

/// `camherd watch NAME... | --all`: reads cameras as a consumer and says how well that goes.
void add_watch(CLI::App& app, exit_code& code);

}  // namespace camherd::cli
