// SPDX-License-Identifier: Apache-2.0
#include "sidecar/ledger/stops.h"

namespace bulwark::ledger {

using Json = nlohmann::ordered_json;

static Json json_of(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::Null: return nullptr;
    case Cell::Kind::Text: return cell.text;
    default: return Json::parse(cell.text);
  }
}

Json json_of(const CellRow& row) {
  Json json{{"seq", row.sequence}, {"t", row.t.ns}, {"table", words_of(row.table).name}};
  for (const Cell& cell : row.cells) json[std::string(cell.name)] = json_of(cell);
  return json;
}

void Wishes::take(const CellRow& row) {
  if (row.table == Table::Error) refused.insert(std::string(row.text("event_seq")));
  else rows.push_back(row);
}

// What each client made of the stop of that epoch; the last that was told of it counts. Null: nothing was told.
static Json clients_of(const std::vector<CellRow>& rows, std::string_view epoch) {
  Json clients = nullptr;
  for (const CellRow& row : rows) {
    if (row.table != Table::ClientStop || epoch.empty() || row.text("epoch") != epoch) continue;
    Json json = json_of(row);
    clients[std::string(row.text("client"))] = {{"outcome", json["outcome"]}, {"delay_ns", json["delay_ns"]}};
  }
  return clients;
}

// A resume ends what has at least its keys, with the same values.
static bool ends(const CellRow& resume, const Json& stopped) {
  if (stopped.is_null()) return false;  // a lease comes back by itself
  const Json given = Json::parse(std::string(resume.text("scope")));
  for (const auto& [key, value] : given.items()) {
    if (!stopped.contains(key) || stopped[key] != value) return false;
  }
  return true;
}

// A state that no person's stop brought about, in the words of a stop.
static Json stop_of_limit(const CellRow& row) {
  const Json json = json_of(row);
  return {{"seq", row.sequence},    {"t", row.t.ns},       {"type", json["state"]},
          {"scope", json["scope"]}, {"operator", nullptr}, {"reason", "limit " + std::string(row.text("cause"))},
          {"epoch", nullptr}};
}

std::vector<Json> stops_of(const Wishes& wishes, std::vector<const CellRow*>* resumes) {
  static const std::set<std::string_view> stopping{"halt", "reduce_only", "liquidate", "lease"};
  std::set<std::string> by_person;
  for (const CellRow& row : wishes.rows) {
    if (row.table == Table::Stop && wishes.done(row)) by_person.insert(std::to_string(row.sequence));
  }
  std::vector<Json> stops;
  for (auto row = wishes.rows.begin(); row != wishes.rows.end(); ++row) {
    Json json;
    if (row->table == Table::Stop) {
      if (!wishes.done(*row) || !stopping.contains(row->text("type"))) continue;
      json = json_of(*row);
      json.erase("table");
    } else if (row->table == Table::State) {
      if (row->text("state") == "normal" || by_person.contains(std::string(row->text("event_seq")))) continue;
      json = stop_of_limit(*row);
    } else {
      continue;
    }
    const CellRow* resumed = nullptr;
    for (auto later = row + 1; later != wishes.rows.end() && resumed == nullptr; ++later) {
      const bool resume = later->table == Table::Stop && later->text("type") == "resume" && wishes.done(*later);
      if (resume && ends(*later, json["scope"])) resumed = &*later;
    }
    json["resumed"] = resumed == nullptr ? Json(nullptr) : Json(resumed->t.ns);
    json["clients"] = clients_of(wishes.rows, row->text("epoch"));
    stops.push_back(std::move(json));
    if (resumes != nullptr) resumes->push_back(resumed);
  }
  return stops;
}

}  // namespace bulwark::ledger
