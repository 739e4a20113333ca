// SPDX-License-Identifier: Apache-2.0
// What the sidecar tells a client unasked, in words.
#pragma once

#include <optional>
#include <string>

#include "shm/board_reader.h"
#include "shm/command_message.h"

namespace bulwark {

// What the sidecar tells this client unasked: cancel that order of yours; send that order of a liquidation, and report
// its fills and its end under its id, as of an order of your own.
struct Instruction {
  std::string kind;  // "cancel", "liquidate"
  std::string id, cause;
  // Of "liquidate". It is this client's from now on, also if it dies and comes back: it then gets it once more.
  std::string symbol, account, strategy;
  Side side{};
  Quantity quantity{};
  std::optional<Price> price;  // absent: a market order
  bool again = false;          // this client had it before it attached: ask the market for that id before you send it
};

namespace client {

inline Instruction instruction_of(const shm::Command& command, const shm::Board& board) {
  Instruction result;
  result.kind = "cancel";
  result.id = command.id.view();
  result.cause = command.cause.view();
  if (command.kind != shm::CommandKind::Liquidate) return result;
  result.kind = "liquidate";
  result.symbol = shm::name_at(board, board.symbols, static_cast<std::uint32_t>(command.symbol));
  result.account = shm::name_at(board, board.accounts, static_cast<std::uint32_t>(command.account));
  result.strategy = shm::name_at(board, board.strategies, static_cast<std::uint32_t>(command.strategy));
  result.side = command.side;
  result.quantity = command.quantity;
  if (!command.market) result.price = command.price;
  result.again = command.again;
  return result;
}

}  // namespace client
}  // namespace bulwark
