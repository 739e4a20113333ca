// SPDX-License-Identifier: Apache-2.0
// Reads a journal record by record: the blocks of blocks.h, opened. Cold.
#pragma once

#include <optional>

#include "sidecar/journal/blocks.h"

namespace bulwark::journal {

class JournalReader {
public:
  explicit JournalReader(std::string directory, std::uint64_t from = 1, Reading reading = Reading::ToTheEnd)
      : blocks_(std::move(directory), from, reading), from_(from) {}

  // False: no more records; `ending` says how that came.
  bool next(Record& record) {
    try {
      while (true) {
        while (records_ && records_->next(record)) {
          if (record.sequence >= from_) return true;
        }
        records_.reset();
        if (!blocks_.next()) return false;
        records_.emplace(blocks_.block());
      }
    } catch (const JournalError& error) {
      blocks_.stop_here(error.what());
      return false;
    }
  }
  const Ending& ending() const { return blocks_.ending(); }
  const BlockReader& blocks() const { return blocks_; }

private:
  BlockReader blocks_;
  std::uint64_t from_;
  std::optional<BlockRecords> records_;
};

}  // namespace bulwark::journal
