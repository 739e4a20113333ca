// SPDX-License-Identifier: Apache-2.0
// The file `shipped` of a journal's folder: how far PostgreSQL has confirmed it, "JOURNAL SEQUENCE", its id as 16
// hexadecimal digits. Retention deletes nothing that comes behind it. It may say less than is true, never more.
#pragma once

#include <cstdint>
#include <string>

namespace bulwark::ledger {

struct Shipped {
  std::uint64_t journal = 0;  // id; 0: nothing is known
  std::uint64_t sequence = 0;
};

Shipped read_shipped(const std::string& journal_directory);

// Whole or not at all; a failure leaves what was there.
void write_shipped(const std::string& journal_directory, const Shipped& shipped);

}  // namespace bulwark::ledger
