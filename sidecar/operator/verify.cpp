// SPDX-License-Identifier: Apache-2.0
// `bulwark verify`: every checksum, the chain over all blocks, no gap, the head, and every configuration that is named.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "sidecar/journal/blocks.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/kept.h"
#include "sidecar/operator/command.h"
#include "sidecar/operator/journal.h"

namespace bulwark::command {

namespace {

struct Proof {
  std::uint64_t records = 0, blocks = 0, files = 0, last = 0;
  std::string hash;
  journal::Ending ending;
  bool clean = false;
  std::optional<journal::SnapshotHeader> kept;  // retention has deleted what came before
};

// What retention deletes it says before, in what is kept.
bool tells_deletion(const journal::Record& record, const journal::SnapshotHeader& kept) {
  return record.type == journal::RecordType::Remark && record.remark.operator_name.view() == journal::retention_name &&
         record.remark.text.view() == journal::deletion_text(kept.facts.sequence, kept.chain);
}

// Every byte of what the kept part begins with; and that its journal knows of it.
std::string objection_to_kept(const std::string& folder, const journal::SnapshotHeader& kept, bool told) {
  const std::string path = journal::kept_path(folder);
  try {
    journal::read_snapshot_state(path, kept);
  } catch (const journal::JournalError& error) {
    return path + ": byte 0: " + error.what();
  }
  return told ? "" : path + ": byte 0: the journal does not say that anything was deleted";
}

Proof prove(const std::string& folder) {
  Proof proof;
  bool told = false;
  journal::BlockReader reader(folder);
  while (reader.next()) {
    ++proof.blocks;
    journal::BlockRecords records(reader.block());
    try {
      for (journal::Record record; records.next(record); ++proof.records) {
        if (record.type == journal::RecordType::Configuration) journal::read_configuration(folder, record.note.a);
        told |= reader.kept() && tells_deletion(record, *reader.kept());
      }
    } catch (const journal::JournalError& error) {
      reader.stop_here(error.what());
      break;
    }
  }
  proof.kept = reader.kept();
  if (proof.kept && reader.ending().kind != journal::EndKind::Damaged) {
    if (const std::string why = objection_to_kept(folder, *proof.kept, told); !why.empty()) reader.stop_here(why);
  }
  proof.ending = reader.ending();
  proof.files = reader.file_count();
  proof.last = reader.last_sequence();
  proof.hash = journal::to_hex(reader.last_hash());
  proof.clean = reader.head() && reader.head()->clean == 1;
  return proof;
}

std::string state_of(const Proof& proof) {
  switch (proof.ending.kind) {
    case journal::EndKind::Damaged: return "damaged";
    case journal::EndKind::Torn: return "torn";
    default: return proof.clean ? "whole" : "open";
  }
}

std::string text_of(const Proof& proof) {
  std::string text =
      fmt::format("{} records in {} blocks of {} files: every checksum fits, and each block names the one before it\n",
                  proof.records, proof.blocks, proof.files);
  if (proof.kept) {
    text += fmt::format(
        "records 1 to {} were deleted by retention, as the journal says; the chain is proved from record {} on, behind "
        "SHA-256 {}\n",
        proof.kept->facts.sequence, proof.kept->facts.sequence + 1, journal::to_hex(proof.kept->chain));
  }
  text += fmt::format("head: record {}, SHA-256 {}\n", proof.last, proof.hash);
  if (proof.ending.kind == journal::EndKind::Torn) {
    return text + proof.ending.text() +
           ": a crash left a torn tail (or it is being written now); the next start cuts it and says so\n";
  }
  return text + (proof.clean
                     ? "it ended in good order: nothing was added, changed or cut off\n"
                     : "it is being written, or was not ended in good order: its tail is what the head knew of at "
                       "most a second before\n");
}

}  // namespace

int verify(const JournalOptions& options) {
  const Proof proof = prove(journal_folder(options));
  const bool damaged = proof.ending.kind == journal::EndKind::Damaged;
  if (options.json) {
    nlohmann::ordered_json json{{"schema", 1},
                                {"state", state_of(proof)},
                                {"records", proof.records},
                                {"blocks", proof.blocks},
                                {"files", proof.files},
                                {"head", {{"seq", proof.last}, {"hash", proof.hash}}}};
    if (proof.kept) {
      json["deleted"] = {{"last", proof.kept->facts.sequence}, {"hash", journal::to_hex(proof.kept->chain)}};
    }
    if (!proof.ending.what.empty()) json["what"] = proof.ending.text();
    std::cout << json.dump() << std::endl;
  } else {
    std::cout << (damaged ? proof.ending.text() + "\n" : text_of(proof)) << std::flush;
  }
  if (!damaged) return done;
  std::cerr << "bulwark verify: damaged after " << proof.records << " good records: " << proof.ending.text()
            << std::endl;
  return answer_is_no;
}

}  // namespace bulwark::command
