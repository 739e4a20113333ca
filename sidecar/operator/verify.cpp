// SPDX-License-Identifier: Apache-2.0
// `bulwark verify`: every checksum, the chain over all blocks, no gap, the head, and every configuration that is named.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "sidecar/journal/blocks.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/operator/command.h"
#include "sidecar/operator/journal.h"

namespace bulwark::command {

namespace {

struct Proof {
  std::uint64_t records = 0, blocks = 0, files = 0, last = 0;
  std::string hash;
  journal::Ending ending;
  bool clean = false;
};

Proof prove(const std::string& folder) {
  Proof proof;
  journal::BlockReader reader(folder);
  while (reader.next()) {
    ++proof.blocks;
    journal::BlockRecords records(reader.block());
    try {
      for (journal::Record record; records.next(record); ++proof.records) {
        if (record.type == journal::RecordType::Configuration) journal::read_configuration(folder, record.note.a);
      }
    } catch (const journal::JournalError& error) {
      reader.stop_here(error.what());
      break;
    }
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
