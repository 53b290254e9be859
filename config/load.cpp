#include "config/load.hpp"

#include "config/document.hpp"
#include "config/reader.hpp"
#include "core/base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace camherd {
namespace {

// Stops one byte after the limit of a document, which is enough for it to be refused.
result<std::string> read_text(const std::string& path) {
  const unique_fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) return system_error(error_kind::invalid_argument, path, errno);
  std::string text;
  std::array<char, 65536> block;
  while (text.size() <= yaml::max_document_bytes) {
    const auto count = ::read(file.get(), block.data(), block.size());
    if (count == 0) break;
    if (count > 0) {
      text.append(block.data(), static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return system_error(error_kind::invalid_argument, path, errno);
    }
  }
  return text;
}

}  // namespace

config_outcome parse_config(std::string_view yaml, const environment& env) {
  return config_reader{env}.read(yaml::parse_document(yaml));
}

result<config_outcome> load_config(const std::string& path, const environment& env) {
  const auto text = read_text(path);
  if (!text) return text.error();
  return parse_config(*text, env);
}

}  // namespace camherd
