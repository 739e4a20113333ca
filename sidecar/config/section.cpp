// SPDX-License-Identifier: Apache-2.0
// The typed getters of a table, and the words of their mistakes.
#include "sidecar/config/section.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "shm/decimal.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

bool is_number(const std::string& digits) { return digits.find_first_not_of("0123456789+-.eE") == std::string::npos; }

From from_of(const Place& place) { return place.variable.empty() ? From::File : From::Environment; }

// An array as JSON (and TOML) writes it.
std::string array_text(const Node& array) {
  std::string result = "[";
  for (const Node& item : array.children) {
    if (result.size() > 1) result += ", ";
    if (item.kind == Kind::Array) result += array_text(item);
    else if (item.kind == Kind::Integer || item.kind == Kind::Boolean) result += item.text;
    else result += quoted(item.text);
  }
  return result + "]";
}

}  // namespace

std::string found_text(const Node& node) {
  switch (node.kind) {
    case Kind::Table: return "a table";
    case Kind::Array: return "an array";
    case Kind::String: return shown(node.text);
    case Kind::Time: return "the time " + node.text;
    default: return node.text;
  }
}

std::optional<std::string> text_of(const Node& node) {
  if (node.kind == Kind::String) return node.text;
  if (!node.raw.empty() && node.kind != Kind::Table && node.kind != Kind::Array) return node.raw;
  return std::nullopt;
}

void note_value(Report& report, const std::string& key, const Node& node) {
  Origin origin{key, node.text, node.kind, from_of(node.place), node.place};
  if (node.kind == Kind::Array) origin.value_text = array_text(node);
  if (node.kind == Kind::Table) origin.value_text = "{}";
  if (node.kind == Kind::Float && !is_number(node.text)) origin.kind = Kind::String;
  report.values.push_back(std::move(origin));
}

std::optional<int128> decimal_of(Report& report, const Node& node, const std::string& key, const DecimalRange& range) {
  const bool number = node.kind == Kind::Integer || node.kind == Kind::Float;
  if (!number && node.kind != Kind::String) {
    report.mistake(node.place, key, fmt::format("found {}; allowed is {}", found_text(node), range.words));
    return std::nullopt;
  }
  const Decimal decimal = parse_decimal(node.text, saturated_raw, number);
  if (decimal.error != DecimalError::None) {
    report.mistake(
        node.place, key,
        fmt::format("found {}, which {}; allowed is {}", found_text(node), describe(decimal.error), range.words));
    return std::nullopt;
  }
  if (decimal.raw < range.low || decimal.raw > range.high) {
    report.mistake(node.place, key, fmt::format("found {}; allowed is {}", found_text(node), range.words));
    return std::nullopt;
  }
  return decimal.raw;
}

Section::Section(Report& report, const Node* node, std::string path, Place parent)
    : report_(report), node_(node), path_(std::move(path)), place_(node == nullptr ? std::move(parent) : node->place) {}

const std::vector<Node>& Section::children() const {
  static const std::vector<Node> none;
  return node_ == nullptr ? none : node_->children;
}

std::string Section::path_of(std::string_view key) const {
  return path_.empty() ? key_text(key) : path_ + "." + key_text(key);
}

void Section::mistake(std::string_view key, std::string message) {
  const Node* found = find(key);
  report_.mistake(found == nullptr ? place_ : found->place, path_of(key), std::move(message));
}

void Section::wrong(const Node& found, std::string_view key, std::string_view allowed) {
  mistake(key, fmt::format("found {}; allowed is {}", found_text(found), allowed));
}

void Section::note(std::string_view key, const Node* from, std::string value_text, Kind kind) {
  if (from != nullptr) return note_value(report_, path_of(key), *from);
  report_.values.push_back({path_of(key), std::move(value_text), kind, From::Default, {}});
}

const Node* Section::node(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return find(key);
}

const Node* Section::table(std::string_view key) {
  const Node* found = node(key);
  if (found == nullptr || found->kind == Kind::Table) return found;
  wrong(*found, key, "a table");
  return nullptr;
}

std::optional<std::string> Section::text(std::string_view key) {
  const Node* found = node(key);
  if (found == nullptr) return std::nullopt;
  const std::optional<std::string> text = text_of(*found);
  if (!text) {
    wrong(*found, key, "text in quotes");
    return std::nullopt;
  }
  Node as_text = *found;  // of a variable 5 may stand for "5"
  as_text.kind = Kind::String;
  as_text.text = *text;
  note_value(report_, path_of(key), as_text);
  return text;
}

std::string Section::text(std::string_view key, std::string_view otherwise) {
  if (find(key) == nullptr) note(key, nullptr, std::string(otherwise), Kind::String);
  return text(key).value_or(std::string(otherwise));
}

std::int64_t Section::integer(std::string_view key, std::int64_t otherwise, std::int64_t low, std::int64_t high) {
  const Node* found = node(key);
  note(key, found, std::to_string(otherwise), Kind::Integer);
  if (found == nullptr) return otherwise;
  std::int64_t value = 0;
  const bool is_integer =
      found->kind == Kind::Integer &&
      std::from_chars(found->text.data(), found->text.data() + found->text.size(), value).ec == std::errc{};
  if (is_integer && value >= low && value <= high) return value;
  wrong(*found, key, fmt::format("a whole number from {} to {}", low, high));
  return otherwise;
}

bool Section::boolean(std::string_view key, bool otherwise) {
  const Node* found = node(key);
  note(key, found, otherwise ? "true" : "false", Kind::Boolean);
  if (found == nullptr) return otherwise;
  if (found->kind == Kind::Boolean) return found->text == "true";
  wrong(*found, key, "true or false");
  return otherwise;
}

std::optional<int128> Section::decimal(std::string_view key, const DecimalRange& range) {
  const Node* found = node(key);
  if (found == nullptr) return std::nullopt;
  note(key, found, {}, Kind::String);
  return decimal_of(report_, *found, path_of(key), range);
}

int128 Section::decimal(std::string_view key, const DecimalRange& range, int128 otherwise) {
  if (find(key) == nullptr) note(key, nullptr, format_decimal(otherwise), Kind::Float);
  return decimal(key, range).value_or(otherwise);
}

std::vector<std::string> Section::texts(std::string_view key) {
  const Node* found = node(key);
  note(key, found, "[]", Kind::Array);
  std::vector<std::string> result;
  if (found == nullptr) return result;
  const auto is_text = [](const Node& item) { return item.kind == Kind::String; };
  if (found->kind != Kind::Array || !std::all_of(found->children.begin(), found->children.end(), is_text)) {
    wrong(*found, key, "an array of texts, like [\"AAPL\", \"MSFT\"]");
    return result;
  }
  for (const Node& item : found->children) result.push_back(item.text);
  return result;
}

std::vector<int128> Section::decimals(std::string_view key, const DecimalRange& range) {
  const Node* found = node(key);
  std::vector<int128> result;
  if (found == nullptr) return result;
  note(key, found, {}, Kind::Array);
  if (found->kind != Kind::Array) {
    wrong(*found, key, fmt::format("an array, each of it {}", range.words));
    return result;
  }
  for (const Node& item : found->children) {
    if (const auto value = decimal_of(report_, item, path_of(key), range)) result.push_back(*value);
  }
  return result;
}

void Section::require(std::string_view key, std::string_view needed) {
  if (find(key) == nullptr) mistake(key, fmt::format("is missing; needed is {}", needed));
}

void Section::not_built(std::string_view key) {
  planned_.emplace_back(key);
  if (find(key) != nullptr) mistake(key, "is not built in this version; take it out");
}

void Section::finish() {
  for (const Node& child : children()) {
    const auto is_child = [&](const std::string& word) { return word == child.key; };
    if (std::any_of(known_.begin(), known_.end(), is_child)) continue;
    if (std::any_of(planned_.begin(), planned_.end(), is_child)) continue;
    std::string help = suggestion(child.key, known_);
    if (help.empty()) help = fmt::format("; allowed are {}", listed(known_));
    mistake(child.key, fmt::format("unknown {}{}", child.kind == Kind::Table ? "table" : "key", help));
  }
}

}  // namespace bulwark::config
