// SPDX-License-Identifier: Apache-2.0
// From TOML text to our own tree. Two things are better than what the library gives by itself: tables keep the order of
// the file, and a number keeps its digits, so that 0.1 and 10000000000.12345678 do not pass through a double.
#include "sidecar/config/tree.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sstream>
#include <tuple>

namespace bulwark::config {
namespace {

// Deeper nesting than any configuration has; the recursion here and in the library must not eat the stack.
constexpr int nesting_max = 200;

struct Position {
  std::uint32_t line, column;
  friend auto operator<=>(const Position&, const Position&) = default;
};

class Converter {
public:
  Converter(std::string_view text, const std::string& file) : file_(file) {
    for (std::size_t start = 0; start <= text.size();) {
      const std::size_t end = std::min(text.find('\n', start), text.size());
      lines_.push_back(text.substr(start, end - start));
      start = end + 1;
    }
  }

  Node convert(std::string_view key, const toml::node& from) const {
    Node node;
    node.key = key;
    node.place = {file_, static_cast<int>(from.source().begin.line), {}};
    if (const toml::table* table = from.as_table()) {
      take_table(*table, node);
    } else if (const toml::array* array = from.as_array()) {
      node.kind = Kind::Array;
      for (const toml::node& item : *array) node.children.push_back(convert("", item));
    } else {
      take_scalar(from, node);
    }
    return node;
  }

private:
  // A table made by a header further down (`[limit.a.on]` before `[limit.a]`) stands where it was first spoken of.
  static Position first_seen(const toml::node& node) {
    Position first{node.source().begin.line, node.source().begin.column};
    if (const toml::table* table = node.as_table()) {
      for (const auto& [key, child] : *table) {
        const Position position = first_seen(child);
        if (first.line == 0 || position < first) first = position;
      }
    }
    return first;
  }

  void take_table(const toml::table& table, Node& node) const {
    std::vector<std::tuple<Position, std::string_view, const toml::node*>> ordered;
    for (const auto& [key, child] : table) ordered.emplace_back(first_seen(child), key.str(), &child);
    std::sort(ordered.begin(), ordered.end());
    for (const auto& [position, key, child] : ordered) {
      node.children.push_back(convert(key, *child));
      node.children.back().place.line = std::max(node.children.back().place.line, 1);
    }
  }

  void take_scalar(const toml::node& from, Node& node) const {
    if (const auto* text = from.as_string()) {
      node.kind = Kind::String;
      node.text = text->get();
    } else if (const auto* integer = from.as_integer()) {
      node.kind = Kind::Integer;
      node.text = std::to_string(integer->get());
    } else if (const auto* number = from.as_floating_point()) {
      node.kind = Kind::Float;
      node.text = digits_of(from.source(), number->get());
    } else if (const auto* truth = from.as_boolean()) {
      node.kind = Kind::Boolean;
      node.text = truth->get() ? "true" : "false";
    } else {
      node.kind = Kind::Time;
      node.text = written(from.source());
    }
  }

  // The text of a value of one line. The library counts columns in characters, so bytes of a longer one are skipped.
  std::string written(const toml::source_region& region) const {
    if (region.begin.line == 0 || region.begin.line > lines_.size()) return {};
    std::string result;
    std::uint32_t column = 0;
    for (const char c : lines_[region.begin.line - 1]) {
      if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++column;
      if (column >= region.end.column) break;
      if (column >= region.begin.column) result += c;
    }
    return result;
  }

  std::string digits_of(const toml::source_region& region, double value) const {
    if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    std::string digits = written(region);
    std::erase(digits, '_');
    if (digits.starts_with('+')) digits.erase(0, 1);
    char* end = nullptr;
    const double read_back = std::strtod(digits.c_str(), &end);
    // Not the same number: no digits at all, which no key accepts, are safer than wrong ones.
    return end == digits.c_str() + digits.size() && read_back == value ? digits : "?";
  }

  std::string file_;
  std::vector<std::string_view> lines_;
};

// The line of a dotted key that nests too deeply; 0: none does. (For brackets the library has a limit of its own.)
int too_deep(std::string_view text) {
  int line = 1, dots = 0;
  char quote = 0;
  bool comment = false;
  for (const char c : text) {
    if (c == '\n') {
      ++line;
      dots = 0;
      quote = 0;
      comment = false;
    } else if (comment || quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == ',') {
      dots = 0;
    } else {
      comment = c == '#';
      if (c == '.' && ++dots > nesting_max) return line;
    }
  }
  return 0;
}

void mark_variable(Node& node, const std::string& variable) {
  node.place = {{}, 0, variable};
  for (Node& child : node.children) mark_variable(child, variable);
}

}  // namespace

const Node* Node::find(std::string_view child) const {
  for (const Node& candidate : children) {
    if (candidate.key == child) return &candidate;
  }
  return nullptr;
}

Parsed parse_toml(std::string_view text, const std::string& file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Parsed result;
  result.root.place = {file, 1, {}};
  if (const int line = too_deep(text); line != 0) {
    result.mistakes.push_back({{file, line, {}}, "", "syntax: nested too deeply"});
    return result;
  }
  try {
    const toml::table table = toml::parse(text, std::string_view{file});
    result.root = Converter(text, file).convert("", table);
    result.root.place = {file, 1, {}};
  } catch (const toml::parse_error& error) {
    const int line = std::max(1, static_cast<int>(error.source().begin.line));
    result.mistakes.push_back({{file, line, {}}, "", "syntax: " + std::string(error.description())});
  }
  return result;
}

Node parse_value(const std::string& raw, const std::string& variable) {
  Parsed parsed = parse_toml("value = " + raw, variable);
  Node node;
  if (parsed.mistakes.empty() && parsed.root.children.size() == 1 && parsed.root.children[0].key == "value") {
    node = std::move(parsed.root.children[0]);
  } else {
    node.kind = Kind::String;
    node.text = raw;
  }
  mark_variable(node, variable);
  node.raw = raw;
  return node;
}

}  // namespace bulwark::config
