// SPDX-License-Identifier: Apache-2.0
// Why there is no answer: a wrong option, a wrong file, or data that no answer can be made of. Exit code 2.
#pragma once

#include <stdexcept>

namespace bulwark::risk {

struct Mistake : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace bulwark::risk
