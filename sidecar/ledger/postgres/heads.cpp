// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "sidecar/ledger/postgres/heads.h"

#include <map>

#include "sidecar/ledger/follow.h"
#include "sidecar/ledger/postgres/batch.h"
#include "sidecar/ledger/words.h"

namespace bulwark::ledger::postgres {

namespace {

// What the server has by record: the heads of this journal.
std::map<std::uint64_t, std::string> heads_of(Connection& database, std::uint64_t journal) {
  const Parameter name{hex(journal), false};
  const Result rows = database.run(
      "SELECT DISTINCT h.seq, encode(h.hash, 'hex') FROM bulwark.head h JOIN bulwark.ship_state s USING (stream) WHERE "
      "s.journal = $1",
      {&name, 1});
  std::map<std::uint64_t, std::string> heads;
  for (int i = 0; i < rows.rows(); ++i) {
    const auto [place, fresh] = heads.emplace(rows.integer(i, 0), rows.text(i, 1));
    if (!fresh) place->second = "two that differ";
  }
  return heads;
}

std::string damage_at_server(Connection& database, std::uint64_t journal) {
  const Parameter name{hex(journal), false};
  const Result rows = database.run(
      "SELECT d.first_seq, d.what FROM bulwark.ship_state s, bulwark.first_damage(s.stream) d WHERE s.journal = $1",
      {&name, 1});
  if (rows.rows() == 0) return {};
  return "at the server, record " + std::string(rows.text(0, 0)) + ": " + std::string(rows.text(0, 1));
}

}  // namespace

Heads compare_heads(Connection& database, const std::string& journal_directory) {
  const auto begin = first_file(journal_directory);
  if (!begin) throw journal::JournalError(journal_directory + ": there is no journal in this folder");
  auto heads = heads_of(database, begin->journal);
  heads.erase(heads.begin(), heads.lower_bound(begin->first_sequence));  // retention took what they are about
  Heads result;
  journal::BlockReader reader(journal_directory, begin->first_sequence);
  while (reader.next()) {
    const auto head = heads.find(reader.block().last);
    if (head == heads.end()) continue;
    if (head->second != hex(bytes_of(reader.block().hash))) {
      result.damage = reader.block().file + ": byte " + std::to_string(reader.block().begin) +
                      ": the server was told another hash of the block that ends with record " +
                      std::to_string(head->first);
      return result;
    }
    ++result.count;
    result.last = head->first;
    heads.erase(head);
  }
  if (reader.ending().kind == journal::EndKind::Damaged) result.damage = reader.ending().text();
  else if (!heads.empty())
    result.damage = "the server was told of record " + std::to_string(heads.begin()->first) +
                    ", with which no block of this journal ends: it was rolled back, cut or made anew";
  else result.damage = damage_at_server(database, begin->journal);
  return result;
}

}  // namespace bulwark::ledger::postgres
