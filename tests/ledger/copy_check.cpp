// SPDX-License-Identifier: Apache-2.0
// Random rows through COPY into a real server and back: `ledger_copy_check URL`. Every decimal, quotient, text and time
// has to come back as it went. Prints what does not.
#include <charconv>
#include <cmath>
#include <iostream>
#include <random>

#include "shm/decimal.h"
#include "sidecar/ledger/postgres/connection.h"
#include "sidecar/ledger/postgres/copy.h"

namespace bulwark::test {

using ledger::Table;
namespace postgres = ledger::postgres;

constexpr int row_count = 20'000;

std::mt19937_64 dice(1);

// Of every size: what a quotient of money may be.
double any_double() {
  const double size = std::ldexp(static_cast<double>(dice() >> 11U), static_cast<int>(dice() % 120) - 100);
  const double short_one = static_cast<double>(dice() % 100'000) / 1'000;
  return (dice() % 2 == 0 ? 1 : -1) * (dice() % 2 == 0 ? size : short_one);
}

int128 any_decimal() {
  const auto part = [] { return static_cast<int128>(dice() >> (dice() % 64)); };
  const int128 size = dice() % 3 == 0 ? part() * part() % saturated_raw : part();
  return dice() % 2 == 0 ? size : -size;
}

std::string any_text() {
  std::string text(1 + dice() % 64, ' ');
  for (char& c : text) c = static_cast<char>(0x20 + dice() % 0x5f);
  return text;
}

std::string shortest(double value) {
  char buffer[64];
  const char* const end = std::to_chars(buffer, std::end(buffer), value).ptr;
  return {static_cast<const char*>(buffer), end};
}

int check(const std::string& url) {
  postgres::Connection database(url);
  database.run("SELECT bulwark.make_partitions('1969-12-31', '1970-01-01')");
  postgres::CopyRows rows(1);
  std::vector<std::string> expected;
  for (int i = 0; i < row_count; ++i) {
    const double fraction = any_double();
    const int128 decimal = any_decimal();
    const std::string text = any_text();
    const TimeNs t{static_cast<std::int64_t>(dice() % 172'800'000'000'000) - 86'400'000'000'000};
    rows.begin(Table::Objection, static_cast<std::uint64_t>(i) + 1, t);
    rows.number(i);
    rows.text(text);
    rows.null();
    rows.json(R"({"account":"A\"C"})");
    rows.fraction(fraction);
    rows.decimal(decimal);
    rows.end();
    const std::int64_t us = t.ns / 1'000 - (t.ns % 1'000 < 0 ? 1 : 0);
    expected.push_back(text + "|" + shortest(fraction) + "|" + format_decimal(decimal) + "|" + std::to_string(us) +
                       "|t");
  }
  database.run("BEGIN");
  database.copy(postgres::CopyRows::command(Table::Objection), rows.data(Table::Objection));
  database.run("COMMIT");
  const postgres::Result back = database.run(
      "SELECT limit_name, value, trim_scale(max), (extract(epoch FROM t) * 1000000)::bigint, metric IS NULL AND scope "
      "= "
      "'{\"account\": \"A\\\"C\"}' FROM bulwark.objection ORDER BY seq");
  int wrong = back.rows() == row_count ? 0 : 1;
  for (int i = 0; i < back.rows() && wrong < 10; ++i) {
    std::string row(back.text(i, 0));
    row += "|" + shortest(std::strtod(std::string(back.text(i, 1)).c_str(), nullptr));
    for (int column = 2; column < 5; ++column) row += "|" + std::string(back.text(i, column));
    if (row == expected[static_cast<std::size_t>(i)]) continue;
    ++wrong;
    std::cout << "went " << expected[static_cast<std::size_t>(i)] << "\ncame " << row << "\n";
  }
  std::cout << back.rows() << " rows came back, " << wrong << " wrong\n";
  return wrong == 0 ? 0 : 1;
}

}  // namespace bulwark::test

int main(int argc, char** argv) { return argc == 2 ? bulwark::test::check(argv[1]) : 2; }
