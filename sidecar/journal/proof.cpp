// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/proof.h"

#include "sidecar/journal/configurations.h"
#include "sidecar/journal/kept.h"

namespace bulwark::journal {

// What retention deletes it says before, in what is kept.
static bool tells_deletion(const Record& record, const SnapshotHeader& kept) {
  return record.type == RecordType::Remark && record.remark.operator_name.view() == retention_name &&
         record.remark.text.view() == deletion_text(kept.facts.sequence, kept.chain);
}

// Every byte of what the kept part begins with; and that its journal knows of it.
static std::string objection_to_kept(const std::string& folder, const SnapshotHeader& kept, bool told) {
  const std::string path = kept_path(folder);
  try {
    read_snapshot_state(path, kept);
  } catch (const JournalError& error) {
    return path + ": byte 0: " + error.what();
  }
  return told ? "" : path + ": byte 0: the journal does not say that anything was deleted";
}

Proof prove(const std::string& folder, const std::function<void(const Record&)>& each) {
  Proof proof;
  bool told = false;
  BlockReader reader(folder);
  while (reader.next()) {
    ++proof.blocks;
    BlockRecords records(reader.block());
    try {
      for (Record record; records.next(record); ++proof.records) {
        if (record.type == RecordType::Configuration) read_configuration(folder, record.note.a);
        told |= reader.kept() && tells_deletion(record, *reader.kept());
        if (each) each(record);
      }
    } catch (const JournalError& error) {
      reader.stop_here(error.what());
      break;
    }
  }
  proof.kept = reader.kept();
  if (proof.kept && reader.ending().kind != EndKind::Damaged) {
    if (const std::string why = objection_to_kept(folder, *proof.kept, told); !why.empty()) reader.stop_here(why);
  }
  proof.ending = reader.ending();
  proof.files = reader.file_count();
  proof.last = reader.last_sequence();
  proof.hash = to_hex(reader.last_hash());
  proof.clean = reader.head() && reader.head()->clean == 1;
  return proof;
}

std::string_view Proof::state() const {
  switch (ending.kind) {
    case EndKind::Damaged: return "damaged";
    case EndKind::Torn: return "torn";
    default: return clean ? "whole" : "open";
  }
}

}  // namespace bulwark::journal
