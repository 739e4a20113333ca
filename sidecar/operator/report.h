// SPDX-License-Identifier: Apache-2.0
// `bulwark report`: the daily risk report, made of a journal.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace bulwark::command {

void add_report_command(CLI::App& app, std::function<int()>& chosen);

}  // namespace bulwark::command
