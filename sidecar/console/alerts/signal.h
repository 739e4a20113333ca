// SPDX-License-Identifier: Apache-2.0
// What a rule has found: plain data on its way from the rules to the desk.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::alerts {

using Json = nlohmann::ordered_json;

struct Signal {
  std::string rule;
  Json on = Json::object();  // the scope, as in the journal
  std::string limit;         // empty: none
  Json value, max;           // null: none
  std::string text;          // what, where, how much of how much, what it forbids, what to do
  std::string detail;        // tells apart what happens in the same scope: two stops are two alerts
  bool milder = false;       // one severity below the rule's

  // What is one alert, however often it is found.
  std::string key() const { return rule + "\n" + limit + "\n" + on.dump() + "\n" + detail; }
};

}  // namespace bulwark::alerts
