// SPDX-License-Identifier: Apache-2.0
// Follows a journal that is being written: its blocks one after the other, each only when it is known to be durable.
// (One that is not may be cut by a recovery and written anew, with another hash.)
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sidecar/journal/blocks.h"
#include "sidecar/ledger/rows.h"

namespace bulwark::ledger {

struct Source {
  std::string instance;
  std::string journal_directory;
  std::string run_folder;  // empty: the instance does not run; then only what the head names is taken
};

// Up to which record the journal is known to be durable.
std::uint64_t durable_sequence(const Source& source);

// The header of the first file that is kept. None: there is no journal.
std::optional<journal::FileHeader> first_file(const std::string& directory);

class Follower {
public:
  explicit Follower(const Source& source);

  // False: there is no further one now. Throws JournalError where there never will be.
  bool next();
  const journal::Block& block() const { return reader_->block(); }
  // The rows of its records. `each` sees every record first.
  void take(RowSink& sink, const std::function<void(const journal::Record&)>& each = {});

  const Rows& rows() const { return rows_; }
  std::uint64_t journal();                                 // id; 0: there is no journal yet
  std::uint64_t first_sequence() const { return first_; }  // of the first record that is still there
  std::uint64_t last_sequence() const { return last_; }    // of the last block that `next` gave
  const journal::Hash& last_hash() const { return hash_; }
  const journal::Hash& hash_before() const { return before_; }  // of the block before the first that is still there
  // Somebody else has it up to that record: so far it was durable.
  void trust(std::uint64_t sequence) { trusted_ = sequence; }

private:
  void open();

  const Source& source_;
  std::optional<journal::BlockReader> reader_;
  Rows rows_;
  std::uint64_t journal_ = 0, first_ = 0, last_ = 0, trusted_ = 0;
  std::uint64_t durable_ = 0;  // as of when it was last looked at
  journal::Hash before_{}, hash_{};
};

}  // namespace bulwark::ledger
