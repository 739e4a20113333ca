// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/document.h"

#include <algorithm>

#include "shm/clock.h"
#include "sidecar/config/load.h"
#include "sidecar/config/moment.h"
#include "sidecar/journal/proof.h"
#include "sidecar/ledger/words.h"
#include "sidecar/report/measures.h"
#include "sidecar/report/summary.h"
#include "sidecar/report/walk.h"
#include "sidecar/view/book.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;

namespace {

// What has to be known before the span is.
struct Outline {
  journal::Proof proof;
  TimeNs newest{INT64_MIN};
  std::uint64_t configuration = 0;
  config::Settings settings;
};

Outline outline_of(const std::string& directory) {
  Outline outline;
  outline.proof = journal::prove(directory, [&outline](const journal::Record& record) {
    if (journal::is_event(record.type)) outline.newest = std::max(outline.newest, record.t);
    if (record.type == journal::RecordType::Configuration) outline.configuration = record.note.a;
  });
  if (outline.configuration == 0 && outline.proof.kept) outline.configuration = outline.proof.kept->facts.configuration;
  if (outline.configuration == 0) {
    throw journal::JournalError(outline.proof.damaged()
                                    ? "the journal is damaged, and nothing before that place can be reported on: " +
                                          outline.proof.ending.text()
                                    : directory + ": the journal holds nothing yet");
  }
  const std::string frozen = journal::read_configuration(directory, outline.configuration);
  config::LoadResult loaded = config::load_frozen(frozen);
  if (!loaded.good())
    throw journal::JournalError("a configuration in the journal cannot be read by this build: " +
                                config::format(loaded.mistakes.front()));
  outline.settings = std::move(loaded.settings);
  if (outline.newest.ns == INT64_MIN) outline.newest = shm::wall_now();
  return outline;
}

Json moment_json(TimeNs t) { return config::show_moment(t); }

Json span_json(const Span& span, const config::Settings& settings) {
  return {{"from", span.from.ns},
          {"to", span.to.ns},
          {"first_session", span.first},
          {"last_session", span.last},
          {"timezone", settings.instance.timezone},
          {"from_utc", moment_json(span.from)},
          {"to_utc", moment_json(span.to)},
          {"over", span.over},
          {"whole", span.whole}};
}

Json chain_json(const journal::Proof& proof, const Walk& walk) {
  return {{"state", proof.state()},
          {"first", proof.last - proof.records + (proof.records == 0 ? 0 : 1)},
          {"last", proof.last},
          {"records", proof.records},
          {"blocks", proof.blocks},
          {"files", proof.files},
          {"hash", proof.hash},
          {"deleted_up_to", proof.kept ? Json(proof.kept->facts.sequence) : Json(nullptr)},
          {"what", proof.ending.what.empty() ? Json(nullptr) : Json(proof.ending.text())},
          {"decided_again_up_to", walk.replayed()},
          {"difference", walk.trouble().empty() || proof.damaged() ? Json(nullptr) : Json(walk.trouble())}};
}

Json latency_json(Walk& walk) {
  std::vector<std::int64_t>& delays = walk.seal_delays;
  std::sort(delays.begin(), delays.end());
  const auto at = [&](double share) {
    return delays.empty() ? Json(nullptr)
                          : Json(delays[static_cast<std::size_t>(share * static_cast<double>(delays.size() - 1))]);
  };
  return {{"stops", walk.doings.acknowledgements()},
          {"seals", {{"blocks", delays.size()}, {"p50_ns", at(0.5)}, {"p99_ns", at(0.99)}, {"largest_ns", at(1)}}},
          {"checks", nullptr},
          {"why_not", "a journal does not keep how long an answer took"}};
}

// The clock of the controls: the end of the span, or now where it still runs.
TimeNs last_moment(const Span& span, TimeNs newest) { return span.over ? std::min(span.to, newest) : newest; }

void add_book(Json& document, Walk& walk, const Outline& outline, const Request& request, const Span& span) {
  core::Engine& engine = *walk.engine();
  document["profit"] = walk.profits.end(engine);
  document["track"] = walk.profits.track();
  Measured measured = measure(engine, walk.rules(), request.source, request.journal, span);
  document["exposures"] = std::move(measured.exposures);
  const Json book = view::book_json(engine);
  for (const char* table : {"positions", "states", "cancels", "liquidations"}) document[table] = book[table];
  document["risk"] = std::move(measured.risk);
  document["stress"] = std::move(measured.stress);
  document["backtest"] = std::move(measured.backtest);
  document["limits"] = walk.uses.json(engine);
  document["breaches"] = walk.breaches;
  document["controls"] = {{"configuration", ledger::hex(walk.configuration())},
                          {"limits", view::controls_json(engine, last_moment(span, outline.newest))}};
}

}  // namespace

Json document_of(const Request& request) {
  const Outline outline = outline_of(request.journal);
  const TimeNs now = shm::wall_now();
  const Span span = span_of(request.wanted, outline.settings.rules.session, outline.newest, now);
  Walk walk(request.journal, span);
  walk.run();
  if (walk.engine() == nullptr)
    throw NothingYet(request.journal + ": the journal begins after " + config::show_moment(span.to));
  Json document{{"schema", 1},
                {"report", "daily risk"},
                {"instance", outline.settings.instance.name},
                {"base_currency", outline.settings.rules.base_currency},
                {"version", BULWARK_VERSION},
                {"made", now.ns},
                {"made_utc", moment_json(now)},
                {"span", span_json(span, outline.settings)},
                {"damage", nullptr},
                {"summary", nullptr}};
  if (outline.proof.damaged()) document["damage"] = outline.proof.ending.text();
  else if (!walk.trouble().empty()) document["damage"] = walk.trouble();
  add_book(document, walk, outline, request, span);
  document["orders"] = walk.doings.orders();
  document["refusals"] = walk.doings.refusals();
  document["stops"] = walk.doings.stops();
  document["changes"] = walk.doings.changes();
  document["notes"] = walk.doings.notes();
  document["latency"] = latency_json(walk);
  document["chain"] = chain_json(outline.proof, walk);
  document["summary"] = summary_of(document);
  return document;
}

}  // namespace bulwark::report
