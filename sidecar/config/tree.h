// SPDX-License-Identifier: Apache-2.0
// A configuration as a tree of our own: keys in the order of the file, every value with the place where it was written.
// tree.cpp alone knows the TOML library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sidecar/config/load.h"

namespace bulwark::config {

struct Node {
  std::string key;  // inside its table
  Kind kind = Kind::Table;
  std::string text;            // of a string its content; of a number its digits, as written but for `_` and `+`
  std::string raw;             // of the value of a variable: the variable's text
  std::vector<Node> children;  // of tables and arrays
  Place place;

  const Node* find(std::string_view child) const;
};

struct Parsed {
  Node root;
  std::vector<Mistake> mistakes;  // at most one: TOML ends at its first error
};

Parsed parse_toml(std::string_view text, const std::string& file);

// What a variable holds: a TOML value, else plain text.
Node parse_value(const std::string& raw, const std::string& variable);

}  // namespace bulwark::config
