#pragma once

#include "apps/camherd/exit_code.hpp"
#include "apps/camherd/remote/connection.hpp"

#include <optional>

namespace camherd::remote {

/// What an error of a `connection` means to a script.
[[nodiscard]] cli::exit_code code_of(error_kind kind) noexcept;

/// Writes the error to standard error, as a sentence of camherd's.
cli::exit_code say(const error& failed);

/// The connection that a command line asks for; says so where there is none.
[[nodiscard]] std::optional<connection> connect(const server_options& options,
                                                cli::exit_code& code);

/// JSON as one line; broken UTF-8 is replaced.
[[nodiscard]] std::string one_line(const json& content);

/// Ends what a command has written: failure if it could not be.
[[nodiscard]] cli::exit_code flush_output(cli::exit_code code);

}  // namespace camherd::remote
