// SPDX-License-Identifier: Apache-2.0
// The forms are those of PostgreSQL's own send functions: big-endian, each field behind its length.
#include "sidecar/ledger/postgres/copy.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>

namespace bulwark::ledger::postgres {

namespace {

constexpr std::string_view head{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19}, tail{"\377\377", 2};
constexpr std::int64_t postgres_epoch_us = 946'684'800'000'000;  // 2000-01-01
constexpr int digit_base = 10'000;

template <class Number>
Number big_endian(Number number) {
  if constexpr (std::endian::native == std::endian::big) return number;
  else if constexpr (sizeof(Number) == 8)
    return static_cast<Number>(__builtin_bswap64(static_cast<std::uint64_t>(number)));
  else if constexpr (sizeof(Number) == 4)
    return static_cast<Number>(__builtin_bswap32(static_cast<std::uint32_t>(number)));
  else if constexpr (sizeof(Number) == 2)
    return static_cast<Number>(__builtin_bswap16(static_cast<std::uint16_t>(number)));
  else return number;
}

}  // namespace

template <class Number>
void CopyRows::put(Number number) {
  const Number bytes = big_endian(number);
  out().append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
}

void CopyRows::begin(Table table, std::uint64_t sequence, TimeNs t) {
  table_ = table;
  fields_ = 0;
  row_at_ = out().size();
  put<std::uint16_t>(0);  // the number of fields: `end` knows it
  count(stream_);
  number(static_cast<std::int64_t>(sequence));
  moment(t);
  number(t.ns);
}

void CopyRows::end() {
  const std::uint16_t fields = big_endian(fields_);
  std::memcpy(out().data() + row_at_, &fields, sizeof fields);
  ++rows_[static_cast<std::size_t>(table_)];
}

void CopyRows::null() {
  ++fields_;
  put<std::int32_t>(-1);
}

void CopyRows::text(std::string_view text) {
  ++fields_;
  put(static_cast<std::int32_t>(text.size()));
  out().append(text);
}

void CopyRows::number(std::int64_t number) {
  ++fields_;
  put<std::int32_t>(sizeof number);
  put(number);
}

void CopyRows::count(std::int32_t count) {
  ++fields_;
  put<std::int32_t>(sizeof count);
  put(count);
}

void CopyRows::boolean(bool boolean) {
  ++fields_;
  put<std::int32_t>(1);
  put<char>(boolean ? 1 : 0);
}

void CopyRows::json(std::string_view text) {
  ++fields_;
  put(static_cast<std::int32_t>(text.size() + 1));
  put<char>(1);  // version of jsonb's binary form
  out().append(text);
}

void CopyRows::moment(TimeNs t) {
  const std::int64_t us = t.ns / 1'000 - (t.ns % 1'000 < 0 ? 1 : 0);  // downwards
  number(us - postgres_epoch_us);
}

// Digits of base 10,000, the most significant first, the first of them counting 10,000 to the power of `weight`.
void CopyRows::put_digits(const std::int16_t* digits, int count, int weight, bool negative, int decimals) {
  for (; count > 0 && digits[0] == 0; ++digits, --count, --weight) {
  }
  ++fields_;
  put(static_cast<std::int32_t>(8 + 2 * count));
  put(static_cast<std::int16_t>(count));
  put(static_cast<std::int16_t>(weight));
  put<std::uint16_t>(negative ? 0x4000 : 0);
  put(static_cast<std::int16_t>(decimals));
  for (int i = 0; i < count; ++i) put(digits[i]);
}

// 8 decimals are two digits of base 10,000.
void CopyRows::decimal(int128 raw) {
  constexpr int places = 10;
  std::int16_t digits[places] = {};
  uint128 size = static_cast<uint128>(magnitude(raw));
  int at = places;
  for (; size >> 64 != 0; size /= digit_base) digits[--at] = static_cast<std::int16_t>(size % digit_base);
  for (auto rest = static_cast<std::uint64_t>(size); rest != 0; rest /= digit_base) {
    digits[--at] = static_cast<std::int16_t>(rest % digit_base);
  }
  put_digits(digits, places, places - 3, raw < 0, 8);
}

// The shortest digits that mean this double, "d.ddde+XX", moved to places of base 10,000.
void CopyRows::fraction(double value) {
  if (!(std::abs(value) < 1e300)) return null();
  char buffer[40];
  const char* const end = std::to_chars(buffer, std::end(buffer), std::abs(value), std::chars_format::scientific).ptr;
  const std::string text(static_cast<const char*>(buffer), end);
  const int exponent = std::stoi(text.substr(text.find('e') + 1));
  std::string digits = text.substr(0, text.find('e'));
  std::erase(digits, '.');
  const int decimals = std::max(0, static_cast<int>(digits.size()) - 1 - exponent);
  const int weight = exponent >= 0 ? exponent / 4 : -((3 - exponent) / 4);
  digits.insert(0, static_cast<std::size_t>(3 - (exponent - 4 * weight)), '0');
  while (digits.size() % 4 != 0) digits += '0';
  std::int16_t places[8] = {};
  int count = 0;
  for (std::size_t i = 0; i < digits.size(); i += 4) {
    places[count++] = static_cast<std::int16_t>(std::stoi(digits.substr(i, 4)));
  }
  put_digits(places, count, weight, value < 0, decimals);
}

std::string CopyRows::command(Table table) {
  const TableWords& words = words_of(table);
  return "COPY bulwark." + std::string(words.name) + " (stream,seq,t,t_ns," + std::string(words.columns) +
         ") FROM STDIN (FORMAT binary)";
}

std::array<std::string_view, 3> CopyRows::data(Table table) const {
  return {head, data_[static_cast<std::size_t>(table)], tail};
}

std::uint64_t CopyRows::rows() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t rows : rows_) sum += rows;
  return sum;
}

std::size_t CopyRows::bytes() const {
  std::size_t sum = 0;
  for (const std::string& data : data_) sum += data.size();
  return sum;
}

void CopyRows::clear() {
  for (std::string& data : data_) data.clear();
  rows_ = {};
}

}  // namespace bulwark::ledger::postgres
