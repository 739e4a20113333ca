// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/names.h"

#include "sidecar/journal/kept.h"

namespace bulwark::journal {

RecordNames::RecordNames(std::string directory, LoadRules load_rules)
    : directory_(std::move(directory)), load_rules_(std::move(load_rules)) {
  if (!read_kept(directory_)) return;
  const Replay replay = replay_from_beginning(directory_, load_rules_);
  beginning_ = replay;
  names_ = replay.engine->names();
  take(load_rules_(read_configuration(directory_, replay.configuration)));
}

void RecordNames::take(const core::Rules& rules) {
  names_.add_from(rules);  // as the engine does, so that every index means the same
  limits_.resize(names_.limits.size());
  for (const core::Limit& limit : rules.limits) limits_[at(names_.limits.find(limit.name))] = limit;
}

void RecordNames::follow(const Record& record) {
  if (new_client_ && record.type != RecordType::Error) names_.clients.add(new_client_->view());
  new_client_.reset();
  if (record.type == record_type(core::EventType::Client)) new_client_ = record.event.client.name;
  if (record.type == RecordType::Configuration) take(load_rules_(read_configuration(directory_, record.note.a)));
}

}  // namespace bulwark::journal
