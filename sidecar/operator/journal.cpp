// SPDX-License-Identifier: Apache-2.0
// `bulwark journal`: the records of a journal, one a line.
#include "sidecar/operator/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iostream>

#include "killswitch/refusal.h"
#include "shm/clock.h"
#include "sidecar/config/moment.h"
#include "sidecar/journal/reader.h"
#include "sidecar/operator/command.h"
#include "sidecar/simulate/record_json.h"
#include "sidecar/simulate/recorded_rules.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;

static constexpr DurationNs follow_interval = milliseconds(20);

static TimeNs moment(const std::string& text, TimeNs otherwise) {
  if (text.empty()) return otherwise;
  std::int64_t ns = 0;
  const auto number = std::from_chars(text.data(), text.data() + text.size(), ns);
  if (number.ec == std::errc{} && number.ptr == text.data() + text.size()) return {ns};
  if (const auto t = config::parse_moment(text, shm::wall_now())) return *t;
  throw kill::Refusal(wrong_usage,
                      "\"" + text + "\" is no moment: 2026-11-22T15:00:00Z, or nanoseconds since the epoch");
}

namespace {

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// Which records are to be shown. What an event brought about belongs to whom the event belongs to.
class Filter {
public:
  explicit Filter(const JournalOptions& options)
      : options_(options), from_(moment(options.from, {INT64_MIN})), to_(moment(options.to, {INT64_MAX})) {}

  bool shows(TimeNs t, const Json& row, const simulate::Belonging& owner) const {
    return t >= from_ && t < to_ && of_type(row) && says(row, "reason", options_.reason) &&
           says(row, "limit", options_.limit) && belongs(row, "client", owner.client, options_.client) &&
           belongs(row, "account", owner.account, options_.account) &&
           belongs(row, "strategy", owner.strategy, options_.strategy) &&
           belongs(row, "symbol", owner.symbol, options_.symbol) &&
           (belongs(row, "id", owner.id, options_.id) || owner.other_id == options_.id);
  }

private:
  static bool says(const Json& row, const char* key, const std::string& wanted) {
    const auto found = row.find(key);
    return wanted.empty() || (found != row.end() && *found == wanted);
  }
  // A line about a scope or an order of its own is no matter of the event's owner.
  static bool belongs(const Json& row, const char* key, const std::string& owner, const std::string& wanted) {
    if (wanted.empty() || says(row, key, wanted)) return true;
    const auto on = row.find("on");
    return row.contains(key) ? false : on != row.end() && on->contains(key) ? (*on)[key] == wanted : owner == wanted;
  }
  bool of_type(const Json& row) const {
    return options_.types.empty() || std::ranges::find(options_.types, plain(row["type"])) != options_.types.end();
  }

  const JournalOptions& options_;
  TimeNs from_, to_;
};

constexpr const char* columns[] = {
    "seq",    "t",     "type", "client", "account", "strategy", "id",      "new_id",   "symbol",  "side",  "quantity",
    "price",  "bid",   "ask",  "last",   "exec_id", "fee",      "why",     "decision", "reason",  "limit", "on",
    "metric", "value", "max",  "action", "state",   "cause",    "command", "operator", "message", "amount"};

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string csv_line(const Json& row) {
  std::string line;
  for (const char* column : columns) {
    if (!line.empty()) line += ",";
    if (const auto found = row.find(column); found != row.end()) line += csv_field(plain(*found));
  }
  return line;
}

std::string text_line(const Json& row, TimeNs t) {
  std::string line = fmt::format("{:>8}  {}  {:<14}", row["seq"].get<std::uint64_t>(), config::show_moment(t),
                                 row["type"].get<std::string>());
  for (const auto& [key, value] : row.items()) {
    if (key != "seq" && key != "t" && key != "type") line += fmt::format(" {}={}", key, plain(value));
  }
  return line;
}

std::string csv_header() {
  std::string line;
  for (const char* column : columns) line += (line.empty() ? "" : ",") + std::string(column);
  return line;
}

}  // namespace

int show_journal(const JournalOptions& options) {
  const Filter filter(options);
  const std::string folder = journal_folder(options);
  const auto reading = options.follow ? journal::Reading::AsItGrows : journal::Reading::ToTheEnd;
  journal::JournalReader reader(folder, 1, reading);
  simulate::RecordJson json(folder, simulate::recorded_rules);
  if (options.csv) std::cout << csv_header() << "\n";
  for (journal::Record record;;) {
    while (std::cout.good() && reader.next(record)) {
      const Json row = json.row(record);
      if (!filter.shows(record.t, row, json.belonging())) continue;
      std::cout << (options.json ? row.dump() : options.csv ? csv_line(row) : text_line(row, record.t)) << "\n";
    }
    std::cout.flush();
    if (!std::cout.good()) return answer_is_no;  // nobody reads it any more
    if (!options.follow || reader.ending().kind == journal::EndKind::Damaged) break;
    shm::nap(follow_interval);
  }
  if (reader.ending().kind == journal::EndKind::Whole) return done;
  std::cerr << "bulwark journal: " << reader.ending().text() << std::endl;
  return reader.ending().kind == journal::EndKind::Torn ? done : answer_is_no;
}

}  // namespace bulwark::command
