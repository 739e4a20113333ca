// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sidecar/report/sections.h"
#include "sidecar/report/svg.h"
#include "sidecar/report/table.h"
#include "sidecar/report/words.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;

namespace {

std::string who_words(const Json& who) {
  const std::string event = plain(who["event"]);
  if (event == "mark") return "the market, " + plain(who["symbol"]);
  if (event == "control") return plain(who["operator"]);
  if (event == "time") return "the passing of time";
  std::string text = event;
  if (!who["id"].is_null()) text += " " + plain(who["id"]);
  for (const char* key : {"client", "account", "strategy"}) {
    if (!who[key].is_null()) text += fmt::format(", {} {}", key, plain(who[key]));
  }
  return text;
}

std::string or_nobody(const Json& name) { return name.is_null() ? unknown_words : plain(name); }

// "c1 1.2 ms, c2 silent".
std::string client_words(const Json& clients) {
  std::string text;
  if (clients.is_null()) return unknown_words;
  for (const auto& [client, said] : clients.items()) {
    const std::string what = said["delay_ns"].is_null() ? plain(said["outcome"]) : duration(said["delay_ns"]);
    text += (text.empty() ? "" : ", ") + client + " " + what;
  }
  return text;
}

std::string breaches_table(const Json& rows) {
  std::vector<Json> sorted(rows.begin(), rows.end());
  // Breaches first: a day may have a thousand warnings.
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Json& a, const Json& b) { return (a["type"] == "breach") > (b["type"] == "breach"); });
  Table table({"at", "what", "limit", "of", ">value", ">maximum", "action", "~whose event"});
  for (const Json& row : sorted)
    table.row({short_moment(row["t"]), plain(row["type"]), plain(row["limit"]), scope(row["on"]), amount(row["value"]),
               amount(row["max"]), plain(row["action"]), who_words(row["who"])});
  return table.html("No limit was breached, or came near it.", 30);
}

}  // namespace

std::string limits_section(const Json& document) {
  std::string html = heading("Limits and breaches");
  const Json& limits = document["limits"];
  std::vector<Json> rows(limits["limits"].begin(), limits["limits"].end());
  std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) {
    const auto place = [](const Json& row) { return row["use"].is_null() ? -1.0 : row["use"].get<double>(); };
    return place(a) > place(b);
  });
  // Of a limit on each symbol there may be thousands.
  constexpr std::size_t scopes_shown = 3;
  std::map<std::string, std::size_t> scopes;
  Table table({"limit", "of", "metric", ">largest", ">maximum", ">use", "at", ">orders objected to"});
  for (const Json& row : rows) {
    if (++scopes[plain(row["limit"])] > scopes_shown) continue;
    table.row({plain(row["limit"]), scope(row["on"]), plain(row["metric"]), amount(row["largest"]), amount(row["max"]),
               percent(row["use"]), short_moment(row["at"]), plain(row["objections"])});
  }
  html += table.html("No limit is in force.", 60);
  html += paragraph(
      fmt::format("Of each limit the scopes that came nearest to its maximum, three at most, in {} looks: after "
                  "what moved the book, and else once a second. Limits on single orders and on their flow "
                  "have no value between orders.",
                  whole(limits["looks"])),
      "note");
  return html + smaller_heading("Breaches and warnings") + breaches_table(document["breaches"]);
}

std::string stops_section(const Json& document) {
  std::string html = heading("Stops");
  Table table({"at", "what", "of", "by", "~why", "~clients stopped after", "resumed", "by"});
  for (const Json& row : document["stops"])
    table.row({short_moment(row["t"]), row["type"] == "lease" ? "the lease ran out" : plain(row["type"]),
               scope(row["scope"]), or_nobody(row["operator"]), or_nobody(row["reason"]), client_words(row["clients"]),
               short_moment(row["resumed"]), or_nobody(row["resumed_by"])});
  html += table.html("Nobody and nothing stopped trading.", 40);
  Table states({"scope", "state at the end", "~cause"});
  for (const Json& row : document["states"]) states.row({scope(row["on"]), plain(row["state"]), plain(row["cause"])});
  return html + states.html("At the end nothing is halted or reduced.");
}

std::string changes_section(const Json& document) {
  std::string html = heading("Overrides and changes of limits and configuration");
  Table table({"at", "what", "limit", "key", "from", "to", "until", "by", "~why"});
  for (const Json& row : document["changes"])
    table.row({short_moment(row["t"]), plain(row["type"]),
               plain(row["limit_name"]) + (row["scope"].is_null() ? "" : " of " + scope(row["scope"])),
               plain(row["key"]), plain(row["old_value"]), plain(row["new_value"]), short_moment(row["until"]),
               or_nobody(row["operator"]), or_nobody(row["reason"])});
  html += table.html("No limit was changed.", 40);
  const Json& notes = document["notes"];
  Table more({"at", "what", "who", "~words"});
  for (const Json& row : notes["configurations"])
    more.row({short_moment(row["t"]), "configuration", unknown_words, plain(row["hash"])});
  for (const Json& row : notes["models"])
    more.row({short_moment(row["t"]), "model", unknown_words, plain(row["version"])});
  for (const Json& row : notes["remarks"])
    more.row({short_moment(row["t"]), "remark", row["operator"] == "" ? "bulwark" : plain(row["operator"]),
              plain(row["message"])});
  for (const Json& row : notes["alerts"])
    more.row({short_moment(row["t"]), "alert", plain(row["source"]), plain(row["message"])});
  return html + smaller_heading("Taken over, remarked, alerted") + more.html("Nothing.", 30);
}

std::string orders_section(const Json& document) {
  const Json& orders = document["orders"];
  std::string html = heading("Orders and refusals");
  Table all({"client", ">asked", ">accepted", ">resized", ">refused"});
  all.row(
      {"all", whole(orders["asked"]), whole(orders["accepted"]), whole(orders["resized"]), whole(orders["rejected"])});
  for (const Json& row : orders["clients"])
    all.row({plain(row["client"]), whole(row["asked"]), whole(row["accepted"]), whole(row["resized"]),
             whole(row["rejected"])});
  html += all.html("") +
          paragraph(fmt::format("{} came back.", counted(orders["fills"].get<std::uint64_t>(), "fill")), "note");
  Table table({"refused for", "limit", ">orders", "~clients"});
  for (const Json& row : document["refusals"]) {
    std::string clients;
    for (const auto& [client, count] : row["clients"].items())
      clients += (clients.empty() ? "" : ", ") + client + " " + whole(count);
    table.row({plain(row["reason"]), plain(row["limit"]), whole(row["orders"]), clients});
  }
  return html + table.html("No order was refused.", 30);
}

std::string latency_section(const Json& document) {
  const Json &latency = document["latency"], &stops = latency["stops"], &seals = latency["seals"];
  std::string html = heading("Latency");
  Table table({"what", ">count", ">median", ">99 of 100", ">longest"});
  table.row({"from a stop to a client's acknowledgement", whole(stops["acknowledged"]), duration(stops["median_ns"]),
             unknown_words, duration(stops["largest_ns"])});
  table.row({"from a record to the seal of its block", whole(seals["blocks"]), duration(seals["p50_ns"]),
             duration(seals["p99_ns"]), duration(seals["largest_ns"])});
  table.row({"from an order to its verdict", unknown_words, unknown_words, unknown_words, unknown_words});
  html += table.html("");
  html += paragraph(
      fmt::format(
          "How long verdicts took is not known: {}; `killswitch status` says it of a running instance. {} stayed "
          "silent after a stop, {} ended without a word. The lease ran out {}.",
          plain(latency["why_not"]), counted(stops["silent"].get<std::uint64_t>(), "client"), whole(stops["gone"]),
          counted(document["notes"]["sidecar"]["lease_lapses"].get<std::uint64_t>(), "time")),
      "note");
  return html;
}

std::string controls_section(const Json& document) {
  const Json& controls = document["controls"];
  std::string html = heading("Armed controls at the end");
  html += paragraph("Configuration " + plain(controls["configuration"]) + " (the file config-" +
                    plain(controls["configuration"]) + ".toml beside the journal).");
  Table table({"limit", "of", "metric", ">value", ">maximum", "~where it cannot be evaluated, why"});
  for (const Json& row : controls["limits"])
    table.row({plain(row["limit"]), scope(row["on"]), plain(row["metric"]), amount(row["value"]), amount(row["max"]),
               row.value("why", "")});
  return html + table.html("No limit is in force.", 60);
}

std::string chain_section(const Json& document) {
  const Json& chain = document["chain"];
  std::string html = heading("Audit chain");
  const std::string state = plain(chain["state"]);
  const char* said = state == "damaged" ? "It is damaged"
                     : state == "torn"  ? "Its end is torn: a crash left it so, or it is being written now"
                     : state == "whole" ? "It ended in good order: nothing was added, changed or cut off"
                                        : "It is being written, or was not ended in good order";
  html += paragraph(fmt::format("Verified from record {} to {} ({} in {}, every checksum and every hash). {}.",
                                whole(chain["first"]), whole(chain["last"]),
                                counted(chain["blocks"].get<std::uint64_t>(), "block"),
                                counted(chain["files"].get<std::uint64_t>(), "file"), said));
  html += "<p>Hash of the head: <code>" + escaped(plain(chain["hash"])) + "</code></p>\n";
  if (!chain["deleted_up_to"].is_null())
    html +=
        paragraph("Records 1 to " + whole(chain["deleted_up_to"]) + " were deleted by retention, as the journal says.");
  if (!chain["what"].is_null()) html += paragraph(plain(chain["what"]));
  return html + paragraph(chain["difference"].is_null()
                              ? "Every decision up to record " + whole(chain["decided_again_up_to"]) +
                                    " came out the same again."
                              : "A decision did not come out the same again: " + plain(chain["difference"]));
}

}  // namespace bulwark::report
