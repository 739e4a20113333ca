// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "killswitch/scope.h"

#include "killswitch/refusal.h"
#include "shm/board_reader.h"

namespace bulwark::kill {

struct ScopeKey {
  const char* key;
  Name StopScope::*name;
  shm::NameTable shm::Board::*table;
};

static constexpr ScopeKey scope_keys[] = {
    {"account", &StopScope::account, &shm::Board::accounts},
    {"strategy", &StopScope::strategy, &shm::Board::strategies},
    {"symbol", &StopScope::symbol, &shm::Board::symbols},
    {"sector", &StopScope::sector, &shm::Board::sectors},
    {"client", &StopScope::client, &shm::Board::clients},
};

static const ScopeKey& find_key(const std::string& key) {
  for (const ScopeKey& known : scope_keys) {
    if (key == known.key) return known;
  }
  throw Refusal(exit_usage, "--on " + key + ": not known; allowed are account, strategy, symbol, sector and client");
}

StopScope parse_scope(const std::vector<std::string>& on) {
  StopScope result;
  for (const std::string& part : on) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos) throw Refusal(exit_usage, "--on " + part + ": KEY=NAME is wanted");
    const ScopeKey& key = find_key(part.substr(0, equals));
    const std::string name = part.substr(equals + 1);
    if (!valid_name(name)) {
      throw Refusal(exit_usage, "--on " + part + ": a name has 1 to 32 printable ASCII characters");
    }
    if ((result.*key.name).size != 0) throw Refusal(exit_usage, "--on " + part + ": " + key.key + " is given twice");
    result.*key.name = Name::from(name);
  }
  return result;
}

void put_scope(const StopScope& scope, shm::ControlRequest& request) {
  request.symbol = scope.symbol;
  request.sector = scope.sector;
  request.account = scope.account;
  request.strategy = scope.strategy;
  request.client = scope.client;
}

bool check_scope(const StopScope& scope, const BoardMapping& board) {
  if (!board || !shm::tables_fit(*board)) return false;
  for (const ScopeKey& key : scope_keys) {
    const std::string name((scope.*key.name).view());
    if (name.empty()) continue;
    if (shm::find_row(*board, *board.*key.table, name) == 0) {
      throw Refusal(exit_usage, "--on " + std::string(key.key) + "=" + name + ": this instance has no " + key.key +
                                    " of that name; nothing was changed");
    }
  }
  return true;
}

std::string StopScope::text() const {
  if (whole()) return "everything";
  std::string result;
  for (const ScopeKey& key : scope_keys) {
    const std::string_view name = (this->*key.name).view();
    if (!name.empty()) result += (result.empty() ? "" : " ") + std::string(key.key) + "=" + std::string(name);
  }
  return result;
}

nlohmann::ordered_json StopScope::json() const {
  nlohmann::ordered_json result = nlohmann::ordered_json::object();
  for (const ScopeKey& key : scope_keys) {
    const std::string_view name = (this->*key.name).view();
    if (!name.empty()) result[key.key] = name;
  }
  return result;
}

}  // namespace bulwark::kill
