// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/doings.h"

#include <algorithm>

namespace bulwark::report {

using Json = nlohmann::ordered_json;
using ledger::CellRow;
using ledger::Table;

void Doings::take(CellRow row) {
  switch (row.table) {
    case Table::Stop:
      if (const std::string type(row.text("type"));
          inside(row) && (type == "start" || type == "end" || type == "lease"))
        ++lives_[type];
      [[fallthrough]];
    case Table::State:
    case Table::ClientStop:
    case Table::Error: return wishes_.take(row);
    default: break;
  }
  if (!inside(row)) return;
  switch (row.table) {
    case Table::Verdict: return count(row);
    case Table::Fill: ++fills_; return;
    case Table::LimitChange:
      if (row.sequence != first_configuration_) changes_.push_back(std::move(row));
      return;
    case Table::Configuration:
      configurations_.push_back({{"t", row.t.ns}, {"seq", row.sequence}, {"hash", row.text("hash")}});
      return;
    case Table::ModelVersion: models_.push_back(row_of(row)); return;
    case Table::Remark: remarks_.push_back(row_of(row)); return;
    case Table::Alert: alerts_.push_back(row_of(row)); return;
    default: return;
  }
}

void Doings::count(const CellRow& verdict) {
  const std::string client(verdict.text("client")), decision(verdict.text("decision"));
  Count& count = clients_[client];
  ++count.asked;
  if (decision == "accepted") ++count.accepted;
  else if (decision == "resized") ++count.resized;
  else {
    ++count.rejected;
    Refused& refused = refused_[{std::string(verdict.text("reason")), std::string(verdict.text("limit_name"))}];
    ++refused.orders;
    ++refused.clients[client];
  }
}

Json Doings::row_of(const CellRow& row) {
  Json json = ledger::json_of(row);
  json.erase("table");
  return json;
}

static Json name_or_null(const std::string& name) { return name.empty() ? Json(nullptr) : Json(name); }

Json Doings::orders() const {
  Count all;
  Json clients = Json::array();
  for (const auto& [client, count] : clients_) {
    all.asked += count.asked;
    all.accepted += count.accepted;
    all.resized += count.resized;
    all.rejected += count.rejected;
    clients.push_back({{"client", name_or_null(client)},
                       {"asked", count.asked},
                       {"accepted", count.accepted},
                       {"resized", count.resized},
                       {"rejected", count.rejected}});
  }
  return {{"asked", all.asked},       {"accepted", all.accepted}, {"resized", all.resized},
          {"rejected", all.rejected}, {"fills", fills_},          {"clients", clients}};
}

Json Doings::refusals() const {
  std::vector<Json> rows;
  for (const auto& [key, refused] : refused_) {
    Json clients = Json::object();
    for (const auto& [client, orders] : refused.clients) clients[client] = orders;
    rows.push_back({{"reason", key.first},
                    {"limit", name_or_null(key.second)},
                    {"orders", refused.orders},
                    {"clients", std::move(clients)}});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) { return a["orders"] > b["orders"]; });
  return rows;
}

Json Doings::stops() const {
  std::vector<const CellRow*> resumes;
  std::vector<Json> stops = ledger::stops_of(wishes_, &resumes);
  Json rows = Json::array();
  for (std::size_t k = 0; k < stops.size(); ++k) {
    Json& stop = stops[k];
    const bool began = stop["t"] < span_.to.ns, is_lapse = stop["type"] == "lease";
    const bool lasted =
        stop["t"] >= span_.from.ns || (!is_lapse && (stop["resumed"].is_null() || stop["resumed"] >= span_.from.ns));
    if (!began || !lasted) continue;
    const CellRow* resume = resumes[k];
    stop["resumed_by"] = resume == nullptr ? Json(nullptr) : name_or_null(std::string(resume->text("operator")));
    stop["resumed_because"] = resume == nullptr ? Json(nullptr) : name_or_null(std::string(resume->text("reason")));
    rows.push_back(std::move(stop));
  }
  return rows;
}

Json Doings::changes() const {
  Json rows = Json::array();
  for (const CellRow& row : changes_) {
    if (!wishes_.done(row)) continue;
    Json json = row_of(row);
    json.erase("n");
    rows.push_back(std::move(json));
  }
  return rows;
}

Json Doings::notes() const {
  const auto times = [this](const char* type) {
    const auto found = lives_.find(type);
    return found == lives_.end() ? 0 : found->second;
  };
  return {{"configurations", configurations_},
          {"models", models_},
          {"remarks", remarks_},
          {"alerts", alerts_},
          {"sidecar", {{"starts", times("start")}, {"ends", times("end")}, {"lease_lapses", times("lease")}}}};
}

Json Doings::acknowledgements() const {
  std::vector<std::int64_t> delays;
  std::uint64_t silent = 0, gone = 0;
  for (const Json& stop : stops()) {
    if (stop["t"] < span_.from.ns || stop["clients"].is_null()) continue;
    for (const Json& client : stop["clients"]) {
      if (client["delay_ns"].is_number()) delays.push_back(client["delay_ns"].get<std::int64_t>());
      else ++(client["outcome"] == "gone" ? gone : silent);
    }
  }
  std::sort(delays.begin(), delays.end());
  const auto at = [&](std::size_t place) { return delays.empty() ? Json(nullptr) : Json(delays[place]); };
  return {{"acknowledged", delays.size()},
          {"median_ns", at(delays.size() / 2)},
          {"largest_ns", at(delays.empty() ? 0 : delays.size() - 1)},
          {"silent", silent},
          {"gone", gone}};
}

}  // namespace bulwark::report
