// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/hash.h"

#include <openssl/evp.h>

#include <cstring>
#include <stdexcept>

namespace bulwark::journal {

std::string to_hex(const Hash& hash) {
  constexpr char digits[] = "0123456789abcdef";
  unsigned char bytes[sizeof hash];
  std::memcpy(bytes, hash.data(), sizeof bytes);
  std::string text;
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

Sha256::Sha256() : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
  if (algorithm_ != nullptr && context_ != nullptr) return;
  EVP_MD_CTX_free(context_);
  EVP_MD_free(algorithm_);
  throw std::runtime_error("OpenSSL of this machine has no SHA-256");
}

Sha256::~Sha256() {
  EVP_MD_CTX_free(context_);
  EVP_MD_free(algorithm_);
}

Hash Sha256::of(std::initializer_list<std::span<const std::uint64_t>> parts) {
  begin();
  for (const auto& part : parts) add(std::as_bytes(part));
  return end();
}

void Sha256::begin() { done_ = EVP_DigestInit_ex2(context_, algorithm_, nullptr) == 1; }

void Sha256::add(std::span<const std::byte> bytes) {
  done_ = done_ && EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1;
}

Hash Sha256::end() {
  Hash hash{};
  done_ = done_ && EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(hash.data()), nullptr) == 1;
  if (!done_) throw std::runtime_error("OpenSSL cannot make a SHA-256");
  return hash;
}

std::string sha256_of(std::string_view text) {
  Sha256 sha;
  sha.begin();
  sha.add(std::as_bytes(std::span(text)));
  return to_hex(sha.end());
}

}  // namespace bulwark::journal
