// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/measures.h"

#include "core/risk_model.h"
#include "shm/decimal.h"
#include "sidecar/config/build_model.h"
#include "sidecar/model/backing.h"
#include "sidecar/process/backtest.h"
#include "sidecar/process/risk_picture.h"
#include "sidecar/process/session_record.h"
#include "sidecar/view/risk.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;

namespace {

// How many of the last dates of a price file may have come after the model that is looked for.
constexpr std::size_t later_dates_max = 10;

// What stands behind the model in force: the days of the files, where they come to that very model. A file that has
// grown since comes to it again without its last days.
// `mistake` is the first of the files, where these are wrong.
model::Backing backing_of(const core::Rules& rules, const std::optional<model::Source>& source, std::string& mistake) {
  if (!rules.model) return {};
  model::Source known;
  known.confidence = rules.model->confidence;
  model::Backing bare = model::backing_of(*rules.model, {}, source ? *source : known);
  if (!source || (source->prices.empty() && source->closes.empty())) return bare;
  std::vector<std::string> dates;
  for (std::size_t later = 0; later <= later_dates_max; ++later) {
    if (later != 0 && later + model::dates_min > dates.size()) break;
    const config::BuiltModel built =
        config::build_model(*source, rules, later == 0 ? std::string{} : dates[dates.size() - 1 - later]);
    if (!built.mistakes.empty()) {
      if (later == 0) mistake = config::format(built.mistakes.front());
      break;
    }
    if (core::version_of(built.model) == bare.version) return model::backing_of(built.model, built.closes, *source);
    if (later == 0) dates = built.closes.dates;
  }
  return bare;
}

struct Record {
  std::vector<process::SessionRecord::Observation> observations;  // up to the span's end
  double var = 0;                                                 // of its last session
  std::string why_not;
};

Record record_of(const std::string& directory, const core::Session& session, const Span& span) {
  Record record;
  try {
    const process::SessionRecord kept(directory, session);
    for (const auto& one : kept.observations()) {
      if (one.date > span.last) continue;
      record.observations.push_back(one);
      if (one.date == span.last) record.var = one.var;
    }
    if (kept.end() == span.to) record.var = kept.var();
  } catch (const std::exception& error) {
    record.why_not = error.what();
  }
  return record;
}

Json sessions_json(const Record& record) {
  Json rows = Json::array();
  const std::size_t count = record.observations.size();
  for (std::size_t k = count > process::backtest_sessions_max ? count - process::backtest_sessions_max : 0; k < count;
       ++k) {
    const auto& one = record.observations[k];
    if (one.var > 0) {
      rows.push_back({{"date", one.date},
                      {"confidence", one.confidence},
                      {"var", one.var},
                      {"frozen", one.frozen},
                      {"actual", one.actual},
                      {"exception", -one.frozen > one.var}});
    } else {
      rows.push_back({{"date", one.date},
                      {"confidence", nullptr},
                      {"var", nullptr},
                      {"frozen", nullptr},
                      {"actual", nullptr},
                      {"exception", nullptr}});
    }
  }
  return rows;
}

// Rows of what is held, without what only was.
Json exposed(const Json& rows, const char* kind) {
  Json result = Json::array();
  for (const Json& row : rows) {
    if (row["gross"].is_number() && row["gross"] == 0) continue;
    const Json name = row[kind] == "" ? Json(nullptr) : row[kind];
    result.push_back(
        {{kind, name}, {"gross", row["gross"]}, {"net", row["net"]}, {"component_var", row["component_var"]}});
  }
  return result;
}

void add_positions(const core::Engine& engine, Json& symbols) {
  for (Json& row : symbols) {
    const SymbolIndex index = engine.names().symbols.find(row["symbol"].get<std::string>());
    std::int64_t position = 0;
    for (const std::uint32_t live : engine.book().live_rows) {
      if (engine.book().symbol_of(live) == index) position += engine.book().rows[live].position;
    }
    const core::Symbol& symbol = engine.market().symbols[at(index)];
    row["position"] = format_decimal(position);
    row["reference"] = symbol.has_mark ? Json(to_text(symbol.reference)) : Json(nullptr);
  }
}

Json exposures_json(const core::Engine& engine, const Json& live) {
  Json json = live["exposure"];
  for (const auto& [table, kind] :
       {std::pair{"accounts", "account"}, {"strategies", "strategy"}, {"sectors", "sector"}, {"symbols", "symbol"}})
    json[table] = exposed(live[table], kind);
  add_positions(engine, json["symbols"]);
  return json;
}

}  // namespace

Measured measure(const core::Engine& engine, const core::Rules& rules, const std::optional<model::Source>& source,
                 const std::string& journal_directory, const Span& span) {
  const Record record = record_of(journal_directory, rules.session, span);
  shm::RiskBacktest backtest = process::backtest_of(record.observations);
  backtest.var = record.var;
  backtest.why_not = Text<247>::from(record.why_not);
  process::LiveBook book;
  std::string mistake;
  book.follow(engine, std::make_shared<model::Backing>(backing_of(rules, source, mistake)));
  const auto picture = shm::picture_of(process::picture_of(engine, book, backtest));
  const core::Names& names = engine.names();
  const Json live = view::risk_json(*picture, [&names](std::string_view kind, std::uint64_t index) {
    if (kind == "symbol") return names.symbols.name(SymbolIndex(index));
    if (kind == "sector") return names.sectors.name(SectorIndex(index));
    if (kind == "account") return names.accounts.name(AccountIndex(index));
    return names.strategies.name(StrategyIndex(index));
  });
  Measured measured;
  measured.exposures = exposures_json(engine, live);
  for (const char* key : {"confidence", "var", "es", "volatility", "why_not", "regime"}) measured.risk[key] = live[key];
  if (!mistake.empty() && !measured.risk["why_not"].is_null())
    measured.risk["why_not"] = measured.risk["why_not"].get<std::string>() + "; the files of the model: " + mistake;
  Json& model = measured.risk["model"] = live["model"];
  for (const char* of_a_process : {"built", "taken_over", "refused", "refusal"}) model.erase(of_a_process);
  measured.stress = live["stress"];
  measured.backtest = live["backtest"];
  measured.backtest["by_session"] = sessions_json(record);
  return measured;
}

}  // namespace bulwark::report
