// SPDX-License-Identifier: Apache-2.0
// The file `shipped` of a journal's folder: how far PostgreSQL has confirmed it, "JOURNAL SEQUENCE HASH": its id as 16
// hexadecimal digits, the last record, and the SHA-256 of the block that ends with it. The ledger writes it; retention
// deletes nothing that comes behind it. It may say less than is true, never more. Cold.
#pragma once

#include <cstdint>
#include <string>

#include "sidecar/journal/hash.h"

namespace bulwark::journal {

struct Shipped {
  std::uint64_t journal = 0;  // id; 0: nothing is known
  std::uint64_t sequence = 0;
  std::string hash;  // 64 hexadecimal digits
};

// What cannot be read whole says nothing.
Shipped read_shipped(const std::string& journal_directory);

// Whole or not at all; a failure leaves what was there.
void write_shipped(const std::string& journal_directory, const Shipped& shipped);

}  // namespace bulwark::journal
