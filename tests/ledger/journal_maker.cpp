// SPDX-License-Identifier: Apache-2.0
// Writes a journal as a sidecar does, as fast as it can: `ledger_journal_maker CONFIG ORDERS [DAYS_AGO]`, into the
// configuration's own folder. Each order is judged by the real engine, filled, or done. For measurements of what
// follows a journal.
#include <cstdlib>
#include <iostream>

#include "core/engine.h"
#include "sidecar/config/load.h"
#include "sidecar/journal/appender.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/encoded.h"

namespace bulwark::test {

class Maker {
public:
  Maker(const config::Settings& settings, std::int64_t days_ago)
      : engine_(settings.rules), t_{shm::wall_now().ns - days_ago * 86'400'000'000'000}, appender_(plan_of(settings)) {
    engine_.populate(1 << 16);
    const std::uint64_t hash = journal::save_configuration(settings.journal_directory, config::freeze(settings));
    made_.append(journal::RecordType::Configuration, {t_, hash, 0});
    core::Event client = event(core::EventType::Client);
    client.client.name = Name::from("c1");
    apply(client);
  }

  void mark() {
    core::Event mark = event(core::EventType::Mark);
    mark.mark.symbol = 1;
    mark.mark.last = {100 * unit};
    apply(mark);
  }
  void order(std::uint64_t number) {
    core::Event intent = event(core::EventType::Intent);
    intent.intent.symbol = SymbolIndex{1};
    intent.intent.client = ClientIndex{1};
    intent.intent.account = AccountIndex{1};
    intent.intent.strategy = StrategyIndex{1};
    intent.intent.side = number % 2 == 0 ? Side::Buy : Side::Sell;
    intent.intent.gate = core::Gate::Open;
    intent.intent.quantity = {(number % 10 == 9 ? 250 : 1) * unit};  // every tenth is too large
    intent.intent.price = {100 * unit};
    intent.intent.id = Id::from("order-" + std::to_string(number));
    apply(intent);
    if (number % 10 == 9) return;
    core::Event fill = event(core::EventType::Fill);
    fill.fill.client = ClientIndex{1};
    fill.fill.quantity = {unit};
    fill.fill.price = {100 * unit};
    fill.fill.id = intent.intent.id;
    fill.fill.exec_id = intent.intent.id;
    apply(fill);
  }
  // A group commit.
  void commit() {
    for (const journal::Encoded& record : made_.records) {
      appender_.append({++sequence_, static_cast<std::uint8_t>(record.words().size()), record.type}, record.words());
    }
    made_.records.clear();
    appender_.sync();
  }
  std::uint64_t finish() {
    commit();
    appender_.finish();
    return sequence_;
  }

private:
  journal::Appender::Plan plan_of(const config::Settings& settings) const {
    journal::Appender::Plan plan;
    plan.directory = settings.journal_directory;
    plan.journal = 4711;
    plan.instance = settings.instance.name;
    plan.segment_bytes = static_cast<std::uint64_t>(settings.segment_mb) << 20U;
    plan.wall = [this] { return t_; };
    return plan;
  }
  core::Event event(core::EventType type) {
    core::Event result{};
    t_.ns += 100'000;
    result.t = t_;
    result.type = type;
    return result;
  }
  void apply(const core::Event& event) {
    made_.append(event);
    const core::EventError error = engine_.apply(event);
    made_.append_outputs(event.t, error, engine_);
  }

  core::Engine engine_;
  TimeNs t_;
  journal::Appender appender_;
  journal::EncodedRecords made_;
  std::uint64_t sequence_ = 0;
};

}  // namespace bulwark::test

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return std::cerr << "usage: ledger_journal_maker CONFIG ORDERS [DAYS_AGO]\n", 2;
  const bulwark::config::LoadResult loaded = bulwark::config::load(argv[1], {});
  if (!loaded.good()) return std::cerr << bulwark::config::format(loaded.mistakes.front()) << "\n", 2;
  bulwark::test::Maker maker(loaded.settings, argc == 4 ? std::strtoll(argv[3], nullptr, 10) : 0);
  const std::uint64_t orders = std::strtoull(argv[2], nullptr, 10);
  for (std::uint64_t i = 0; i < orders; ++i) {
    if (i % 1'000 == 0) maker.mark();
    maker.order(i);
    if (i % 2'000 == 1'999) maker.commit();
  }
  std::cout << maker.finish() << "\n";
}
