// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/happening_text.h"

#include <fmt/format.h>

#include "sidecar/operator/control.h"
#include "sidecar/operator/status_text.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;

// What was asked, as far as it says: a replace names no symbol.
static std::string asked_text(const Json& row) {
  const Json asked = row.value("asked", Json::object());
  std::string text = asked.value("client", std::string());
  for (const char* key : {"side", "quantity", "symbol"}) {
    if (asked.contains(key)) text += " " + plain(asked[key]);
  }
  if (asked.contains("price")) text += " at " + plain(asked["price"]);
  return text;
}

static std::string verdict_text(const Json& row) {
  const bool resized = row["decision"] == "resized";
  std::string text = fmt::format("{} {}: {}", resized ? "resized" : "refused", asked_text(row), plain(row["reason"]));
  if (row.contains("limit")) {
    text += fmt::format(" {} over {} ({})", plain(row["value"]), plain(row["max"]), plain(row["limit"]));
  }
  if (resized) text += ", to " + plain(row["quantity"]);
  return text;
}

static std::string control_text(const Json& row) {
  std::string text = row.value("operator", std::string("somebody")) + ": " + plain(row["command"]);
  if (row.contains("limit")) text += fmt::format(" limit {} to {}", plain(row["limit"]), plain(row["max"]));
  if (row.contains("on")) text += " " + scope_text(row["on"]);
  if (row.contains("reason")) text += " (" + plain(row["reason"]) + ")";
  return text;
}

static std::string stop_text(const Json& row) {
  // Where trading is allowed the record says no more: a part was halted, or the sidecar began.
  return row["trading"].get<bool>() ? fmt::format("trading as a whole is allowed (stop count {})", plain(row["epoch"]))
                                    : fmt::format("stop {}: trading is stopped", plain(row["epoch"]));
}

static std::string client_stop_text(const Json& row) {
  std::string text = fmt::format("client {}, stop {}: {}", row.value("client", std::string("?")), plain(row["epoch"]),
                                 plain(row["outcome"]));
  if (row.contains("delay_ns")) text += fmt::format(" after {} us", row["delay_ns"].get<std::int64_t>() / 1000);
  return text;
}

// Any other record as `bulwark journal` shows it.
static std::string record_text(const Json& row) {
  std::string text = plain(row["type"]);
  for (const auto& [key, value] : row.items()) {
    if (key != "seq" && key != "t" && key != "type") text += fmt::format(" {}={}", key, plain(value));
  }
  return text;
}

std::string happening_text(const Json& row) {
  const auto type = row["type"].get<std::string>();
  if (type == "verdict") return verdict_text(row);
  if (type == "control") return control_text(row);
  if (type == "remark") return fmt::format("{}: {}", plain(row["operator"]), plain(row["text"]));
  if (type == "stop") return stop_text(row);
  if (type == "client_stop") return client_stop_text(row);
  if (type == "lease") return fmt::format("the lease ran out, {} times so far", plain(row["lapses"]));
  if (type == "warning" && row.contains("message")) return "warning: " + plain(row["message"]);
  const std::string line = row.dump(), sentence = sentence_of(line);
  return sentence == line ? record_text(row) : sentence;
}

}  // namespace bulwark::command
