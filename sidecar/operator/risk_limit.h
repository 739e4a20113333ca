// SPDX-License-Identifier: Apache-2.0
// `bulwark risk stress --reverse LIMIT`: the loss that a limit of the configuration allows the whole book.
#pragma once

#include <string>

namespace bulwark::risk {
struct Request;
}

namespace bulwark::command {

// An amount, or the name of a limit of `config`, into the request. Throws risk::Mistake where there is no such limit,
// or none that says how much the whole book may lose; false: the configuration is wrong, which has been printed.
bool read_reverse(const std::string& amount_or_limit, const std::string& config, risk::Request& request);

}  // namespace bulwark::command
