// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/names.h"

namespace bulwark::journal {

void RecordNames::follow(const Record& record) {
  if (new_client_ && record.type != RecordType::Error) names_.clients.add(new_client_->view());
  new_client_.reset();
  if (record.type == record_type(core::EventType::Client)) new_client_ = record.event.client.name;
  if (record.type != RecordType::Configuration) return;
  const core::Rules rules = load_rules_(read_configuration(directory_, record.note.a));
  names_.add_from(rules);  // as the engine does, so that every index means the same
  limits_.resize(names_.limits.size());
  for (const core::Limit& limit : rules.limits) limits_[at(names_.limits.find(limit.name))] = limit;
}

}  // namespace bulwark::journal
