#include "config/document.hpp"

#include "config/utf8.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <exception>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <utility>

namespace camherd::yaml {
namespace {

// Thrown by the builder through yaml-cpp's parser, which has no other way to be stopped, and
// caught in parse_document.
struct refusal {
  config_problem problem;
};

// Reads from memory that it does not own.
class view_buffer : public std::streambuf {
 public:
  explicit view_buffer(std::string_view text) {
    auto* begin = const_cast<char*>(text.data());  // the get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

bool is_tagged(const std::string& tag) {
  return !tag.empty() && tag != "?" && tag != "!";
}

// Builds the tree from yaml-cpp's events. The parser descends only after it has announced the
// list or map, so refusing one that is too deep bounds the parser's own recursion as well.
class builder final : public YAML::EventHandler {
 public:
  builder(std::string_view source, document& into) : source_{source}, into_{into} {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "a second document begins here; only one is allowed");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    place(add(mark, node_kind::null, "?"), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "an alias (*) to an unknown anchor");
    const auto inside = [&](const level& l) { return l.container == found->second; };
    if (std::any_of(open_.begin(), open_.end(), inside)) {
      refuse(mark, "an alias (*) to something it is itself a part of");
    }
    insert(found->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    node* scalar = add(mark, node_kind::scalar, tag);
    scalar->plain = tag == "?";
    scalar->text = value;
    const auto offset = static_cast<std::size_t>(std::max(mark.pos, 0));
    scalar->verbatim =
        offset <= source_.size() && source_.substr(offset).starts_with(std::string_view{value});
    if (!scalar->plain && !quote_is_closed(offset)) refuse(mark, "this quote is never closed");
    // yaml-cpp makes a single byte of \N and \_.
    if (valid_utf8_prefix(value) != value.size()) {
      refuse(mark, "an escape that gives no UTF-8; write the character itself");
    }
    place(scalar, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, node_kind::list);
  }
  void OnSequenceEnd() override { open_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, node_kind::map);
  }
  void OnMapEnd() override {
    settle_keys(*open_.back().container);
    open_.pop_back();
  }

 private:
  struct level {
    node* container;
    const node* key = nullptr;  // of the entry whose value comes next
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string text) {
    throw refusal{{static_cast<std::size_t>(mark.line + 1),
                   static_cast<std::size_t>(mark.column + 1), std::move(text)}};
  }

  node* add(const YAML::Mark& mark, node_kind kind, const std::string& tag) {
    if (is_tagged(tag)) {
      refuse(mark, "tags (!) are not supported; quote a value that begins with '!'");
    }
    if (into_.nodes.size() >= max_nodes) refuse(mark, "too many values in one file");
    node& added = into_.nodes.emplace_back();
    added.kind = kind;
    added.line = static_cast<std::size_t>(mark.line + 1);
    added.column = static_cast<std::size_t>(mark.column + 1);
    return &added;
  }

  void place(node* added, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = added;
    insert(added);
  }

  void insert(const node* value) {
    if (open_.empty()) {
      into_.root = value;
      return;
    }
    auto& [container, key] = open_.back();
    if (container->kind == node_kind::list) {
      container->items.push_back(value);
    } else if (key == nullptr) {
      key = value;
    } else {
      container->entries.push_back({std::exchange(key, nullptr), value});
    }
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            node_kind kind) {
    if (open_.size() >= max_depth) {
      refuse(mark, "nested more than " + std::to_string(max_depth) + " levels deep");
    }
    node* container = add(mark, kind, tag);
    place(container, anchor);
    open_.push_back({container});
  }

  // yaml-cpp ends a quoted scalar at the end of the file without a word.
  bool quote_is_closed(std::size_t at) const {
    while (at < source_.size() && (source_[at] == '&' || source_[at] == '!')) {
      at = source_.find_first_of(" \t\r\n", at);
      at = source_.find_first_not_of(" \t\r\n", at);
    }
    if (at >= source_.size() || (source_[at] != '\'' && source_[at] != '"')) return true;
    const char quote = source_[at];
    for (++at; at < source_.size(); ++at) {
      if (quote == '"' && source_[at] == '\\') {
        ++at;
      } else if (source_[at] == quote) {
        if (quote == '"' || !source_.substr(at + 1).starts_with(quote)) return true;
        ++at;
      }
    }
    return false;
  }

  void settle_keys(node& map);
  void merge(const node& from, const node& key, node& map,
             std::unordered_map<std::string_view, const node*>& known);

  std::string_view source_;
  document& into_;
  std::size_t documents_ = 0;
  std::vector<level> open_;
  std::unordered_map<YAML::anchor_t, node*> anchors_;
  std::size_t merged_ = 0;
};

// Leaves entries with unique scalar keys and resolves merge keys; reports the rest.
void builder::settle_keys(node& map) {
  std::unordered_map<std::string_view, const node*> known;
  std::vector<map_entry> merges;
  std::vector<map_entry> written;
  written.swap(map.entries);
  for (const auto& entry : written) {
    const node& key = *entry.key;
    if (key.kind == node_kind::null) {
      into_.problems.push_back({key.line, key.column, "an empty key, or null: quote it"});
    } else if (key.kind != node_kind::scalar) {
      into_.problems.push_back(
          {key.line, key.column, "a key is one word, not a list or a map"});
    } else if (key.plain && key.text == "<<") {
      merges.push_back(entry);
    } else if (const auto [first, is_new] = known.emplace(key.text, &key); !is_new) {
      into_.problems.push_back(
          {key.line, key.column,
           "this key is already given in line " + std::to_string(first->second->line)});
    } else {
      map.entries.push_back(entry);
    }
  }
  for (const auto& entry : merges) {
    if (entry.value->kind == node_kind::list) {
      for (const node* item : entry.value->items) merge(*item, *entry.key, map, known);
    } else {
      merge(*entry.value, *entry.key, map, known);
    }
  }
}

void builder::merge(const node& from, const node& key, node& map,
                    std::unordered_map<std::string_view, const node*>& known) {
  if (from.kind != node_kind::map) {
    throw refusal{{key.line, key.column, "<< takes an alias of a map, or a list of them"}};
  }
  merged_ += from.entries.size() + 1;
  if (merged_ > max_merged_entries) {
    throw refusal{{key.line, key.column, "too many merged keys in one file"}};
  }
  for (const auto& entry : from.entries) {
    if (known.emplace(entry.key->text, entry.key).second) map.entries.push_back(entry);
  }
}

struct plain_words {
  std::string_view yaml_cpp;
  std::string_view ours;
};
constexpr std::array<plain_words, 8> messages{{
    {"illegal map value",
     "unexpected ':'; check the indentation here and in the line above, and "
     "quote a value that contains ': '"},
    {"end of map not found", "the indentation fits no line above"},
    {"end of sequence not found", "the indentation fits no line above"},
    {"end of map flow not found", "a '{' is not closed before this"},
    {"end of sequence flow not found", "a '[' is not closed before this"},
    {"the referenced anchor is not defined",
     "an alias (*) to an unknown anchor; quote a value that begins with '*'"},
    {"unknown token", "a value must not begin with this character; quote it"},
    {"unknown escape character", "an unknown escape after '\\'; use single quotes"},
}};

// What follows a colon in a message of yaml-cpp is a piece of the file, perhaps of a password.
std::string describe(const YAML::Exception& e, std::string_view line) {
  const auto text = line.find_first_not_of(" \t");
  if (text != std::string_view::npos &&
      line.substr(0, text).find('\t') != std::string_view::npos) {
    return "a tab in the indentation; YAML wants spaces";
  }
  const auto message = std::string_view{e.msg}.substr(0, e.msg.find(':'));
  const auto known =
      std::find_if(messages.begin(), messages.end(),
                   [&](const plain_words& entry) { return entry.yaml_cpp == message; });
  return "not YAML: " + std::string{known == messages.end() ? message : known->ours};
}

std::string_view line_at(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, std::min(offset, text.size())).rfind('\n');
  const auto begin = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

// The place of the first byte that no YAML file may contain, as a problem.
std::optional<config_problem> forbidden_byte(std::string_view text) {
  const auto is_forbidden = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
  };
  const auto control = static_cast<std::size_t>(
      std::find_if(text.begin(), text.end(), is_forbidden) - text.begin());
  const auto broken = valid_utf8_prefix(text);
  const auto offset = std::min(control, broken);
  if (offset == text.size()) return std::nullopt;
  const auto before = text.substr(0, offset);
  const auto line =
      static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const auto newline = before.rfind('\n');
  const auto column = newline == std::string_view::npos ? offset + 1 : offset - newline;
  return config_problem{line, column,
                        broken <= control ? "not UTF-8 from here on"
                                          : "a control character; is this a text file?"};
}

}  // namespace

document parse_document(std::string_view text) {
  document parsed;
  if (text.size() > max_document_bytes) {
    parsed.problems.push_back({0, 0, "the file is larger than 1 MiB"});
    return parsed;
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (auto problem = forbidden_byte(text)) {
    parsed.problems.push_back(*std::move(problem));
    return parsed;
  }
  const auto fail = [&](config_problem problem) {
    parsed.root = nullptr;
    parsed.problems.push_back(std::move(problem));
  };
  try {
    view_buffer buffer{text};
    std::istream in{&buffer};
    YAML::Parser parser{in};
    builder events{text, parsed};
    while (parser.HandleNextDocument(events)) {
    }
  } catch (const refusal& e) {
    fail(e.problem);
  } catch (const YAML::Exception& e) {
    fail({static_cast<std::size_t>(e.mark.line + 1),
          static_cast<std::size_t>(e.mark.column + 1),
          describe(e, line_at(text, static_cast<std::size_t>(std::max(e.mark.pos, 0))))});
  } catch (const std::exception& e) {
    fail({0, 0, "not YAML"});
  }
  return parsed;
}

}  // namespace camherd::yaml
