// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/csv.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;

namespace {

std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

// Words of people end up in spreadsheets: what one of these would take for a formula gets an apostrophe before it.
std::string text_field(const std::string& text) {
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  const bool number = text.find_first_not_of("+-.0123456789") == std::string::npos;
  return field(formula && !number ? "'" + text : text);
}

class Lines {
public:
  // `section` and `item` name where it stands; `key` what it is.
  void add(const std::string& section, const std::string& item, const std::string& key, const Json& value) {
    if (value.is_object()) {
      for (const auto& [name, part] : value.items()) add(section, item, key.empty() ? name : key + "." + name, part);
    } else if (value.is_array()) {
      const std::string table = key.empty() ? section : section + "." + key;
      std::size_t number = 0;
      for (const Json& row : value) add(table, (item.empty() ? "" : item + ".") + std::to_string(++number), "", row);
    } else if (!value.is_null()) {
      text += field(section) + "," + field(item) + "," + text_field(key) + "," +
              (value.is_string() ? text_field(value.get<std::string>()) : value.dump()) + "\n";
    }
  }

  std::string text = "section,item,key,value\n";
};

}  // namespace

std::string csv_of(const Json& document) {
  Lines lines;
  for (const auto& [section, value] : document.items()) {
    if (value.is_structured()) lines.add(section, "", "", value);
    else lines.add("report", "", section, value);
  }
  return lines.text;
}

}  // namespace bulwark::report
