#pragma once

#include "config/load.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::yaml {

/// Bounds on what is read. They hold before yaml-cpp, which recurses with the depth of its
/// input, can be made to use the whole stack or memory.
inline constexpr std::size_t max_document_bytes = 1024 * 1024;
inline constexpr std::size_t max_depth = 16;
inline constexpr std::size_t max_nodes = 200'000;
inline constexpr std::size_t max_merged_entries = 100'000;  ///< of all `<<` keys together

enum class node_kind : std::uint8_t { null, scalar, list, map };

struct node;

struct map_entry {
  const node* key;  ///< a scalar
  const node* value;
};

/// One value of a document and where it stands. An alias is the node of its anchor, so nodes
/// may be shared; they never form a circle.
struct node {
  node_kind kind = node_kind::null;
  std::size_t line = 0;            ///< 1-based
  std::size_t column = 0;          ///< 1-based, in bytes
  bool plain = false;              ///< scalar: written without quotes
  bool verbatim = false;           ///< scalar: stands in the file byte for byte as in `text`
  std::string text;                ///< scalar
  std::vector<const node*> items;  ///< list
  std::vector<map_entry> entries;  ///< map: keys are unique, merge keys (`<<`) resolved
};

/// A parsed document; owns its nodes.
struct document {
  std::deque<node> nodes;
  const node* root = nullptr;  ///< null if the text is no YAML within bounds, or is empty
  std::vector<config_problem>
      problems;  ///< never repeat a scalar of the text: it may be secret
};

/// Reads one YAML document (1.2 as yaml-cpp understands it) in UTF-8. Tags, keys that are not
/// scalars, duplicate keys, aliases to their own parents and more than one document are
/// problems. Never throws.
[[nodiscard]] document parse_document(std::string_view text);

}  // namespace camherd::yaml
