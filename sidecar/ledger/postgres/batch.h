// SPDX-License-Identifier: Apache-2.0
// Blocks and their rows on their way into one transaction. Kept until the server has confirmed it: where an answer to
// COMMIT is lost, the same batch goes again, or not, as the server's position says.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/ledger/follow.h"
#include "sidecar/ledger/postgres/connection.h"
#include "sidecar/ledger/postgres/copy.h"

namespace bulwark::ledger::postgres {

inline std::string_view bytes_of(const journal::Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), sizeof hash};
}

class Batch {
public:
  static constexpr std::size_t bytes_max = 8U << 20U;

  explicit Batch(std::int32_t stream) : stream_(stream), rows_(stream) {}

  // Takes the block at which the follower stands.
  void take(Follower& follower);
  bool empty() const { return last_.empty(); }
  bool full() const { return bytes_ >= bytes_max || rows_.bytes() >= bytes_max; }
  void clear();

  std::uint64_t first() const { return static_cast<std::uint64_t>(first_.front()); }
  std::uint64_t last() const { return static_cast<std::uint64_t>(last_.back()); }
  std::string_view previous() const { return previous_.front(); }
  std::string_view hash() const { return hash_.back(); }
  // Of its blocks and rows, as days since the epoch.
  const std::set<std::int64_t>& days() const { return days_; }

  // Everything, inside the caller's transaction.
  void ship(Connection& database) const;

private:
  std::int32_t stream_;
  std::vector<std::int64_t> first_, last_, t_us_;
  std::vector<std::string> previous_, hash_, blocks_;
  std::size_t bytes_ = 0;
  CopyRows rows_;
  std::set<std::int64_t> days_;
};

}  // namespace bulwark::ledger::postgres
