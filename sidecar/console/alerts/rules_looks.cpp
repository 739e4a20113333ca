// SPDX-License-Identifier: Apache-2.0
// What a look at the instance shows that people are to be told of, for as long as it is to be seen.
#include <fmt/format.h>

#include <algorithm>

#include "sidecar/console/alerts/rules.h"
#include "sidecar/console/alerts/words.h"

namespace bulwark::alerts {

namespace {

constexpr DurationNs at_once{0};
constexpr DurationNs settled = milliseconds(2'000);  // what is gone before is none of a person's business
constexpr DurationNs slow = milliseconds(10'000);    // of servers elsewhere
constexpr DurationNs restarts_window = milliseconds(600'000);
constexpr std::int64_t refusals_window_s = 60;
constexpr std::int64_t disk_files_few = 2;
constexpr std::size_t names_shown = 5;

const Json& at_key(const Json& from, const char* key) {
  static const Json nothing;
  if (!from.is_object()) return nothing;
  const auto found = from.find(key);
  return found == from.end() ? nothing : *found;
}

std::int64_t integer_of(const Json& from, const char* key) {
  const Json& found = at_key(from, key);
  return found.is_number() ? found.get<std::int64_t>() : 0;
}

Signal signal_of(const char* rule, std::string text) {
  Signal signal;
  signal.rule = rule;
  signal.text = std::move(text);
  return signal;
}

constexpr const char* by_looks[] = {"state",  "process", "restarts",    "journal", "journal_lag", "disk",
                                    "ledger", "model",   "stale_marks", "unread",  "backtest",    "refusals"};

}  // namespace

// Of these two a row may tell, and a look that it goes on.
static bool seen_by_both(const std::string& rule) {
  return rule == "lease" || rule == "client" || rule == "liquidation";
}

bool seen_by_looks(const std::string& rule) {
  return seen_by_both(rule) || std::find(std::begin(by_looks), std::end(by_looks), rule) != std::end(by_looks);
}

void Rules::find_states(const Json& state, Finds& finds, Standing& standing) const {
  const auto add = [&](const Json& on, const std::string& name, const std::string& cause) {
    Signal signal = signal_of("state", fmt::format("{}: {} is {} ({}). {}", instance_, scope_words(on), name, cause,
                                                   state_words(name, instance_, on)));
    signal.on = on;
    signal.detail = name + cause;
    signal.milder = name == "reduce_only";
    finds.push_back({std::move(signal), at_once});
  };
  const Json& status = at_key(state, "status");
  if (const std::string name = text_of(status, "state"); name != "normal")
    add(Json::object(), name, text_of(status, "cause"));
  const Json& latched = at_key(state, "states");
  if (!latched.is_array()) standing.unknown_rules.insert("state");
  for (const Json& row : latched) {
    if (!row["on"].empty()) add(row["on"], text_of(row, "state"), text_of(row, "cause"));
  }
}

void Rules::find_processes(const Json& status, Finds& finds) const {
  for (const auto& [program, what] :
       {std::pair{"bulwark-sidecar", "No order is checked, so that none goes through"},
        std::pair{"bulwark-watchdog", "Nobody renews the lease, so that no order goes through"}}) {
    if (at_key(status, "processes").contains(program)) continue;
    Signal signal =
        signal_of("process", fmt::format("{} of {} is not running. {}. Working orders stay at the venue. Start the "
                                         "instance again, and look at its log",
                                         program, instance_, what));
    signal.on = {{"program", program}};
    finds.push_back({std::move(signal), settled});
  }
  // Where all is halted orders are refused in any case, and a lease that is not renewed is a part of that.
  if (at_key(at_key(status, "lease"), "running") == false && text_of(status, "state") != "halted") {
    finds.push_back({signal_of("lease", "The lease of " + instance_ +
                                            " is not renewed: every client refuses its own orders, also those that "
                                            "close positions. Is its watchdog running, and its sidecar not stuck? "
                                            "killswitch status --instance " +
                                            instance_),
                     settled});
  }
  const Json& liquidation = at_key(status, "liquidation");
  if (const std::int64_t untaken = integer_of(liquidation, "untaken"); untaken > 0) {
    Signal signal = signal_of("liquidation", fmt::format("{} orders of a liquidation have no client that could send "
                                                         "them: these positions stay open. Start a client of their "
                                                         "strategy",
                                                         untaken));
    signal.value = untaken;
    finds.push_back({std::move(signal), settled});
  }
}

void Rules::find_clients(const Json& status, TimeNs now, Finds& finds) const {
  const std::int64_t since = integer_of(status, "since");  // of a stop; 0: there is none
  if (since == 0 || now.ns - since < settled.ns) return;
  for (const Json& client : at_key(status, "clients")) {
    if (at_key(client, "acknowledged") != false) continue;
    const std::string name = text_of(client, "client");
    Signal signal = signal_of(
        "client", fmt::format("Client {} (pid {}) has not acknowledged stop {}: it may not know that it must not "
                              "trade. Look at that process, end it, and look at its working orders at the venue",
                              name, number_words(at_key(client, "pid")), number_words(at_key(status, "epoch"))));
    signal.on = {{"client", name}};
    finds.push_back({std::move(signal), at_once});
  }
}

void Rules::find_journal(const Json& status, Finds& finds, Standing& standing) const {
  const Json& journal = at_key(status, "journal");
  if (journal.is_null()) {
    standing.unknown_rules.insert({"journal", "journal_lag", "disk"});
    return;
  }
  const std::string health = text_of(journal, "state"), error = text_of(journal, "error");
  if (health == "failed" || health == "full") {
    finds.push_back({signal_of("journal", fmt::format("The journal of {} {}{}: every new order is refused. {}",
                                                      instance_, health == "failed" ? "has failed" : "is full",
                                                      error.empty() ? "" : " (" + error + ")",
                                                      health == "failed" ? "Mend the disk, then start the sidecar again"
                                                                         : "It goes on when the disk has caught up")),
                     at_once});
  }
  if (const std::int64_t lag = integer_of(journal, "lag"); lag > max_of("journal_lag")) {
    Signal signal = signal_of("journal_lag", fmt::format("{} records of the journal wait for the disk, more than {}: "
                                                         "a power cut would lose them, and when the ring is full every "
                                                         "order is refused. Is the disk slow?",
                                                         lag, max_of("journal_lag")));
    signal.value = lag;
    signal.max = max_of("journal_lag");
    finds.push_back({std::move(signal), settled});
  }
  if (const std::int64_t left = integer_of(journal, "files_left"); health == "healthy" && left < disk_files_few) {
    Signal signal = signal_of("disk", fmt::format("The disk of the journal is nearly full, with room for {} more of "
                                                  "its files: when it is full every new order is refused. Make room",
                                                  left));
    signal.value = left;
    signal.max = disk_files_few;
    finds.push_back({std::move(signal), settled});
  }
}

void Rules::find_ledger(const Json& status, Finds& finds) const {
  const Json& ledger = at_key(status, "ledger");
  if (!ledger.is_object()) return;
  for (const auto& [key, name] : {std::pair{"postgres", "PostgreSQL"}, std::pair{"redis", "Redis"}}) {
    const Json& part = at_key(ledger, key);
    if (!part.is_object()) continue;
    const std::int64_t lag = integer_of(part, "lag");
    const bool dead = at_key(ledger, "pid").is_null();
    const std::string state = text_of(part, "state"), error = text_of(part, "error");
    if (!dead && (state == "shipping" || state == "connecting") && lag <= max_of("ledger")) continue;
    Signal signal = signal_of(
        "ledger", fmt::format("{} is {} records behind the journal: {}{}. It forbids nothing, and the journal keeps "
                              "everything; what is looked up there is old",
                              name, lag, dead ? "bulwark-ledger is not running" : "it is " + state,
                              error.empty() ? "" : " (" + error + ")"));
    signal.on = {{"server", name}};
    signal.value = lag;
    signal.max = max_of("ledger");
    finds.push_back({std::move(signal), slow});
  }
}

void Rules::find_model(const Json& state, Finds& finds, Standing& standing) const {
  const Json& risk = at_key(state, "risk");
  if (!risk.is_object()) {
    standing.unknown_rules.insert({"model", "backtest"});
    return;
  }
  if (const std::string refusal = text_of(at_key(risk, "model"), "refusal"); !refusal.empty()) {
    finds.push_back({signal_of("model", fmt::format("A new risk model was refused ({}); the old one stays in force and "
                                                    "gets older. Look at the price files; where the change is meant: "
                                                    "bulwark reload --instance {} --operator NAME --reason TEXT",
                                                    refusal, instance_)),
                     at_once});
  }
  const Json& backtest = at_key(risk, "backtest");
  const std::string zone = text_of(backtest, "basel_zone");
  if (zone != "yellow" && zone != "red") return;
  const Json& exceptions = at_key(at_key(backtest, "exceptions"), "frozen");
  Signal signal = signal_of(
      "backtest", fmt::format("The VaR's back-test is {}: {} losses beyond it in {} sessions. "
                              "VaR is too low; it forbids nothing by itself. Look: bulwark "
                              "status --risk --instance {}",
                              zone, number_words(exceptions), number_words(at_key(backtest, "sessions")), instance_));
  signal.value = exceptions;
  finds.push_back({std::move(signal), at_once});
}

void Rules::find_marks(const Json& state, Finds& finds, Standing& standing) const {
  const Json& stale = at_key(state, "stale");
  if (!stale.is_array()) {
    standing.unknown_rules.insert("stale_marks");
    return;
  }
  if (stale.empty()) return;
  std::string names;
  for (std::size_t k = 0; k < std::min(stale.size(), names_shown); ++k)
    names += (k == 0 ? "" : ", ") + text_of(stale[k], "symbol");
  Signal signal = signal_of("stale_marks", fmt::format("{} symbols with positions or working orders have no fresh mark "
                                                       "({}{}): orders that add risk in them are refused, and their "
                                                       "profit and loss is old. Does the market data run?",
                                                       stale.size(), names, stale.size() > names_shown ? ", ..." : ""));
  signal.value = stale.size();
  finds.push_back({std::move(signal), settled});
}

void Rules::find_counts(TimeNs now, Finds& finds) {
  std::int64_t count = 0;
  for (const auto& [second, refusals] : each_)
    if (now.ns / 1'000'000'000 - second < refusals_window_s) count += refusals;
  if (count > max_of("refusals")) {
    Signal signal = signal_of("refusals", fmt::format("{} orders were refused in a minute, more than {} (the last for "
                                                      "{}). Does a strategy run wild? To stop everything: killswitch "
                                                      "stop --instance {} --reason TEXT",
                                                      count, max_of("refusals"), last_refusal_, instance_));
    signal.value = count;
    signal.max = max_of("refusals");
    finds.push_back({std::move(signal), at_once});
  }
  const auto lately = std::count_if(starts_.begin(), starts_.end(),
                                    [&](TimeNs start) { return now.ns - start.ns < restarts_window.ns; });
  if (lately < max_of("restarts")) return;
  Signal signal = signal_of("restarts", fmt::format("The sidecar of {} was started {} times in ten minutes: where "
                                                    "nobody did that, something ends it again and again. Look at its "
                                                    "log before it is resumed",
                                                    instance_, lately));
  signal.value = lately;
  signal.max = max_of("restarts");
  finds.push_back({std::move(signal), at_once});
}

Standing Rules::looked(const Json& state, TimeNs now) {
  Standing standing;
  Finds finds;
  const Json& status = at_key(state, "status");
  if (status.is_object()) {
    find_states(state, finds, standing);
    find_processes(status, finds);
    find_clients(status, now, finds);
    find_journal(status, finds, standing);
    find_ledger(status, finds);
  } else {
    for (const char* rule : by_looks) standing.unknown_rules.insert(rule);
    standing.unknown_rules.insert({"lease", "client", "liquidation"});
  }
  find_model(state, finds, standing);
  find_marks(state, finds, standing);
  find_counts(now, finds);
  if (at_key(state, "controls").is_null()) {
    finds.push_back(
        {signal_of("unread", "The journal of " + instance_ + " cannot be followed (" + text_of(state, "why_not") +
                                 "): limits and positions are not seen by alerts. It forbids nothing. "
                                 "bulwark verify --instance " +
                                 instance_),
         settled});
  }
  for (Found& found : finds) {
    Seen& seen = seen_.try_emplace(found.signal.key(), Seen{now, now}).first->second;
    seen.last = now;
    if (now.ns - seen.since.ns >= found.after.ns) standing.signals.push_back(std::move(found.signal));
  }
  // What comes and goes within moments is one alert: its end is believed when it has been gone for a while.
  std::erase_if(seen_, [&](const auto& each) { return now.ns - each.second.last.ns >= settled.ns; });
  for (const auto& [key, seen] : seen_) standing.kept.insert(key);
  return standing;
}

}  // namespace bulwark::alerts
