#include "apps/camherd/remote/outcome.hpp"

#include <iostream>

namespace camherd::remote {

using cli::exit_code;

exit_code code_of(error_kind kind) noexcept {
  switch (kind) {
    case error_kind::authentication:
      return exit_code::authentication;
    case error_kind::invalid_argument:
      return exit_code::usage;
    case error_kind::retry:
    case error_kind::corrupt:
    case error_kind::unsupported:
    case error_kind::end_of_stream:
      return exit_code::camera;
    case error_kind::internal:
      break;
  }
  return exit_code::failure;
}

exit_code say(const error& failed) {
  std::cerr << "camherd: " << failed.message() << '\n';
  return code_of(failed.kind());
}

std::optional<connection> connect(const server_options& options, exit_code& code) {
  auto address = server_address::from(options);
  if (!address) {
    code = say(address.error());
    return std::nullopt;
  }
  auto opened = connection::open(*std::move(address));
  if (!opened) {
    code = say(opened.error());
    return std::nullopt;
  }
  return *std::move(opened);
}

std::string one_line(const json& content) {
  return content.dump(-1, ' ', false, json::error_handler_t::replace);
}

exit_code flush_output(exit_code code) {
  if (std::cout.flush()) return code;
  std::cerr << "camherd: cannot write to standard output\n";
  return exit_code::failure;
}

}  // namespace camherd::remote
