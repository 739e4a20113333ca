// SPDX-License-Identifier: Apache-2.0
// The board and the kill page for whoever only reads them: mapped read-only without any library, and the board's name
// tables looked up. Used by the client library, the door and tools. Cold.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "shm/attach.h"
#include "shm/layout.h"
#include "shm/memfd.h"

namespace bulwark::shm {

// A named segment, read only. Without status Ready there is nothing behind it.
template <class Segment>
class ReadOnly {
public:
  AttachStatus status = AttachStatus::Unknown;

  ReadOnly() = default;
  explicit ReadOnly(AttachStatus why) : status(why) {}
  explicit ReadOnly(MappedBytes&& memory) : status(AttachStatus::Ready), memory_(std::move(memory)) {}

  explicit operator bool() const { return status == AttachStatus::Ready; }
  const Segment& operator*() const { return *static_cast<const Segment*>(memory_.get()); }
  const Segment* operator->() const { return &**this; }
  // Of an unknown build: at least its header can be looked at.
  const Header* header() const { return static_cast<const Header*>(memory_.get()); }

private:
  MappedBytes memory_;
};

template <class Segment>
ReadOnly<Segment> map_read_only(const std::string& path, SegmentKind kind) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return ReadOnly<Segment>(AttachStatus::Absent);
    if (errno == EACCES || errno == EPERM) return ReadOnly<Segment>(AttachStatus::WrongPermission);
    return ReadOnly<Segment>(AttachStatus::Unknown);
  }
  MappedBytes memory = map_whole(file.get(), PROT_READ, sizeof(Header));
  const AttachStatus status = examine(static_cast<const Header*>(memory.get()), memory.bytes(), kind, sizeof(Segment));
  ReadOnly<Segment> result(std::move(memory));
  result.status = status;
  return result;
}

// How many rows of a table may be looked at, row 0 (nobody) included.
inline std::uint32_t row_count(const NameTable& table) {
  // SYNC POINT NAMES: acquire pairs with the writer's store of the count, behind the rows that it counts.
  const std::uint32_t count = table.count.load(std::memory_order_acquire);
  return count < table.capacity ? count : table.capacity;
}

inline const NameRow& row(const Board& board, const NameTable& table, std::uint32_t index) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&board) + table.offset;
  return reinterpret_cast<const NameRow*>(bytes)[index];
}

// The row of a name; 0: there is none.
inline std::uint32_t find_row(const Board& board, const NameTable& table, std::string_view name) {
  for (std::uint32_t i = 1; i < row_count(table); ++i) {
    if (row(board, table, i).name.view() == name) return i;
  }
  return 0;
}

// The name of a row; empty: there is none.
inline std::string_view name_at(const Board& board, const NameTable& table, std::uint32_t index) {
  return index != 0 && index < row_count(table) ? row(board, table, index).name.view() : std::string_view{};
}

// All tables lie inside the board. Looked at once, before any of them is used.
inline bool tables_fit(const Board& board) {
  for (const NameTable* table : {&board.symbols, &board.sectors, &board.accounts, &board.strategies, &board.limits,
                                 &board.clients, &board.quotes}) {
    const std::uint64_t bytes = board.header.bytes;
    if (table->offset > bytes || table->offset % alignof(NameRow) != 0) return false;
    if (table->capacity > (bytes - table->offset) / sizeof(NameRow)) return false;
  }
  return true;
}

// A row under its sequence lock, as `Body`, which is all of it but the sequence. None: it is being written; its writer
// may have died over it, so that nobody waits.
template <class Body, class Row>
std::optional<Body> read_row(const Row& row) {
  static_assert(sizeof(Body) + sizeof(AtomicWord) == sizeof(Row));
  std::array<std::uint64_t, sizeof(Body) / 8> words{};
  auto* from = reinterpret_cast<std::uint64_t*>(const_cast<Row*>(&row)) + 1;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const std::uint64_t before = row.sequence.load(std::memory_order_acquire);
    // Acquire on each word keeps the second look at the sequence behind all of them.
    for (std::size_t i = 0; i < words.size(); ++i) {
      words[i] = std::atomic_ref<std::uint64_t>(from[i]).load(std::memory_order_acquire);
    }
    if (before % 2 == 0 && row.sequence.load(std::memory_order_relaxed) == before) return std::bit_cast<Body>(words);
  }
  return {};
}

// A name table as a hash table of the reader's own, which follows the growth of the board's.
class NameLookup {
public:
  NameLookup() = default;
  NameLookup(const Board& board, const NameTable& table) : board_(&board), table_(&table) { follow(); }

  // 0: there is no such name (now).
  std::uint32_t find(std::string_view name) {
    if (const auto found = rows_.find(name); found != rows_.end()) return found->second;
    if (board_ == nullptr || row_count(*table_) == known_) return 0;
    follow();
    const auto found = rows_.find(name);
    return found == rows_.end() ? 0 : found->second;
  }

private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void follow() {
    for (const std::uint32_t count = row_count(*table_); known_ < count; ++known_) {
      rows_.emplace(row(*board_, *table_, known_).name.view(), known_);
    }
  }

  const Board* board_ = nullptr;
  const NameTable* table_ = nullptr;
  std::uint32_t known_ = 1;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> rows_;
};

}  // namespace bulwark::shm
