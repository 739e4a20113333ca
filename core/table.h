// SPDX-License-Identifier: Apache-2.0
// A fixed number of zeroed records, allocated once. Memory that is never used is never touched; large tables ask for
// large pages, so that growing into them costs few page faults, and finding something in them few misses of the TLB.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace bulwark::core {

template <class T>
class Table {
  static_assert(std::is_trivially_copyable_v<T>);

public:
  Table() = default;
  explicit Table(std::size_t size) : size_(size), records_(map(bytes_for(size)), Unmap{bytes_for(size)}) {}

  T& operator[](std::size_t index) { return records_.get()[index]; }
  const T& operator[](std::size_t index) const { return records_.get()[index]; }
  std::size_t size() const { return size_; }
  const T* begin() const { return records_.get(); }
  const T* end() const { return records_.get() + size_; }
  T* data() { return records_.get(); }

  // Fetches a record that will soon be looked at or written, while something else is done. (Always inline, here and
  // where it is passed on: GCC takes a function that only prefetches for one without effect, and leaves its call out.)
  [[gnu::always_inline]] void prefetch(std::size_t index) const {
    const auto* bytes = reinterpret_cast<const char*>(records_.get() + index);
    for (std::size_t k = 0; k < sizeof(T); k += 64) __builtin_prefetch(bytes + k, 1);
    if constexpr (64 % sizeof(T) != 0) __builtin_prefetch(bytes + sizeof(T) - 1, 1);  // it may end in one line more
  }

  // Has the memory of the records from `first` to `last` put in place: what is written there later meets no page fault.
  // Changes nothing that stands in it, so that any thread may do it while another one writes there. Cold.
  void populate(std::size_t first, std::size_t last) const {
    const std::size_t begin = first * sizeof(T) / page_bytes * page_bytes;
    const std::size_t end =
        last < size_ ? (last * sizeof(T) + page_bytes - 1) / page_bytes * page_bytes : bytes_for(size_);
    if (begin < end) ::madvise(reinterpret_cast<char*>(records_.get()) + begin, end - begin, MADV_POPULATE_WRITE);
  }

private:
  static constexpr std::size_t page_bytes = 4096, large_page_bytes = 2 << 20;

  static std::size_t bytes_for(std::size_t size) {
    const std::size_t bytes = (size + 1) * sizeof(T);
    const std::size_t page = bytes < large_page_bytes ? page_bytes : large_page_bytes;
    return (bytes + page - 1) / page * page;
  }
  static T* map(std::size_t bytes) {
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc{};
    if (bytes >= large_page_bytes) ::madvise(memory, bytes, MADV_HUGEPAGE);  // where there are none, small ones do
    return static_cast<T*>(memory);
  }

  struct Unmap {
    std::size_t bytes = 0;
    void operator()(T* records) const { ::munmap(records, bytes); }
  };
  std::size_t size_ = 0;
  std::unique_ptr<T, Unmap> records_;
};

}  // namespace bulwark::core
