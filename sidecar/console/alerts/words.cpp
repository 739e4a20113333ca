// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/alerts/words.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace bulwark::alerts {

std::string text_of(const Json& from, const char* key) {
  const auto found = from.find(key);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string scope_words(const Json& on) {
  std::string words;
  for (const auto& [key, name] : on.items()) {
    words += (words.empty() ? "" : ", ") + key + " " + (name.is_string() ? name.get<std::string>() : name.dump());
  }
  return words.empty() ? "the whole portfolio" : words;
}

std::string scope_options(const Json& on) {
  std::string words;
  for (const auto& [key, name] : on.items())
    words += " --on " + key + "=" + (name.is_string() ? name.get<std::string>() : name.dump());
  return words;
}

std::string number_words(const Json& value) {
  if (value.is_null()) return "unknown";
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string action_words(const std::string& action) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> words{
      {{"alert", "It forbids nothing, it only tells"},
       {"reject", "Orders that would add to it are refused; orders that reduce go through"},
       {"resize", "Orders that would add to it are made smaller or refused; orders that reduce go through"},
       {"reduce_only", "There only orders that reduce a position go through, until a named person resumes"},
       {"scale", "Sizes and limits marked dynamic have become smaller there"},
       {"liquidate", "Trading there is halted, and its positions are being closed, until a named person resumes"},
       {"halt", "Trading there is halted: nothing but cancels goes through, until a named person resumes"}}};
  for (const auto& [name, sentence] : words) {
    if (name == action) return std::string(sentence);
  }
  return "What it does stands in the configuration";
}

std::string state_words(const std::string& state, const std::string& instance, const Json& on) {
  const std::string resume =
      fmt::format("killswitch resume --instance {}{} --operator NAME --reason TEXT", instance, scope_options(on));
  if (state == "reduce_only") {
    return "Orders that add risk are refused; orders that reduce a position and cancels go through. To end it: " +
           resume;
  }
  return "Every new order is refused, also one that would close a position; only cancels and the orders of a "
         "liquidation go through, and open positions stay open. To end it: " +
         resume;
}

}  // namespace bulwark::alerts
