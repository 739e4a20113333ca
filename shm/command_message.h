// SPDX-License-Identifier: Apache-2.0
// What the sidecar tells a client unasked, as plain data, and its words in a lane: the drawing in shm/layout.h, in
// code.
#pragma once

#include <cstdint>
#include <cstring>

#include "shm/layout.h"

namespace bulwark::shm {

struct Command {
  CommandKind kind = CommandKind::None;
  Id id{};
  Sentence cause{};
  Side side = Side::None;  // this and what follows: of Liquidate
  bool market = false;     // no price
  bool again = false;      // this client has taken it before it attached: it may be on the wire already
  SymbolIndex symbol{};
  AccountIndex account{};
  StrategyIndex strategy{};
  Quantity quantity{};
  Price price{};
};

struct CommandWords {
  std::uint8_t kind, id_size, cause_size, side, market, again;
  std::uint8_t spare[2];
  char id[64];
  char cause[128];
  std::uint32_t symbol;
  std::uint16_t account, strategy;
  std::int64_t quantity, price;
  std::uint64_t spare2[3];
};
static_assert(sizeof(CommandWords) == sizeof(CommandLine) - sizeof(AtomicWord));
static_assert(offsetof(CommandWords, id) + 8 == 16 && offsetof(CommandWords, symbol) + 8 == 208);

inline CommandWords encode(const Command& command) {
  CommandWords words{};
  words.kind = static_cast<std::uint8_t>(command.kind);
  words.id_size = command.id.size;
  words.cause_size = command.cause.size;
  words.side = static_cast<std::uint8_t>(command.side);
  words.market = command.market;
  words.again = command.again;
  std::memcpy(words.id, command.id.bytes, sizeof words.id);
  std::memcpy(words.cause, command.cause.bytes, sizeof command.cause.bytes);
  words.symbol = static_cast<std::uint32_t>(command.symbol);
  words.account = static_cast<std::uint16_t>(command.account);
  words.strategy = static_cast<std::uint16_t>(command.strategy);
  words.quantity = command.quantity.raw;
  words.price = command.price.raw;
  return words;
}

inline Command decode(const CommandWords& words) {
  Command command;
  command.kind = static_cast<CommandKind>(words.kind);
  command.side = static_cast<Side>(words.side);
  command.market = words.market != 0;
  command.again = words.again != 0;
  command.id = Id::from({words.id, words.id_size < 64 ? words.id_size : std::size_t{64}});
  command.cause = Sentence::from({words.cause, words.cause_size < 127 ? words.cause_size : std::size_t{127}});
  command.symbol = SymbolIndex{words.symbol};
  command.account = AccountIndex{words.account};
  command.strategy = StrategyIndex{words.strategy};
  command.quantity = {words.quantity};
  command.price = {words.price};
  return command;
}

}  // namespace bulwark::shm
