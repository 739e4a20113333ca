// SPDX-License-Identifier: Apache-2.0
// Reads one table of the configuration key by key: each value is checked, noted with its origin, or becomes a mistake
// that says what was found and what is allowed; what nobody asked for is an unknown key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shm/units.h"
#include "sidecar/config/tree.h"

namespace bulwark::config {

// What reading gathers besides the settings themselves.
struct Report {
  std::vector<Origin> values;
  std::vector<Mistake> mistakes;
  std::size_t in_model_files = 0;  // of the mistakes: in files that [model] names, or they cannot be read
  model::Closes closes;            // that the model was estimated from

  void mistake(const Place& place, std::string key, std::string message) {
    mistakes.push_back({place, std::move(key), std::move(message)});
  }
};

// What a decimal may be, as numbers and in words ("a number above 0").
struct DecimalRange {
  int128 low, high;
  std::string_view words;
};

class Section {
public:
  // `node` null: the table is not there, and each of its values is the default. `path`: "limit.aapl-size".
  Section(Report& report, const Node* node, std::string path, Place parent);

  bool present() const { return node_ != nullptr; }
  const Place& place() const { return place_; }
  const std::vector<Node>& children() const;

  // The node of a key that is read elsewhere; null: not there. Without this, `finish` takes the key for unknown.
  const Node* node(std::string_view key);
  const Node* table(std::string_view key);  // also null, and a mistake, where it is no table
  std::string path_of(std::string_view key) const;

  std::optional<std::string> text(std::string_view key);
  std::string text(std::string_view key, std::string_view otherwise);
  std::int64_t integer(std::string_view key, std::int64_t otherwise, std::int64_t low, std::int64_t high);
  bool boolean(std::string_view key, bool otherwise);
  std::optional<int128> decimal(std::string_view key, const DecimalRange& range);
  int128 decimal(std::string_view key, const DecimalRange& range, int128 otherwise);
  std::vector<std::string> texts(std::string_view key);
  std::vector<int128> decimals(std::string_view key, const DecimalRange& range);  // each in the range; empty: not there

  // The key has to be there: says what is needed where it is not.
  void require(std::string_view key, std::string_view needed);
  // These words are planned and refused until they are built.
  void not_built(std::string_view key);
  // Every other key is unknown. Call last.
  void finish();

  void mistake(std::string_view key, std::string message);  // at the place of the key, else of the table

private:
  const Node* find(std::string_view key) const { return node_ == nullptr ? nullptr : node_->find(key); }
  void note(std::string_view key, const Node* from, std::string value_text, Kind kind);
  void wrong(const Node& found, std::string_view key, std::string_view allowed);

  Report& report_;
  const Node* node_;
  std::string path_;
  Place place_;
  std::vector<std::string> known_;
  std::vector<std::string> planned_;
};

// How a message shows a value that was found: `"abc"`, `5`, `a table`.
std::string found_text(const Node& node);

// The text of a string; of a variable's value of another kind the variable's own text; nothing where it is no text.
std::optional<std::string> text_of(const Node& node);

// `node` as a decimal in `range`; otherwise a mistake under `key`.
std::optional<int128> decimal_of(Report& report, const Node& node, const std::string& key, const DecimalRange& range);

// Notes a value under `key` as effective.
void note_value(Report& report, const std::string& key, const Node& node);

}  // namespace bulwark::config
