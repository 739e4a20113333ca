// SPDX-License-Identifier: Apache-2.0
#include "sidecar/simulate/json_line.h"

#include <nlohmann/json.hpp>

namespace bulwark::simulate {
namespace {

using nlohmann::json;

// Collects the fields of the outermost object, and those of `on` inside it.
class Collector : public nlohmann::json_sax<json> {
public:
  explicit Collector(std::vector<Field>& fields) : fields_(fields) {}

  bool null() override { return add(Field::Kind::Null, ""); }
  bool boolean(bool value) override { return add(Field::Kind::Boolean, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return add(Field::Kind::Number, std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(Field::Kind::Number, std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return add(Field::Kind::Number, text); }
  bool string(string_t& value) override { return add(Field::Kind::String, value); }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& name) override {
    if (depth_ == 1) name_ = name;
    else if (in_on_ && depth_ == 2) name_ = "on." + name;
    return true;
  }
  bool start_object(std::size_t) override {
    if (depth_ == 0 && arrays_ != 0) return false;
    if (depth_ == 1) in_on_ = name_ == "on" && arrays_ == 0;
    if (depth_ != 0) add(Field::Kind::Object, "");
    ++depth_;
    return true;
  }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override {
    if (depth_ == 0) return false;
    add(Field::Kind::Other, "");
    ++depth_, ++arrays_;
    return true;
  }
  bool end_array() override { return --depth_, --arrays_, true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
  bool add(Field::Kind kind, const std::string& text) {
    if (depth_ == 0) return false;  // a bare value is no event
    if (depth_ == 1 || (depth_ == 2 && in_on_ && arrays_ == 0)) fields_.push_back({name_, kind, text});
    return true;
  }
  std::vector<Field>& fields_;
  std::string name_;
  int depth_ = 0, arrays_ = 0;
  bool in_on_ = false;
};

}  // namespace

bool JsonLine::parse(std::string_view line) {
  fields_.clear();
  Collector collector(fields_);
  return json::sax_parse(line.begin(), line.end(), &collector);
}

// Of a name that is written twice the last one counts, as in most readers of JSON.
const Field* JsonLine::find(std::string_view name) const {
  for (auto field = fields_.rbegin(); field != fields_.rend(); ++field) {
    if (field->name == name) return &*field;
  }
  return nullptr;
}

}  // namespace bulwark::simulate
