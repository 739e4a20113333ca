// SPDX-License-Identifier: Apache-2.0
// Values and mistakes in the words and lines of `bulwark check-config`.
#include <fmt/format.h>

#include "sidecar/config/load.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

std::string place_text(const Place& place) {
  if (!place.variable.empty()) return "environment " + place.variable;
  if (place.line == 0) return place.file;
  return fmt::format("{}:{}", place.file, place.line);
}

}  // namespace

std::string format(const Mistake& mistake) {
  const std::string key = mistake.key.empty() ? std::string{} : mistake.key + ": ";
  return place_text(mistake.place) + ": " + key + mistake.message;
}

std::string print_values(const std::vector<Origin>& values) {
  std::string result;
  for (const Origin& origin : values) {
    const std::string value = origin.kind == Kind::String ? quoted(origin.value_text) : origin.value_text;
    const std::string from = origin.from == From::Default ? "default" : place_text(origin.place);
    result += fmt::format("{} = {}  # {}\n", origin.key, value, from);
  }
  return result;
}

}  // namespace bulwark::config
