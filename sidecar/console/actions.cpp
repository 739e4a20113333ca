// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/actions.h"

#include <algorithm>
#include <initializer_list>

#include "killswitch/documents.h"
#include "killswitch/refusal.h"
#include "shm/words.h"
#include "sidecar/wishes/wish.h"

namespace bulwark::console {

using Json = nlohmann::ordered_json;
using Asked = nlohmann::json;
using kill::Refusal;

namespace {

constexpr std::size_t reason_bytes_max = 127;

Answer answer_of(unsigned status, const Json& document) {
  return {status, "application/json", document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

// What the API calls its fields, the commands call options.
std::string without_dashes(std::string sentence) {
  if (sentence.starts_with("--")) sentence.erase(0, 2);
  return sentence;
}

unsigned status_of(const Refusal& refusal) {
  switch (refusal.code()) {
    case kill::exit_usage: return 400;
    case kill::exit_refused: return 409;
    default: return 503;
  }
}

// Whatever goes wrong is told in words.
template <class Act>
Answer carry_out(Act act) {
  try {
    return act();
  } catch (const kill::NotResumed& refused) {
    return answer_of(409, {{"error", refused.what()}, {"failing", refused.failing()}});
  } catch (const Refusal& refusal) {
    return sorry(status_of(refusal), without_dashes(refusal.what()));
  } catch (const std::exception& error) {
    return sorry(503, error.what());
  }
}

void know(const Asked& asked, std::initializer_list<std::string_view> fields) {
  for (const auto& [key, value] : asked.items()) {
    if (std::find(fields.begin(), fields.end(), key) == fields.end())
      throw Refusal(kill::exit_usage, "there is no field \"" + key + "\" in this");
  }
}

std::string text(const Asked& asked, const char* field) {
  if (!asked.contains(field) || asked[field].is_null()) return {};
  if (!asked[field].is_string()) throw Refusal(kill::exit_usage, std::string(field) + ": text is wanted");
  return asked[field];
}

bool truth(const Asked& asked, const char* field) {
  if (!asked.contains(field) || asked[field].is_null()) return false;
  if (!asked[field].is_boolean()) throw Refusal(kill::exit_usage, std::string(field) + ": true or false is wanted");
  return asked[field];
}

// {"account": "ACC1"} as the commands' account=ACC1.
std::vector<std::string> scope(const Asked& asked) {
  std::vector<std::string> on;
  if (!asked.contains("on") || asked["on"].is_null()) return on;
  if (!asked["on"].is_object()) throw Refusal(kill::exit_usage, "on: an object is wanted, as {\"account\": \"ACC1\"}");
  for (const auto& [key, name] : asked["on"].items()) {
    if (!name.is_string()) throw Refusal(kill::exit_usage, "on." + key + ": text is wanted");
    on.push_back(key + "=" + name.get<std::string>());
  }
  return on;
}

std::string reason(const Asked& asked) {
  std::string why = text(asked, "reason");
  if (why.empty() || why.size() > reason_bytes_max || !printable_ascii(why))
    throw Refusal(kill::exit_usage, "reason: 1 to 127 printable ASCII characters are wanted");
  return why;
}

kill::ResumeOptions resume_options(const Person& person, const Asked& asked) {
  kill::ResumeOptions options;
  options.operator_name = person.name;
  options.on = scope(asked);
  options.new_baseline = truth(asked, "new_baseline");
  const std::string stage = text(asked, "stage");
  if (stage.empty()) return options;
  if (stage != "reduce_only" && stage != "half" && stage != "full")
    throw Refusal(kill::exit_usage, "stage: reduce_only, half or full is wanted");
  options.stage = from_name(stage_names, stage, ResumeStage::Full);
  return options;
}

}  // namespace

Answer sorry(unsigned status, const std::string& why) { return answer_of(status, {{"error", why}}); }

// A field that is not known does not matter. One that is known and malformed does: what was meant is not guessed.
Answer stop(const Person& person, const Asked& asked) {
  return carry_out([&] {
    kill::StopOptions options;
    options.operator_name = person.name;
    options.reason = text(asked, "reason");
    options.on = scope(asked);
    options.liquidate = truth(asked, "liquidate");
    kill::Stopped stopped = kill::stop_trading(kill::open_instance(person.instance), options);
    stopped.document["whole"] = stopped.whole;
    stopped.document["remarks"] = stopped.remarks;
    return answer_of(200, stopped.document);
  });
}

Answer preflight(const Person& person, const Asked& asked) {
  return carry_out([&] {
    know(asked, {"stage", "on", "new_baseline"});
    kill::ResumeOptions options = resume_options(person, asked);
    options.reason = "preflight";
    const auto failing = kill::failing_checks(kill::open_instance(person.instance), options);
    return answer_of(200, {{"ready", failing.empty()}, {"failing", failing}});
  });
}

Answer resume(const Person& person, const Asked& asked) {
  return carry_out([&] {
    know(asked, {"reason", "stage", "on", "new_baseline"});
    kill::ResumeOptions options = resume_options(person, asked);
    options.reason = reason(asked);
    const kill::Instance instance = kill::open_instance(person.instance);
    return answer_of(200, kill::resumed_json(instance, options, kill::resume_trading(instance, options)));
  });
}

// Where a second operator has to agree, it waits under the number that is answered.
Answer override_limit(const Person& person, const Asked& asked) {
  return carry_out([&] {
    know(asked, {"limit", "max", "until", "on", "reason"});
    wishes::Override what{text(asked, "limit"), {}, text(asked, "until"), scope(asked)};
    const bool number = asked.contains("max") && asked["max"].is_number();
    what.max = number ? asked["max"].dump() : text(asked, "max");
    const kill::Instance instance = kill::open_instance(person.instance);
    const wishes::Wish wish = wishes::make_override(instance, what, person.name, reason(asked));
    const kill::DoorAnswer answer = wishes::ask(wish);
    return answer_of(answer.done ? 200 : 202, wishes::document(wish, answer));
  });
}

}  // namespace bulwark::console
