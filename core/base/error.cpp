#include "core/base/error.hpp"

#include <system_error>

namespace camherd {

std::string_view to_string(error_kind kind) noexcept {
  switch (kind) {
    case error_kind::retry:
      return "retry";
    case error_kind::authentication:
      return "authentication";
    case error_kind::unsupported:
      return "unsupported";
    case error_kind::corrupt:
      return "corrupt";
    case error_kind::end_of_stream:
      return "end_of_stream";
    case error_kind::invalid_argument:
      return "invalid_argument";
    case error_kind::internal:
      return "internal";
  }
  return "internal";
}

error error::within(std::string_view context) const {
  std::string message{context};
  message += ": ";
  message += message_;
  return {kind_, std::move(message)};
}

std::ostream& operator<<(std::ostream& out, const error& e) {
  return out << to_string(e.kind()) << ": " << e.message();
}

error system_error(error_kind kind, std::string_view operation, int code) {
  return error{kind, std::generic_category().message(code)}.within(operation);
}

}  // namespace camherd
