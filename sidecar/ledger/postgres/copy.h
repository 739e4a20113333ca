// SPDX-License-Identifier: Apache-2.0
// Rows in the binary form of COPY, a buffer for each table. Binary, because then nothing that a client calls its orders
// has to be escaped, and the server parses no text.
#pragma once

#include <array>
#include <string>

#include "sidecar/ledger/tables.h"

namespace bulwark::ledger::postgres {

class CopyRows : public RowSink {
public:
  explicit CopyRows(std::int32_t stream) : stream_(stream) {}

  void begin(Table table, std::uint64_t sequence, TimeNs t) override;
  void end() override;
  void null() override;
  void text(std::string_view text) override;
  void number(std::int64_t number) override;
  void count(std::int32_t count) override;
  void boolean(bool boolean) override;
  void decimal(int128 raw) override;
  void fraction(double value) override;
  void json(std::string_view text) override;
  void moment(TimeNs t) override;

  // The command that takes `data(table)`, part by part; where `rows(table)` is 0 there is nothing to take.
  static std::string command(Table table);
  std::array<std::string_view, 3> data(Table table) const;
  std::uint64_t rows(Table table) const { return rows_[static_cast<std::size_t>(table)]; }
  std::uint64_t rows() const;
  std::size_t bytes() const;
  void clear();

private:
  std::string& out() { return data_[static_cast<std::size_t>(table_)]; }
  template <class Number>
  void put(Number number);
  void put_digits(const std::int16_t* digits, int count, int weight, bool negative, int decimals);

  std::int32_t stream_;
  Table table_ = Table::Verdict;
  std::uint16_t fields_ = 0;
  std::size_t row_at_ = 0;
  std::array<std::string, table_count> data_;
  std::array<std::uint64_t, table_count> rows_{};
};

}  // namespace bulwark::ledger::postgres
