#pragma once

#include "config/load.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace camherd {

/// What is wrong with one `${...}`.
struct expansion_problem {
  std::size_t offset = 0;  ///< of its '$' in the text
  std::string text;        ///< names the variable, never its value
};

/// A scalar after its variables were replaced.
struct expansion {
  std::string text;
  bool from_environment = false;  ///< a variable was looked up: show nothing of the text
  std::vector<expansion_problem> problems;
};

/// Replaces `${NAME}` by its value and `${NAME:-default}` by its value or, where that is unset
/// or empty, by the default; `$${` becomes `${`. Values are not searched for further variables.
/// In what is put in before `quoted_until` (an offset in `text`), the characters `/ ? # @` are
/// percent-encoded.
[[nodiscard]] expansion expand(std::string_view text, const environment& env,
                               std::size_t quoted_until = 0);

/// The same text with each `${` escaped, so that `expand` gives it back.
[[nodiscard]] std::string escape_variables(std::string_view text);

/// Where the user information of a URL ends that may contain variables: the offset of its '@',
/// 0 if there is none. A password that comes from a variable may contain any character and must
/// not be taken for the host.
[[nodiscard]] std::size_t user_information_end(std::string_view url);

}  // namespace camherd
