// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "sidecar/ledger/shipped.h"

#include <cstdio>
#include <fstream>

#include "sidecar/ledger/words.h"

namespace bulwark::ledger {

Shipped read_shipped(const std::string& journal_directory) {
  Shipped shipped;
  std::ifstream file(journal_directory + "/shipped");
  std::string journal;
  if (!(file >> journal >> shipped.sequence)) return {};
  shipped.journal = std::strtoull(journal.c_str(), nullptr, 16);
  return shipped;
}

void write_shipped(const std::string& journal_directory, const Shipped& shipped) {
  const std::string path = journal_directory + "/shipped", making = path + ".new";
  std::ofstream file(making);
  file << hex(shipped.journal) << " " << shipped.sequence << "\n";
  file.close();
  if (file) std::rename(making.c_str(), path.c_str());
}

}  // namespace bulwark::ledger
