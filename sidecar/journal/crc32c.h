// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli) over 8-byte words: the checksum of every record in the journal's files.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace bulwark::journal {

namespace crc32c_details {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? (value >> 1U) ^ 0x82f63b78U : value >> 1U;
    table[i] = value;
  }
  return table;
}
inline constexpr std::array<std::uint32_t, 256> table = make_table();

constexpr std::uint32_t by_table(std::uint32_t crc, std::span<const std::uint64_t> words) {
  for (std::uint64_t word : words) {
    for (int i = 0; i < 8; ++i, word >>= 8) crc = (crc >> 8U) ^ table[(crc ^ static_cast<std::uint32_t>(word)) & 0xffU];
  }
  return crc;
}

#if defined(__x86_64__)
[[gnu::target("sse4.2")]] inline std::uint32_t by_instruction(std::uint32_t crc, std::span<const std::uint64_t> words) {
  std::uint64_t wide = crc;
  for (const std::uint64_t word : words) wide = __builtin_ia32_crc32di(wide, word);
  return static_cast<std::uint32_t>(wide);
}
inline bool has_instruction() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}
#endif

}  // namespace crc32c_details

// `crc` continues an earlier result; 0 begins.
inline std::uint32_t crc32c(std::uint32_t crc, std::span<const std::uint64_t> words) {
#if defined(__x86_64__)
  if (crc32c_details::has_instruction()) return ~crc32c_details::by_instruction(~crc, words);
#endif
  return ~crc32c_details::by_table(~crc, words);
}

}  // namespace bulwark::journal
