#pragma once

#include "core/base/result.hpp"

#include <string>

namespace CLI {
class App;
}

namespace camherd::remote {

/// Which camherd to talk to, as a command line says it.
struct server_options {
  std::string url = "http://127.0.0.1:8470";
  std::string token_file;
  std::string
      authorities;  ///< file with certificates to trust, PEM; empty: those of the system
};

/// --server, --token-file and --ca.
void add_server_options(CLI::App& command, server_options& options);

/// Where a camherd answers, and what it asks for.
struct server_address {
  std::string url;          ///< http or https, without credentials and without '/' at its end
  std::string token;        ///< empty: none
  std::string authorities;  ///< as in `server_options`
  bool is_loopback = false;

  /// Checks the URL, and reads the token from its file or else from CAMHERD_TOKEN. Errors:
  /// `invalid_argument`, as a sentence without the token.
  [[nodiscard]] static result<server_address> from(const server_options& options);
};

}  // namespace camherd::remote
