// SPDX-License-Identifier: Apache-2.0
// How the engine's state becomes bytes, and bytes a state again: packed field by field, little-endian, doubles by their
// bits, so that the same state is the same bytes on every machine and from every compiler. One description of each part
// (this folder) serves both directions. Cold.
//
// The last eight bytes are a checksum of all before them, looked at before anything is read: what then comes out of
// place was written wrong, and is refused as well.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "shm/words.h"

namespace bulwark::core {

static_assert(std::endian::native == std::endian::little, "saved states are little-endian");

// Raised with every change of what is saved: an older state is not read, the journal is replayed instead.
inline constexpr std::uint32_t state_version = 1;
inline constexpr std::uint64_t state_magic = 0x6574617473776c62;  // "blwstate"

struct StateError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class StateSum {  // FNV-1a: any byte that differs makes another sum
public:
  void add(std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) sum_ = (sum_ ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3ULL;
  }
  std::uint64_t value() const { return sum_; }

private:
  std::uint64_t sum_ = 0xcbf29ce484222325ULL;
};

// What both directions share: which plain values a field is made of.
template <class Field, class Visit>
void each_plain(Field& field, Visit visit) {
  if constexpr (requires { field.ns; }) visit(field.ns);
  else if constexpr (requires { field.raw; }) visit(field.raw);
  else visit(field);
}
template <class Field>
inline constexpr bool is_plain = std::is_arithmetic_v<Field> || std::is_enum_v<Field> ||
                                 std::is_same_v<Field, int128> || std::is_same_v<Field, uint128>;

class StateWriter {
public:
  static constexpr bool reads = false;
  using Sink = std::function<void(std::span<const std::byte>)>;

  explicit StateWriter(Sink sink) : sink_(std::move(sink)) {
    buffer_.reserve(chunk);
    (*this)(state_magic, state_version);
  }

  template <class... Fields>
  void operator()(const Fields&... fields) {
    const auto put = [this](const auto& plain) {
      static_assert(is_plain<std::remove_cvref_t<decltype(plain)>>);
      bytes(&plain, sizeof plain);
    };
    (each_plain(fields, put), ...);
  }
  void index(const auto& index, std::size_t) { (*this)(index); }
  std::size_t count(std::size_t size, std::size_t) {
    (*this)(size);
    return size;
  }
  void same(std::size_t size) { (*this)(size); }
  template <std::size_t N>
  void text(const Text<N>& text) {
    const std::string_view view = text.view();
    (*this)(static_cast<std::uint8_t>(view.size()));
    bytes(view.data(), view.size());
  }
  void text(const std::string& text) {
    (*this)(text.size());
    bytes(text.data(), text.size());
  }
  // Behind the last field.
  void finish() {
    hand_over();
    const std::uint64_t sum = sum_.value();
    (*this)(sum);
    hand_over();
  }

private:
  static constexpr std::size_t chunk = 1 << 16;

  void bytes(const void* data, std::size_t size) {
    if (buffer_.size() + size > chunk) hand_over();
    const auto* begin = static_cast<const std::byte*>(data);
    buffer_.insert(buffer_.end(), begin, begin + size);
  }
  void hand_over() {
    sum_.add(buffer_);
    sink_(buffer_);
    buffer_.clear();
  }

  Sink sink_;
  std::vector<std::byte> buffer_;
  StateSum sum_;
};

class StateReader {
public:
  static constexpr bool reads = true;

  // Throws StateError where these bytes are no state, or one of another version. They have to last while it is read.
  explicit StateReader(std::span<const std::byte> bytes) : rest_(bytes) {
    std::uint64_t sum = 0, magic = 0;
    std::uint32_t version = 0;
    if (bytes.size() < sizeof sum + sizeof magic + sizeof version) damaged("it is too short");
    const std::span<const std::byte> body = bytes.first(bytes.size() - sizeof sum);
    std::memcpy(&sum, body.data() + body.size(), sizeof sum);
    StateSum found;
    found.add(body);
    if (found.value() != sum) damaged("its checksum does not fit");
    rest_ = body;
    (*this)(magic, version);
    if (magic != state_magic) damaged("it does not begin as one");
    if (version != state_version) {
      throw StateError("a saved state of layout " + std::to_string(version) + "; this program reads layout " +
                       std::to_string(state_version));
    }
  }

  template <class... Fields>
  void operator()(Fields&... fields) {
    const auto get = [this](auto& plain) {
      using Plain = std::remove_cvref_t<decltype(plain)>;
      static_assert(is_plain<Plain>);
      if constexpr (std::is_same_v<Plain, bool>) {
        std::uint8_t byte = 0;
        bytes(&byte, 1);
        if (byte > 1) damaged("a yes or no is neither");
        plain = byte == 1;
      } else {
        bytes(&plain, sizeof plain);
      }
    };
    (each_plain(fields, get), ...);
  }
  // A number that stands for one of so many.
  void index(auto& index, std::size_t count) {
    (*this)(index);
    if (static_cast<std::size_t>(index) >= count) damaged("a number stands for nothing");
  }
  // How many follow: no more than that.
  std::size_t count(std::size_t, std::size_t most) {
    std::size_t size = 0;
    (*this)(size);
    if (size > most) damaged("there is more of something than there is room for");
    return size;
  }
  // How many there are by the rules.
  void same(std::size_t size) {
    std::size_t saved = 0;
    (*this)(saved);
    if (saved != size) damaged("it was saved under other rules, or with other room");
  }
  template <std::size_t N>
  void text(Text<N>& text) {
    text = {};
    (*this)(text.size);
    if (text.size > N) damaged("a text is too long");
    bytes(text.bytes, text.size);
  }
  void text(std::string& text) {
    text.resize(count(0, rest_.size()));
    bytes(text.data(), text.size());
  }
  void finish() const {
    if (!rest_.empty()) damaged("there is something behind its end");
  }
  [[noreturn]] static void damaged(const char* how) {
    throw StateError(std::string("this is no saved state of this engine: ") + how);
  }

private:
  void bytes(void* data, std::size_t size) {
    if (size > rest_.size()) damaged("it ends too early");
    if (size != 0) std::memcpy(data, rest_.data(), size);
    rest_ = rest_.subspan(size);
  }

  std::span<const std::byte> rest_;
};

// How many of each name there are: what an index in a state may stand for.
struct NameCounts {
  std::size_t symbols, sectors, accounts, strategies, clients;
};

template <class Words>
void carry_scope(Words& words, auto& on, const NameCounts& names) {
  words.index(on.symbol, names.symbols);
  words.index(on.sector, names.sectors);
  words.index(on.account, names.accounts);
  words.index(on.strategy, names.strategies);
  words.index(on.client, names.clients);
}

template <class Words>
void carry_level(Words& words, auto& level) {
  words(level.value, level.divisor, level.known);
}

// A list of whatever length: each(item) for each.
template <class Words>
void carry_list(Words& words, auto& list, std::size_t most, auto each) {
  const std::size_t size = words.count(list.size(), most);
  if constexpr (Words::reads) list.resize(size);
  for (auto& item : list) each(item);
}

// Of a large table the places that are in use: visit(place) for each.
template <class Words>
void carry_places(Words& words, std::size_t size, auto in_use, auto visit) {
  std::size_t next = 0;  // place + 1; 0: there are no more
  if constexpr (Words::reads) {
    for (std::size_t before = 0;; before = next) {
      words(next);
      if (next == 0) return;
      if (next <= before || next > size) words.damaged("a place is out of order");
      visit(next - 1);
    }
  } else {
    for (std::size_t place = 0; place < size; ++place) {
      if (!in_use(place)) continue;
      words(next = place + 1);
      visit(place);
    }
    words(next = 0);
  }
}

}  // namespace bulwark::core
