// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "sidecar/ledger/postgres/batch.h"

namespace bulwark::ledger::postgres {

namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;

std::int64_t day_of(TimeNs t) { return t.ns / day_ns - (t.ns % day_ns < 0 ? 1 : 0); }

Parameter array_of_all(const std::vector<std::string>& texts) {
  return array_of(std::vector<std::string_view>(texts.begin(), texts.end()));
}

}  // namespace

void Batch::take(Follower& follower) {
  const journal::Block& block = follower.block();
  first_.push_back(static_cast<std::int64_t>(block.first));
  last_.push_back(static_cast<std::int64_t>(block.last));
  t_us_.push_back(block.sealed.ns / 1'000);
  previous_.emplace_back(bytes_of(block.previous));
  hash_.emplace_back(bytes_of(block.hash));
  blocks_.push_back(block.hashed());
  bytes_ += blocks_.back().size();
  std::int64_t day = day_of(block.sealed);
  days_.insert(day);
  follower.take(rows_, [&](const journal::Record& record) {
    if (day_of(record.t) == day) return;
    day = day_of(record.t);
    days_.insert(day);
  });
}

void Batch::clear() {
  for (auto* numbers : {&first_, &last_, &t_us_}) numbers->clear();
  for (auto* texts : {&previous_, &hash_, &blocks_}) texts->clear();
  bytes_ = 0;
  rows_.clear();
  days_.clear();
}

void Batch::ship(Connection& database) const {
  const Parameter blocks[] = {
      {std::to_string(stream_), false}, array_of(first_),    array_of(last_),      array_of(t_us_),
      array_of_all(previous_),          array_of_all(hash_), array_of_all(blocks_)};
  database.run("SELECT bulwark.ship($1, $2, $3, $4, $5, $6, $7)", blocks);
  for (std::size_t k = 0; k < table_count; ++k) {
    const Table table{static_cast<std::uint8_t>(k)};
    if (rows_.rows(table) != 0) database.copy(CopyRows::command(table), rows_.data(table));
  }
}

}  // namespace bulwark::ledger::postgres
