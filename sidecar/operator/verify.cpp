// SPDX-License-Identifier: Apache-2.0
// `bulwark verify`: every checksum, the chain over all blocks, no gap, the head, and every configuration that is named.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "sidecar/journal/proof.h"
#include "sidecar/operator/command.h"
#include "sidecar/operator/journal.h"

namespace bulwark::command {

using journal::Proof;

namespace {

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
  const Proof proof = journal::prove(journal_folder(options));
  const bool damaged = proof.ending.kind == journal::EndKind::Damaged;
  if (options.json) {
    nlohmann::ordered_json json{{"schema", 1},
                                {"state", proof.state()},
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
