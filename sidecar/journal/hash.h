// SPDX-License-Identifier: Apache-2.0
// SHA-256, of which the chain over a journal's blocks is made, and the digest of a state. Cold.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

struct evp_md_st;
struct evp_md_ctx_st;

namespace bulwark::journal {

using Hash = std::array<std::uint64_t, 4>;  // its 32 bytes, in their order in memory

std::string to_hex(const Hash& hash);

class Sha256 {
public:
  Sha256();  // looks the algorithm up once; throws std::runtime_error where there is none
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  // Of all these words' bytes, one after the other.
  Hash of(std::initializer_list<std::span<const std::uint64_t>> parts);
  // Of bytes that come one after the other.
  void begin();
  void add(std::span<const std::byte> bytes);
  Hash end();

private:
  evp_md_st* algorithm_;
  evp_md_ctx_st* context_;
  bool done_ = false;  // without a failure so far
};

std::string sha256_of(std::string_view text);  // as hex digits

}  // namespace bulwark::journal
