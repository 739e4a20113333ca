// SPDX-License-Identifier: Apache-2.0
// One life of a sidecar without its processes: it recovers a journal, judges orders, and appends them to the ring, as
// the hot loop does. Its rules are one position limit, whose max is all that its configuration says.
#pragma once

#include <string>

#include "shm/decimal.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/recovery.h"
#include "sidecar/journal/ring_file.h"
#include "sidecar/journal/writer.h"

namespace bulwark::test {

inline core::Rules rules_with_max(const std::string& max) {
  core::Rules rules;
  core::Instrument instrument;
  instrument.symbol = "AAPL";
  instrument.currency = "USD";
  rules.instruments = {instrument};
  rules.accounts = {core::Account{"ACC1", {static_cast<int128>(1'000'000) * unit}}};
  rules.strategies = {core::Strategy{"momo", "ACC1"}};
  core::Limit limit;
  limit.name = "position";
  limit.metric = Metric::Position;
  limit.max = parse_decimal(max, money_raw_max).raw;
  rules.limits = {limit};
  return rules;
}

class Life {
  std::uint64_t new_configuration_ = 0;  // before the engine, whose making may set it

public:
  // `directory` of the journal, `ring` a path.
  Life(const std::string& directory, const std::string& ring, const std::string& max)
      : recovered(journal::recover(
            {directory, ring, "test", 4711, [](const std::string& text) { return rules_with_max(text); }, 1U << 20U})),
        engine(*prepare(directory, max)),
        ring_(journal::create_ring(ring, recovered.journal, recovered.next_sequence, 1)),
        producer(journal::view_of(ring_), {recovered.next_sequence, 0}),
        writer(
            {journal::view_of(ring_), health, written, disk, [this](const std::string& what) { told.push_back(what); }},
            std::move(recovered.appender)),
        t{std::max<std::int64_t>(recovered.replay.last_t.ns, 0) + 1} {
    producer.has_room();
    producer.append(journal::RecordType::Start, {t, 1, 0});
    if (new_configuration_ != 0) producer.append(journal::RecordType::Configuration, {t, new_configuration_, 0});
    if (engine.names().clients.find("c1") == ClientIndex::None) {
      core::Event client = event(core::EventType::Client);
      client.client.name = Name::from("c1");
      apply(client);
    }
    core::Event mark = event(core::EventType::Mark);
    mark.mark.symbol = 1;
    mark.mark.last = {unit};
    apply(mark);
  }

  core::Event event(core::EventType type) const {
    core::Event result{};
    result.t = t;
    result.type = type;
    return result;
  }
  // False: the ring is full, and nothing was done.
  bool apply(const core::Event& event) {
    if (!producer.has_room(8 * journal::record_lines_max)) return false;
    const core::EventError error = engine.apply(event);
    verdict = engine.has_verdict() ? engine.verdict() : core::Verdict{};
    producer.append(event);
    if (dies_after_the_event) return true;
    producer.append_answer(event.t, error, engine);
    producer.append_consequences(event.t, engine, 0, [] { return true; });
    ++t.ns;
    return true;
  }
  bool buy(const std::string& id, std::int64_t units) {
    core::Event order = event(core::EventType::Intent);
    order.intent.symbol = SymbolIndex{1};
    order.intent.client = ClientIndex{1};
    order.intent.account = AccountIndex{1};
    order.intent.strategy = StrategyIndex{1};
    order.intent.side = Side::Buy;
    order.intent.gate = core::Gate::Open;
    order.intent.quantity = {units * unit};
    order.intent.price = {unit};
    order.intent.id = Id::from(id);
    return apply(order);
  }
  bool accepted() const { return verdict.decision == Decision::Accepted; }
  // What is working now, over everything.
  std::int64_t working() const {
    return engine.book().cell(core::View::Portfolio, 0, SymbolIndex{1}).working_buy / unit;
  }
  void end() { producer.append(journal::RecordType::End, {t, 0, 0}); }

  journal::Recovered recovered;
  core::Engine& engine;

private:
  core::Engine* prepare(const std::string& directory, const std::string& max) {
    const std::uint64_t hash = journal::save_configuration(directory, max);
    if (hash == recovered.replay.configuration) return recovered.replay.engine.get();
    new_configuration_ = hash;
    auto& engine_of_replay = recovered.replay.engine;
    if (engine_of_replay == nullptr) engine_of_replay = std::make_unique<core::Engine>(rules_with_max(max));
    else engine_of_replay->adopt(rules_with_max(max));
    return engine_of_replay.get();
  }
  journal::RingMapping ring_;

public:
  std::vector<std::string> told;  // by the writer
  std::atomic<shm::JournalHealth> health{};
  shm::AtomicWord written{0};
  shm::JournalDisk disk{};
  journal::RingProducer producer;
  journal::JournalWriter writer;
  TimeNs t;
  core::Verdict verdict{};
  bool dies_after_the_event = false;
};

}  // namespace bulwark::test
