// SPDX-License-Identifier: Apache-2.0
// killswitch status: what the kill page, the client files and, where it can be read, the board say.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "killswitch/board_view.h"
#include "killswitch/clients.h"
#include "killswitch/commands.h"
#include "killswitch/documents.h"
#include "killswitch/refusal.h"
#include "killswitch/status_journal.h"
#include "shm/board_reader.h"
#include "shm/latch.h"
#include "shm/process.h"

namespace bulwark::kill {

using Json = nlohmann::ordered_json;

namespace {

struct Status {
  State state = State::Normal;
  std::string cause;
  std::string reason, operator_name;  // of the last stop, which may have joined the one that has the cause
  shm::Permission permission{};
  std::int64_t since_ns = 0;
};

}  // namespace

// The kill page's stop first; else the weakest state that the sidecar latched for the whole portfolio.
static Status status_of(const Instance& instance) {
  Status status;
  status.permission = shm::permission_of(*instance.page);
  if (!status.permission.trading()) {
    status.state = State::Halted;
    const auto entry = shm::stop_entry(*instance.page, status.permission.epoch());
    status.cause = entry ? shm::printable(entry->cause.view()) : "no reason given";
    if (entry) status.operator_name = shm::printable(entry->operator_name.view());
    if (entry) status.reason = shm::printable(entry->reason.view());
    if (entry) status.since_ns = entry->t.ns;
    return status;
  }
  for (const LatchedState& latched : latched_states(instance.board).value_or(std::vector<LatchedState>{})) {
    if (latched.on != Scope{} || latched.state >= status.state) continue;
    status.state = latched.state;
    status.cause = latched.cause;
  }
  return status;
}

Json console_json(const std::string& folder) {
  std::ifstream file(folder + "/console");
  const Json said = Json::parse(file, nullptr, false);
  const auto number = [&](const char* key) { return said.is_object() && said.contains(key) && said[key].is_number(); };
  if (!number("pid") || !number("start_time") || !said.contains("url") || !said["url"].is_string()) return nullptr;
  if (!shm::process_alive(said["pid"], said["start_time"])) return nullptr;
  return {{"pid", said["pid"]}, {"url", said["url"]}};
}

static Json processes_of(const Instance& instance, const Json& ledger, const Json& console) {
  Json result = Json::object();
  if (instance.up_alive()) result["bulwark"] = instance.page->up_pid.load();
  if (!console.is_null()) result["bulwark-console"] = console["pid"];
  if (!ledger.is_null() && !ledger["pid"].is_null()) result["bulwark-ledger"] = ledger["pid"];
  if (instance.sidecar_alive()) result["bulwark-sidecar"] = instance.board->sidecar_pid;
  if (instance.watchdog_alive()) result["bulwark-watchdog"] = instance.page->watchdog_pid.load();
  return result;
}

// {"account": "ACC1", "symbol": "AAPL"}, or {}.
static Json scope_json(const shm::Board& board, const Scope& on) {
  Json json = Json::object();
  const bool readable = shm::tables_fit(board);
  const auto add = [&](const char* key, const shm::NameTable& table, auto index) {
    if (at(index) == 0) return;
    json[key] = readable ? shm::printable(shm::name_at(board, table, static_cast<std::uint32_t>(index))) : "?";
  };
  add("symbol", board.symbols, on.symbol);
  add("sector", board.sectors, on.sector);
  add("account", board.accounts, on.account);
  add("strategy", board.strategies, on.strategy);
  add("client", board.clients, on.client);
  return json;
}

// The scopes that are not normal, each with its cause; null: nobody can tell.
static Json states_of(const Instance& instance) {
  const auto latched = latched_states(instance.board);
  if (!latched) return nullptr;
  Json rows = Json::array();
  for (const LatchedState& one : *latched) {
    rows.push_back({{"on", scope_json(*instance.board, one.on)},
                    {"state", name_of(state_names, one.state)},
                    {"cause", one.cause}});
  }
  return rows;
}

// What sizes and dynamic limits are left by the state of the market; null where they do not follow it.
static Json market_of(const Instance& instance) {
  const std::uint64_t factor = instance.board ? instance.board->market_factor.load() : 0;
  if (factor == 0) return nullptr;
  const std::uint64_t inputs = instance.board->market_inputs.load();
  std::string cause;
  for (std::size_t k = 0; k < market_input_names.size(); ++k) {
    if ((inputs >> k & 1) != 0) cause += (cause.empty() ? "" : ", ") + std::string(market_input_names[k]);
  }
  return {{"factor", static_cast<double>(factor) / static_cast<double>(unit)}, {"cause", cause}};
}

// One part of what the ledger says of itself, and how far it is behind the journal.
static Json ledger_part(const Instance& instance, const Json& said) {
  if (said.value("state", "off") == "off") return nullptr;
  const std::uint64_t sequence = said.value("seq", std::uint64_t{0});
  const std::uint64_t written = instance.board ? instance.board->journal_written.load() : sequence;
  return {{"state", said.value("state", "")},
          {"seq", sequence},
          {"lag", written > sequence ? written - sequence : 0},
          {"error", said.value("error", "")}};
}

// Null: there is no ledger. What it wrote last says nothing of one that has died since.
static Json ledger_of(const Instance& instance) {
  std::ifstream file(instance.folder + "/ledger");
  const Json said = Json::parse(file, nullptr, false);
  if (!said.is_object()) return nullptr;
  const auto pid = said.value("pid", 0);
  const bool alive = shm::process_alive(pid, said.value("start_time", std::uint64_t{0}));
  return {{"pid", alive ? Json(pid) : Json(nullptr)},
          {"postgres", ledger_part(instance, said.value("postgres", Json::object()))},
          {"redis", ledger_part(instance, said.value("redis", Json::object()))}};
}

// With how long its checks took, as it has waited itself; null where it has asked for none.
static Json client_json(const ClientView& client, shm::Permission permission) {
  const std::uint64_t checks = client.checks.count();
  const auto where_any = [&](std::uint64_t ns) { return checks != 0 ? Json(ns) : Json(nullptr); };
  return {{"client", client.client},
          {"pid", client.pid},
          {"acknowledged", client.saw_stop(permission.epoch())},
          {"checks", checks},
          {"p50_ns", where_any(client.checks.percentile_ns(50))},
          {"p99_ns", where_any(client.checks.percentile_ns(99))},
          {"max_ns", where_any(client.checks.max_ns)}};
}

Json status_json(const Instance& instance) {
  const Status status = status_of(instance);
  const std::vector<ClientView> clients = live_clients(instance.folder);
  Json rows = Json::array();
  for (const ClientView& client : clients) rows.push_back(client_json(client, status.permission));
  const std::int64_t left = instance.page->lease_until_ns.load() - shm::monotonic_now().ns;
  Json liquidation = nullptr;  // not known
  if (instance.board) {
    liquidation = {{"orders", instance.board->liquidation_orders.load()},
                   {"untaken", instance.board->liquidation_orders_untaken.load()}};
  }
  const Json ledger = ledger_of(instance), console = console_json(instance.folder);
  return Json{{"schema", 1},
              {"instance", instance.name},
              {"state", name_of(state_names, status.state)},
              {"cause", status.cause},
              {"operator", status.operator_name},
              {"reason", status.reason},
              {"since", status.since_ns},
              {"states", states_of(instance)},
              {"epoch", status.permission.epoch()},
              {"lease", {{"running", left > 0}, {"lapses", instance.page->lease_lapses.load()}}},
              {"liquidation", liquidation},
              {"market", market_of(instance)},
              {"journal", journal_of(instance)},
              {"ledger", ledger},
              {"console", console},
              {"processes", processes_of(instance, ledger, console)},
              {"clients", rows}};
}

static void print_ledger(const Json& ledger) {
  if (ledger.is_null()) return;
  for (const auto& [key, name] : {std::pair{"postgres", "PostgreSQL"}, std::pair{"redis", "Redis"}}) {
    const Json& part = ledger[key];
    if (part.is_null()) continue;
    const std::string state = ledger["pid"].is_null() ? "the ledger is not running" : part["state"].get<std::string>();
    const std::string error = part["error"].get<std::string>();
    std::cout << "  ledger, " << name << ": " << state << ", at record " << part["seq"] << ", " << part["lag"]
              << " behind" << (error.empty() ? "" : " (" + error + ")") << "\n";
  }
}

static void print_client(const Json& client) {
  std::cout << "  client " << client["client"].get<std::string>() << " (pid " << client["pid"]
            << "): " << (client["acknowledged"].get<bool>() ? "acknowledged" : "has not acknowledged the last stop");
  if (client["checks"] != 0) {
    const auto us = [&](const char* key) { return client[key].get<double>() / 1000; };
    std::cout << "; checks: " << client["checks"] << ", p50 " << us("p50_ns") << " us, p99 " << us("p99_ns") << " us";
  }
  std::cout << "\n";
}

static void print_text(const Json& status) {
  const auto text = [&](const char* key) { return status[key].get<std::string>(); };
  std::cout << text("instance") << ": " << text("state");
  if (!text("cause").empty()) std::cout << " (" << text("cause") << ")";
  std::cout << "\n";
  for (const Json& one : status["states"]) {
    if (one["on"].empty()) continue;  // that is the first line
    std::cout << " ";
    for (const auto& [key, name] : one["on"].items()) std::cout << " " << key << " " << name.get<std::string>();
    std::cout << ": " << one["state"].get<std::string>() << " (" << one["cause"].get<std::string>() << ")\n";
  }
  if (!text("operator").empty()) {
    std::cout << "  stop " << status["epoch"] << " by " << text("operator") << ": " << text("reason") << "\n";
  }
  std::cout << "  lease " << (status["lease"]["running"].get<bool>() ? "running" : "not running") << ", ran out "
            << status["lease"]["lapses"] << " times\n";
  if (const Json& liquidation = status["liquidation"]; !liquidation.is_null() && liquidation["orders"] != 0) {
    std::cout << "  liquidation: " << liquidation["orders"] << " orders are not done";
    if (liquidation["untaken"] != 0) std::cout << "; for " << liquidation["untaken"] << " of them there is no client";
    std::cout << "\n";
  }
  if (const Json& market = status["market"]; !market.is_null() && market["factor"] != 1.0) {
    std::cout << "  sizes and dynamic limits are left " << market["factor"] << " of what is configured ("
              << market["cause"].get<std::string>() << ")\n";
  }
  print_journal(status["journal"]);
  print_ledger(status["ledger"]);
  if (const Json& console = status["console"]; !console.is_null())
    std::cout << "  console " << shm::printable(console["url"].get<std::string>()) << "\n";
  for (const auto& [program, pid] : status["processes"].items()) std::cout << "  " << program << " " << pid << "\n";
  for (const Json& client : status["clients"]) print_client(client);
  std::cout << std::flush;
}

int show_status(const Instance& instance, bool json) {
  const Json status = status_json(instance);
  if (status["processes"].empty() && status["clients"].empty()) {
    throw Refusal(exit_not_running,
                  "\"" + instance.name + "\" is not running; what is left of it is in " + instance.folder);
  }
  if (json) std::cout << status.dump() << std::endl;
  else print_text(status);
  return exit_done;
}

}  // namespace bulwark::kill
