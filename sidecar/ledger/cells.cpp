// SPDX-License-Identifier: Apache-2.0
// Cells get their names from the columns of their table, one after the other.
#include "sidecar/ledger/cells.h"

#include <charconv>

#include "shm/decimal.h"

namespace bulwark::ledger {

std::string_view CellRow::text(std::string_view name) const {
  for (const Cell& cell : cells) {
    if (cell.name == name) return cell.text;
  }
  return {};
}

void CellRows::begin(Table table, std::uint64_t sequence, TimeNs t) {
  table_ = table;
  if (!wanted()) return;
  columns_ = words_of(table).columns;
  rows.push_back({table, sequence, t, {}});
}

void CellRows::add(Cell::Kind kind, std::string_view text) {
  if (!wanted()) return;
  const std::string_view name = columns_.substr(0, columns_.find(','));
  columns_.remove_prefix(std::min(columns_.size(), name.size() + 1));
  rows.back().cells.push_back({name, kind, std::string(text)});
}

void CellRows::number(std::int64_t number) {
  if (wanted()) add(Cell::Kind::Number, std::to_string(number));
}

void CellRows::decimal(int128 raw) {
  if (wanted()) add(Cell::Kind::Text, format_decimal(raw));
}

void CellRows::fraction(double value) {
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, value);
  add(Cell::Kind::Number, {text, static_cast<std::size_t>(written.ptr - text)});
}

}  // namespace bulwark::ledger
