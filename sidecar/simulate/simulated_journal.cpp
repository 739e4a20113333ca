// SPDX-License-Identifier: Apache-2.0
#include "sidecar/simulate/simulated_journal.h"

#include <filesystem>

#include "sidecar/journal/configurations.h"

namespace bulwark::simulate {

using journal::RecordType;

namespace {

journal::Appender::Plan plan_of(const std::string& directory, const std::string& frozen, TimeNs& t) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) throw journal::JournalError(directory + ": cannot make the journal's folder: " + error.message());
  if (!journal::journal_files(directory).empty()) {
    throw journal::JournalError(directory + ": there is a journal here already; give a folder without one");
  }
  journal::Appender::Plan plan;
  plan.directory = directory;
  plan.journal = journal::configuration_hash(frozen);
  plan.instance = "simulate";
  plan.wall = [&t] { return t; };
  return plan;
}

}  // namespace

SimulatedJournal::SimulatedJournal(const std::string& directory, const std::string& frozen)
    : appender_(plan_of(directory, frozen, t_)), configuration_(journal::save_configuration(directory, frozen)) {}

void SimulatedJournal::add(const core::Event& event, core::EventError error, const core::Engine& engine) {
  t_ = event.t;
  begin();
  records_.append(event);
  records_.append_outputs(event.t, error, engine);
  write();
}

// The configuration has the time of the first event.
void SimulatedJournal::begin() {
  if (configuration_ != 0) records_.append(RecordType::Configuration, {t_, configuration_, 0});
  configuration_ = 0;
}

void SimulatedJournal::finish() {
  begin();
  records_.append(RecordType::End, {t_, 0, 0});
  write();
  appender_.finish();
}

void SimulatedJournal::write() {
  for (const journal::Encoded& record : records_.records) {
    appender_.append({appender_.last_sequence() + 1, record.count, record.type}, record.words());
  }
  records_.records.clear();
}

}  // namespace bulwark::simulate
