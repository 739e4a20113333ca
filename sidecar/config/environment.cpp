// SPDX-License-Identifier: Apache-2.0
// A variable finds its key by walking the tree: a name that is there is taken however it is written (case, `-`, `_`),
// anything else becomes a new key, and whether such a key exists is for the reader of its table to say.
#include "sidecar/config/environment.h"

#include <fmt/format.h>

#include <algorithm>

#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

constexpr std::string_view prefix = "BULWARK__";
constexpr std::string_view separator = "__";

std::string upper(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '-') c = '_';
  }
  return result;
}

std::string lower(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Tables whose names are chosen by the user. A variable changes the named thing, it never invents one ...
bool holds_named_things(std::string_view section, std::string_view table, int depth) {
  if (depth == 2) return section == "console" && table == "person";
  return depth == 1 && (section == "account" || section == "strategy" || section == "limit");
}
// ... but in these two the name itself is the key, and codes like EUR or AAPL are upper case.
bool holds_codes(std::string_view section) { return section == "fx" || section == "locate"; }

class Overlay {
public:
  Overlay(const Variable& variable, std::vector<Mistake>& mistakes) : variable_(variable), mistakes_(mistakes) {}

  void apply(Node& root) {
    const std::string_view rest = std::string_view(variable_.name).substr(prefix.size());
    if (upper(rest) != rest) return mistake("is not written in upper case, with `_` for `-`");
    if (!valid_utf8(variable_.value)) return mistake("its value is no UTF-8 text");
    walk(root, rest, "", 0);
  }

private:
  void mistake(std::string message) { mistakes_.push_back({{{}, 0, variable_.name}, key_, std::move(message)}); }

  // The child that the beginning of `rest` names: the longest, since a name may hold `__` itself.
  Node* matching(Node& table, std::string_view rest, bool& ambiguous) {
    Node* best = nullptr;
    for (Node& child : table.children) {
      const std::string name = upper(child.key);
      const bool whole = rest == name;
      const bool part = rest.starts_with(name) && rest.substr(name.size()).starts_with(separator);
      if (name.empty() || !(whole || part)) continue;
      if (best != nullptr && best->key.size() == child.key.size()) ambiguous = true;
      if (best == nullptr || best->key.size() < child.key.size()) {
        if (best != nullptr) ambiguous = false;
        best = &child;
      }
    }
    return best;
  }

  void walk(Node& table, std::string_view rest, std::string_view section, int depth) {
    bool ambiguous = false;
    Node* child = matching(table, rest, ambiguous);
    if (ambiguous) return mistake("names several keys that differ only in case, `-` and `_`");
    if (child == nullptr) {
      const std::string_view part = rest.substr(0, rest.find(separator));
      if (part.empty()) return mistake("names no key");
      if (holds_named_things(section, table.key, depth)) return unknown_name(table, part);
      child = &table.children.emplace_back();
      child->key = depth == 1 && holds_codes(section) ? std::string(part) : lower(part);
      child->place.variable = variable_.name;
      rest.remove_prefix(part.size());
    } else {
      rest.remove_prefix(upper(child->key).size());
    }
    key_ += (key_.empty() ? "" : ".") + key_text(child->key);
    if (rest.empty()) {
      const std::string key = child->key;
      *child = parse_value(variable_.value, variable_.name);
      child->key = key;
    } else if (child->kind != Kind::Table) {
      mistake("is a single value and has no keys below it");
    } else {
      const std::string own_section = depth == 0 ? child->key : std::string(section);
      walk(*child, rest.substr(separator.size()), own_section, depth + 1);
    }
  }

  void unknown_name(const Node& table, std::string_view part) {
    std::vector<std::string> names;
    for (const Node& child : table.children) names.push_back(upper(child.key));
    mistake(fmt::format("the file has no {} named {}{}", table.key, shown(part), suggestion(part, names)));
  }

  const Variable& variable_;
  std::vector<Mistake>& mistakes_;
  std::string key_;
};

}  // namespace

Environment read_environment(const char* const* environ) {
  Environment result;
  for (; environ != nullptr && *environ != nullptr; ++environ) {
    const std::string_view entry = *environ;
    if (!entry.starts_with(prefix)) continue;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    result.push_back({std::string(entry.substr(0, equals)), std::string(entry.substr(equals + 1))});
  }
  return result;
}

void overlay(Node& root, const Environment& environment, std::vector<Mistake>& mistakes) {
  // In the order of their names, so that BULWARK__A={...} comes before BULWARK__A__B and does not undo it.
  Environment sorted = environment;
  std::sort(sorted.begin(), sorted.end(), [](const Variable& a, const Variable& b) { return a.name < b.name; });
  for (const Variable& variable : sorted) {
    if (!variable.name.starts_with(prefix)) continue;
    if (valid_utf8(variable.name)) Overlay(variable, mistakes).apply(root);
    else mistakes.push_back({{{}, 0, shown(variable.name)}, "", "its name is no UTF-8 text"});
  }
}

}  // namespace bulwark::config
