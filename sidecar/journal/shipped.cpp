// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/shipped.h"

#include <cstdio>
#include <fstream>
#include <sstream>

namespace bulwark::journal {

namespace {

std::string text_of(const Shipped& shipped) {
  char journal[20];
  std::snprintf(journal, sizeof journal, "%016llx", static_cast<unsigned long long>(shipped.journal));
  return std::string(journal) + " " + std::to_string(shipped.sequence) + " " + shipped.hash + "\n";
}

}  // namespace

Shipped read_shipped(const std::string& journal_directory) {
  std::ifstream file(journal_directory + "/shipped");
  std::ostringstream text;
  if (file) text << file.rdbuf();
  std::istringstream words(text.str());
  Shipped shipped;
  words >> std::hex >> shipped.journal >> std::dec >> shipped.sequence >> shipped.hash;
  return words && shipped.hash.size() == 64 && text_of(shipped) == text.str() ? shipped : Shipped{};
}

void write_shipped(const std::string& journal_directory, const Shipped& shipped) {
  const std::string path = journal_directory + "/shipped", making = path + ".new";
  std::ofstream file(making);
  file << text_of(shipped);
  file.close();
  if (file) std::rename(making.c_str(), path.c_str());
}

}  // namespace bulwark::journal
