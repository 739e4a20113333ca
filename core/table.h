// SPDX-License-Identifier: Apache-2.0
// A fixed number of zeroed records, allocated once. Pages that are never used are never touched.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace bulwark::core {

template <class T>
class Table {
  static_assert(std::is_trivially_copyable_v<T>);

public:
  Table() = default;
  explicit Table(std::size_t size) : size_(size), records_(static_cast<T*>(std::calloc(size + 1, sizeof(T)))) {
    if (!records_) throw std::bad_alloc{};
  }
  T& operator[](std::size_t index) { return records_.get()[index]; }
  const T& operator[](std::size_t index) const { return records_.get()[index]; }
  std::size_t size() const { return size_; }
  T* data() { return records_.get(); }

private:
  struct Free {
    void operator()(T* records) const { std::free(records); }
  };
  std::size_t size_ = 0;
  std::unique_ptr<T, Free> records_;
};

}  // namespace bulwark::core
