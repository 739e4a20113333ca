// SPDX-License-Identifier: Apache-2.0
// Rows in memory, each cell with its name and its text: for `bulwark audit`, and for the mirror in Redis.
#pragma once

#include <bitset>
#include <initializer_list>
#include <string>
#include <vector>

#include "sidecar/ledger/tables.h"

namespace bulwark::ledger {

struct Cell {
  enum class Kind : std::uint8_t { Null, Text, Number, Boolean, Json };
  std::string_view name;
  Kind kind;
  std::string text;  // of a number its digits; a decimal is Text, as everywhere in the contract
};

struct CellRow {
  Table table;
  std::uint64_t sequence;
  TimeNs t;
  std::vector<Cell> cells;

  std::string_view text(std::string_view name) const;  // empty: null, or not there
};

class CellRows : public RowSink {
public:
  explicit CellRows(std::initializer_list<Table> wanted) {
    for (const Table table : wanted) wanted_.set(static_cast<std::size_t>(table));
  }

  void begin(Table table, std::uint64_t sequence, TimeNs t) override;
  void end() override {}
  void null() override { add(Cell::Kind::Null, {}); }
  void text(std::string_view text) override { add(Cell::Kind::Text, text); }
  void number(std::int64_t number) override;
  void count(std::int32_t count) override { number(count); }
  void boolean(bool boolean) override { add(Cell::Kind::Boolean, boolean ? "true" : "false"); }
  void decimal(int128 raw) override;
  void fraction(double value) override;
  void json(std::string_view text) override { add(Cell::Kind::Json, text); }
  void moment(TimeNs t) override { number(t.ns); }

  std::vector<CellRow> rows;

private:
  bool wanted() const { return wanted_.test(static_cast<std::size_t>(table_)); }
  void add(Cell::Kind kind, std::string_view text);

  std::bitset<table_count> wanted_;
  Table table_ = Table::Verdict;
  std::string_view columns_;  // those that are still to come
};

}  // namespace bulwark::ledger
