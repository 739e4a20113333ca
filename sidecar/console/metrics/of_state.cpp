// SPDX-License-Identifier: Apache-2.0
// Metrics of what `killswitch status`, `bulwark status --book` and `--controls` print.
#include <algorithm>
#include <array>
#include <map>

#include "sidecar/console/metrics/parts.h"

namespace bulwark::metrics {

namespace {

// Which keys a scope names, and the names: "account,symbol" and "ACC1,AAPL".
struct ScopeWords {
  std::string scope, id;

  explicit ScopeWords(const Json& on) {
    for (const auto& [key, name] : on.items()) {
      scope += (scope.empty() ? "" : ",") + key;
      id += (id.empty() ? "" : ",") + name.get<std::string>();
    }
    if (scope.empty()) scope = "everything";
  }
};

void add_permission(Families& to, const Json& status) {
  const auto state = status["state"].get<std::string>();
  const bool lease = status["lease"]["running"].get<bool>();
  to.states("state", "The state of the whole instance.", "state", {"halted", "reduce_only", "normal"}, state);
  to.gauge("trading_permitted", "1: clients may send orders that a verdict lets pass.", state != "halted" && lease);
  to.gauge("lease_running", "1: watchdog and sidecar have renewed the lease in time.", lease);
  to.gauge("stop_epoch", "The number of the last stop.", number(status, {"epoch"}));
}

// The whole instance's is always known; scopes that the journal says are halted come after it.
void add_kill_switch(Families& to, const Json& state) {
  const char* help = "1: a stop is in force for this scope, until a named person resumes.";
  to.gauge("kill_switch_engaged", help, state["status"]["state"] == "halted", {{"scope", "everything"}, {"id", ""}});
  if (!state["states"].is_array()) return;
  for (const Json& row : state["states"]) {
    const ScopeWords on(row["on"]);
    if (row["state"] == "halted") to.gauge("kill_switch_engaged", help, 1, {{"scope", on.scope}, {"id", on.id}});
    else
      to.gauge("reduce_only", "1: only reducing orders pass in this scope.", 1, {{"scope", on.scope}, {"id", on.id}});
  }
}

constexpr const char* up_help = "1: this program of the instance runs.";
constexpr std::array<const char*, 2> needed_programs{"bulwark-sidecar", "bulwark-watchdog"};

void add_programs(Families& to, const Json& status) {
  const Json& running = status["processes"];
  for (const char* program : needed_programs)
    to.gauge("up", up_help, running.contains(program), {{"program", program}});
  for (const auto& [program, pid] : running.items()) to.gauge("up", "", 1, {{"program", program}});
  if (!status["ledger"].is_null()) to.gauge("up", "", 0, {{"program", "bulwark-ledger"}});  // a row that is there stays
}

void add_clients(Families& to, const Json& status) {
  std::map<std::string, bool> clients;  // a name stands twice only where somebody forges a file
  for (const Json& row : status["clients"]) {
    const bool acknowledged = row["acknowledged"].get<bool>();
    const auto [client, first] = clients.try_emplace(row["client"].get<std::string>(), acknowledged);
    if (!first) client->second = client->second && acknowledged;
  }
  for (const auto& [client, acknowledged] : clients) {
    to.gauge("client_attached", "1: the client has attached and its process lives.", 1, {{"client", client}});
  }
  for (const auto& [client, acknowledged] : clients) {
    to.gauge("client_acknowledged", "1: the client has acted on the last stop.", acknowledged, {{"client", client}});
  }
}

void add_journal(Families& to, const Json& status) {
  const Json& journal = status["journal"];
  if (!journal.is_null()) {
    to.states("journal_state", "Whether the journal can be written.", "state", {"healthy", "full", "failed"},
              journal["state"].get<std::string>());
    to.gauge("journal_lag_records", "Records that wait for the disk.", number(journal, {"lag"}));
    to.gauge("journal_files_left", "Files of the journal that the disk has room for.", number(journal, {"files_left"}));
  }
  if (status["ledger"].is_null()) return;
  for (const char* store : {"postgres", "redis"}) {
    const Json& part = status["ledger"][store];
    if (part.is_null()) continue;
    to.gauge("ledger_lag_records", "Records that the journal has and this store has not.", number(part, {"lag"}),
             {{"store", store}});
    to.gauge("ledger_shipping", "1: the ledger is connected to this store.",
             part["state"] == "shipping" && !status["ledger"]["pid"].is_null(), {{"store", store}});
  }
}

void add_limits(Families& to, const Json& controls) {
  std::vector<std::pair<double, const Json*>> used;
  for (const Json& row : controls) {
    if (const auto use = number(row, {"use"})) used.emplace_back(*use, &row);
  }
  std::ranges::stable_sort(used, std::greater{}, [](const auto& row) { return row.first; });
  for (const auto& [use, row] : used) {
    const ScopeWords on((*row)["on"]);
    to.gauge("limit_utilization_ratio", "Value over maximum of a limit, the most used first.", use,
             {{"scope", on.scope}, {"id", on.id}, {"limit", (*row)["limit"].get<std::string>()}});
  }
}

void add_accounts(Families& to, const Json& accounts) {
  for (const Json& row : accounts) {
    to.gauge("account_equity", "Equity of an account, in the base currency.", number(row, {"equity"}),
             {{"account", row["account"].get<std::string>()}});
  }
  for (const Json& row : accounts) {
    to.gauge("account_profit_today", "Profit of an account since the session began.", number(row, {"profit_today"}),
             {{"account", row["account"].get<std::string>()}});
  }
}

}  // namespace

void add_nothing_runs(Families& to) {
  for (const char* program : needed_programs) to.gauge("up", up_help, 0, {{"program", program}});
}

void add_state(Families& to, const Json& state) {
  const Json &status = state["status"], &build = state["build"];
  to.gauge("build_info", "What runs: 1.", 1,
           {{"version", build["version"].get<std::string>()},
            {"configuration", build["configuration"].get<std::string>()},
            {"mode", build["mode"].get<std::string>()}});
  add_programs(to, status);
  add_permission(to, status);
  add_kill_switch(to, state);
  add_clients(to, status);
  add_journal(to, status);
  to.gauge("liquidation_orders", "Orders of liquidations that are not done.",
           number(status, {"liquidation", "orders"}));
  to.gauge("liquidation_orders_untaken", "Those of them that no client has.",
           number(status, {"liquidation", "untaken"}));
  to.gauge("market_factor", "The share that sizes and dynamic limits are left by the state of the market.",
           number(status, {"market", "factor"}));
  // What follows is known where the journal can be followed.
  to.gauge("journal_followed", "1: the console can follow the journal; 0: limits, accounts and orders are not known.",
           !state["controls"].is_null());
  if (state["controls"].is_null()) return;
  add_limits(to, state["controls"]);
  add_accounts(to, state["accounts"]);
  to.gauge("working_orders", "Orders that work.", number(state, {"orders_count"}));
  to.gauge("cancels_waiting", "Orders that are asked to be cancelled, and are not done yet.",
           static_cast<double>(state["cancels"].size()));
}

}  // namespace bulwark::metrics
