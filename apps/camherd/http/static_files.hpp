#pragma once

#include "apps/camherd/http/router.hpp"

#include <span>
#include <string_view>

namespace camherd::http {

/// A file that was built into the program (cmake/EmbedFiles.cmake). Everything lives as long as
/// the program.
struct static_file {
  std::string_view path;  ///< below the served folder: "index.html", "icons/live.svg"
  std::string_view bytes;
  std::string_view gzipped;  ///< the same, compressed; empty: that saves nothing
};

/// Serves each file at "/" and its path, to everybody: what it shows is behind the token.
/// "index.html" is also "/", and so for every folder. Answers carry an ETag of the content, and
/// browsers ask whether it is still the same before each use, which after an upgrade it is not.
void serve_files(router& to, std::span<const static_file> files);

/// The media type of a file by the ending of its name.
[[nodiscard]] std::string_view media_type_of(std::string_view path) noexcept;

}  // namespace camherd::http
