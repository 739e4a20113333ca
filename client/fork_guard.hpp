// SPDX-License-Identifier: Apache-2.0
// Tells a forked child from its parent at the cost of one load: a page that the kernel gives to a child empty.
#pragma once

#include <sys/mman.h>

#include <cstddef>

#include "client/error.hpp"

namespace bulwark::client {

class ForkGuard {
public:
  ForkGuard() {
    void* page = ::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) throw Error("attach: there is no memory left");
    mark_ = static_cast<volatile char*>(page);
    if (::madvise(page, page_bytes, MADV_WIPEONFORK) != 0) {
      ::munmap(page, page_bytes);
      throw Error("attach: this kernel cannot mark memory for a fork (MADV_WIPEONFORK, Linux 4.14)");
    }
    *mark_ = 1;
  }
  ForkGuard(const ForkGuard&) = delete;
  ForkGuard& operator=(const ForkGuard&) = delete;
  ~ForkGuard() { ::munmap(const_cast<char*>(mark_), page_bytes); }

  bool in_child() const { return *mark_ == 0; }

private:
  static constexpr std::size_t page_bytes = 4096;
  volatile char* mark_ = nullptr;
};

}  // namespace bulwark::client
