// SPDX-License-Identifier: Apache-2.0
// Why a program ends without doing what it was asked: a sentence for people and the exit code of the contract.
#pragma once

#include <stdexcept>
#include <string>

namespace bulwark::kill {

inline constexpr int exit_done = 0, exit_no = 1, exit_usage = 2, exit_not_running = 3, exit_refused = 4;

class Refusal : public std::runtime_error {
public:
  Refusal(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  int code() const { return code_; }

private:
  int code_;
};

}  // namespace bulwark::kill
