// SPDX-License-Identifier: Apache-2.0
// `bulwark replay`: every decision and every line once more, from the journal alone; and "what if": the same events
// under another configuration.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "killswitch/refusal.h"
#include "sidecar/journal/kept.h"
#include "sidecar/journal/reader.h"
#include "sidecar/journal/recovery.h"
#include "sidecar/operator/command.h"
#include "sidecar/operator/journal.h"
#include "sidecar/simulate/output_json.h"
#include "sidecar/simulate/recorded_rules.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;
using journal::RecordType;

namespace {

int end_of(const journal::JournalReader& reader) {
  if (reader.ending().kind == journal::EndKind::Whole) return done;
  std::cerr << "bulwark replay: " << reader.ending().text() << std::endl;
  return reader.ending().kind == journal::EndKind::Torn ? done : answer_is_no;
}

int prove(const std::string& folder, bool json) {
  journal::Replay replay = journal::replay_from_beginning(folder, simulate::recorded_rules);
  const std::uint64_t before = replay.sequence;
  journal::JournalReader reader(folder);
  std::uint64_t events = 0, outputs = 0;
  std::string difference;
  try {
    for (journal::Record record; reader.next(record);) {
      replay.apply(record);
      events += is_event(record.type) ? 1 : 0;
      outputs += is_output(record.type) ? 1 : 0;
    }
  } catch (const journal::JournalError& error) {
    difference = error.what();
  }
  if (json) {
    Json document{{"schema", 1}, {"same", difference.empty()}, {"events", events}, {"outputs", outputs}};
    if (replay.engine != nullptr) document["state"] = journal::to_hex(journal::state_digest(*replay.engine));
    if (!difference.empty()) document["difference"] = difference;
    std::cout << document.dump() << std::endl;
  } else if (difference.empty()) {
    std::cout << fmt::format("{} events gave the same {} verdicts and lines again, bit for bit\n", events, outputs);
    if (before != 0) std::cout << fmt::format("records 1 to {} were deleted; it began behind them\n", before);
    std::cout << std::flush;
  } else {
    std::cout << difference << std::endl;
  }
  if (!difference.empty()) std::cerr << "bulwark replay: " << difference << std::endl;
  return difference.empty() ? end_of(reader) : answer_is_no;
}

// The recorded events under other rules. Indices keep the meaning that the recorded configurations gave them: names are
// only ever added.
class WhatIf {
public:
  WhatIf(std::string folder, const core::Rules& rules) : folder_(std::move(folder)), rules_(rules) {
    journal::Replay beginning = journal::replay_from_beginning(folder_, simulate::recorded_rules);
    engine_ = std::move(beginning.engine);
    if (engine_ != nullptr) adopt(beginning.configuration);
  }

  // A verdict that would have been another one; nothing otherwise.
  std::optional<Json> apply(const journal::Record& record) {
    if (record.type == RecordType::Configuration) adopt(record.note.a);
    if (record.type == RecordType::Verdict) return compare(record);
    if (record.type == RecordType::Error) ++recorded_errors_;
    if (!is_event(record.type) || engine_ == nullptr) return std::nullopt;
    event_ = record;
    ++events;
    if (engine_->apply(record.event) != core::EventError::None) ++errors;
    return std::nullopt;
  }

  std::uint64_t events = 0, verdicts = 0, different = 0, errors = 0;
  std::uint64_t recorded_errors() const { return recorded_errors_; }

private:
  void adopt(std::uint64_t hash) {
    const core::Rules recorded = simulate::recorded_rules(journal::read_configuration(folder_, hash));
    if (engine_ == nullptr) engine_ = std::make_unique<core::Engine>(recorded);
    else engine_->adopt(recorded);
    engine_->adopt(rules_);
    for (const core::Rules* rules : {&recorded, &rules_}) {
      for (const core::Limit& limit : rules->limits) metrics_[limit.name] = {limit.metric, limit.action};
    }
  }

  Json verdict(const core::Verdict& verdict, const core::Shrinking& shrinking) const {
    const auto& names = engine_->names();
    const simulate::OutputJson json(names, [&](LimitIndex limit) { return metrics_.at(names.limits.name(limit)); });
    Json result = json.verdict(event_.t, Id{}, {}, verdict, shrinking);
    for (const char* key : {"type", "t", "id"}) result.erase(key);
    return result;
  }

  std::optional<Json> compare(const journal::Record& record) {
    ++verdicts;
    const core::Verdict& recorded = record.verdict;
    const bool judged = engine_->has_verdict();
    const core::Verdict now = judged ? engine_->verdict() : core::Verdict{};
    if (judged && now.decision == recorded.decision && now.quantity == recorded.quantity &&
        now.reason == recorded.reason && now.limit == recorded.limit) {
      return std::nullopt;
    }
    ++different;
    const core::Event& event = event_.event;
    const Id& id = event.type == core::EventType::Intent ? event.intent.id : event.replace.new_id;
    Json json{{"type", "different"}, {"seq", event_.sequence}, {"t", event_.t.ns}, {"id", id.view()}};
    if (record.client != ClientIndex::None) json["client"] = engine_->names().clients.name(record.client);
    json["recorded"] = verdict(recorded, record.shrinking);
    json["now"] = judged ? verdict(now, engine_->verdict_shrinking()) : Json{{"decision", "error"}};
    return json;
  }

  std::string folder_;
  const core::Rules& rules_;
  std::unique_ptr<core::Engine> engine_;
  std::map<std::string, simulate::OutputJson::About, std::less<>> metrics_;
  journal::Record event_{};
  std::uint64_t recorded_errors_ = 0;
};

std::string said(const Json& verdict) {
  std::string text = verdict.value("decision", "?");
  if (verdict.contains("quantity") && text != "rejected") text += " " + verdict["quantity"].get<std::string>();
  if (verdict.contains("reason"))
    text += " (" + verdict["reason"].get<std::string>() +
            (verdict.contains("limit") ? ", " + verdict["limit"].get<std::string>() : "") + ")";
  return text;
}

int what_if(const std::string& folder, const JournalOptions& options) {
  Options of_config;
  of_config.config = options.config;
  const auto settings = load_settings(of_config);
  if (!settings) return wrong_usage;
  WhatIf other(folder, settings->rules);
  journal::JournalReader reader(folder);
  for (journal::Record record; reader.next(record);) {
    const auto difference = other.apply(record);
    if (!difference) continue;
    if (options.json) std::cout << difference->dump() << "\n";
    else {
      std::cout << fmt::format("record {}: order {}: recorded {}; now {}\n", (*difference)["seq"].get<std::uint64_t>(),
                               (*difference)["id"].get<std::string>(), said((*difference)["recorded"]),
                               said((*difference)["now"]));
    }
  }
  if (options.json) {
    std::cout << Json{{"type", "summary"},          {"events", other.events},
                      {"verdicts", other.verdicts}, {"different", other.different},
                      {"errors", other.errors},     {"recorded_errors", other.recorded_errors()}}
                     .dump()
              << std::endl;
  } else {
    std::cout << fmt::format("{} of {} verdicts would have been others", other.different, other.verdicts);
    if (other.errors > other.recorded_errors()) {
      std::cout << fmt::format("; {} reports are about orders that would not have been there",
                               other.errors - other.recorded_errors());
    }
    std::cout << std::endl;
  }
  const int ending = end_of(reader);
  return other.different != 0 ? answer_is_no : ending;
}

}  // namespace

int replay(const JournalOptions& options) {
  const std::string folder = journal_folder(options);
  const bool other = !options.config.empty() && !(options.journal.empty() && options.instance.empty());
  return other ? what_if(folder, options) : prove(folder, options.json);
}

}  // namespace bulwark::command
