// SPDX-License-Identifier: Apache-2.0
// The commands about a journal: `bulwark journal` shows it, `verify` proves that nothing in it was changed, `replay`
// proves its decisions. They read files only, of a running instance too.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace bulwark::command {

struct JournalOptions {
  std::string config, instance, journal;  // where it stands: --journal wins
  std::string client, account, strategy, symbol, id, reason, limit, from, to;
  std::vector<std::string> types;
  bool json = false, csv = false, follow = false;
};

void add_journal_commands(CLI::App& app, std::function<int()>& chosen);

int show_journal(const JournalOptions& options);
int verify(const JournalOptions& options);
int replay(const JournalOptions& options);

// The folder that the options name. Throws kill::Refusal where they name none.
std::string journal_folder(const JournalOptions& options);

}  // namespace bulwark::command
