// SPDX-License-Identifier: Apache-2.0
// `bulwark audit`: the auditor's questions, answered from the journal alone, in the words of the ledger's tables and
// views.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace bulwark::command {

void add_audit_commands(CLI::App& app, std::function<int()>& chosen);

}  // namespace bulwark::command
