// SPDX-License-Identifier: Apache-2.0
// One line of JSON as a flat list of fields that keeps the text of numbers, so that decimals stay exact.
// Fields of the object `on` are named "on.KEY"; other nested values are passed over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bulwark::simulate {

struct Field {
  enum class Kind : std::uint8_t { Null, Boolean, Number, String, Object, Other };
  std::string name;
  Kind kind = Kind::Null;
  std::string text;  // of a number as it was written; of a boolean "true" or "false"
};

class JsonLine {
public:
  // False: no JSON object.
  bool parse(std::string_view line);
  const Field* find(std::string_view name) const;
  const std::vector<Field>& fields() const { return fields_; }

private:
  std::vector<Field> fields_;
};

}  // namespace bulwark::simulate
