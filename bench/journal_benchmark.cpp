// SPDX-License-Identifier: Apache-2.0
// The cold side of the journal: how many records its writer makes durable, and what a snapshot costs to take and to
// load.
#include <benchmark/benchmark.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "bench/twenty_limits.h"
#include "core/state/words.h"
#include "shm/clock.h"
#include "sidecar/journal/snapshot.h"
#include "sidecar/journal/writer.h"

namespace bulwark::bench {

namespace {

// Among the folders for temporary ones: what files cost is this machine's own disk.
class Folder {
public:
  explicit Folder(const char* what)
      : path_(std::filesystem::temp_directory_path() / (what + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

class Ring {
public:
  Ring()
      : memory_(::mmap(nullptr, journal::RingView::bytes(), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)) {
    if (memory_ == MAP_FAILED) std::abort();
    view().header->durable.store(journal::RingCursor{1, 0}.word(), std::memory_order_relaxed);  // one thread
  }
  ~Ring() { ::munmap(memory_, journal::RingView::bytes()); }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  journal::RingView view() const { return journal::RingView::over(memory_); }

private:
  void* memory_;
};

// One round of the writer after so many orders, an intent and its verdict each: records, checksums, SHA-256, file, and
// the flush at the end.
void journal_writer(benchmark::State& state) {
  const Folder folder("bulwark-journal-benchmark-");
  const Ring ring;
  std::atomic<shm::JournalHealth> health{};
  shm::AtomicWord written{0};
  shm::JournalDisk disk{};
  journal::Appender::Plan plan;
  plan.directory = folder.path();
  plan.journal = 1;
  plan.instance = "bench";
  journal::JournalWriter writer({ring.view(), health, written, disk, [](const std::string&) { std::abort(); }},
                                std::make_unique<journal::Appender>(std::move(plan)));
  journal::RingProducer producer(ring.view(), {1, 0});
  core::Verdict verdict{};
  verdict.decision = Decision::Accepted;
  verdict.quantity = {quantity_raw};
  std::uint64_t number = 0, records = 0;
  for (auto _ : state) {
    for (std::int64_t k = 0; k < state.range(0); ++k) {
      if (!producer.has_room(2 * journal::record_lines_max)) std::abort();
      const core::Event intent = intent_of(++number, TimeNs{static_cast<std::int64_t>(number)});
      producer.append_intent(intent);
      producer.append(intent.t, verdict, {}, {}, ClientIndex{1});
    }
    const MonotonicNs before = shm::monotonic_now();
    if (!writer.work()) std::abort();
    state.SetIterationTime(static_cast<double>((shm::monotonic_now() - before).ns) / 1e9);
    records += 2 * static_cast<std::uint64_t>(state.range(0));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(records));
}
BENCHMARK(journal_writer)->Arg(1'000)->Arg(150'000)->UseManualTime()->Unit(benchmark::kMillisecond);

// A book of 1,000 symbols that each hold something, and 100,000 orders of today that work.
core::Rules large_rules() {
  core::Rules rules = rules_with(twenty_limits());
  for (std::uint32_t k = symbol_count + 1; k <= 1'000; ++k) {
    core::Instrument instrument = rules.instruments.front();
    instrument.symbol = "SYM" + std::to_string(k);
    rules.instruments.push_back(instrument);
  }
  return rules;
}

void fill_large(core::Engine& engine) {
  constexpr TimeNs begin{1'800'000'000'000'000'000};
  engine.apply(client_at(begin));
  for (std::uint32_t symbol = 1; symbol <= 1'000; ++symbol) {
    engine.apply(mark_of(symbol, Price{reference_raw - tick_raw}, begin));
    engine.apply(position_of(symbol, begin));
  }
  for (std::uint64_t number = 1; number <= 100'000; ++number) {
    core::Event intent = intent_of(number, begin + DurationNs{static_cast<std::int64_t>(number) * 1'000'000});
    intent.intent.symbol = SymbolIndex{static_cast<std::uint32_t>(number % 1'000) + 1};
    intent.intent.side = number % 1'000 % 2 == 0 ? Side::Buy : Side::Sell;
    engine.apply(intent);
    if (engine.verdict().decision != Decision::Accepted) std::abort();
  }
}

journal::ReplayFacts facts_of_bench() {
  journal::ReplayFacts facts;
  facts.sequence = 1;
  return facts;
}

void snapshot_taken(benchmark::State& state) {
  const Folder folder("bulwark-snapshot-benchmark-");
  core::Engine engine(large_rules());
  fill_large(engine);
  for (auto _ : state) journal::write_snapshot(folder.path(), 1, facts_of_bench(), {}, engine);
  const std::string file = folder.path() + "/" + journal::snapshot_name(1);
  state.counters["file_bytes"] = static_cast<double>(std::filesystem::file_size(file));
  state.counters["state_bytes"] = static_cast<double>(journal::read_snapshot_header(file).state_bytes);
}
BENCHMARK(snapshot_taken)->UseRealTime()->Unit(benchmark::kMillisecond);

void snapshot_loaded(benchmark::State& state) {
  const Folder folder("bulwark-snapshot-benchmark-");
  const core::Rules rules = large_rules();
  {
    core::Engine engine(rules);
    fill_large(engine);
    journal::write_snapshot(folder.path(), 1, facts_of_bench(), {}, engine);
  }
  const std::string file = folder.path() + "/" + journal::snapshot_name(1);
  for (auto _ : state) {
    const std::vector<std::byte> bytes = journal::read_snapshot_state(file, journal::read_snapshot_header(file));
    core::StateReader words(bytes);
    const core::Engine engine(rules, {}, words);
    benchmark::DoNotOptimize(&engine);
  }
}
BENCHMARK(snapshot_loaded)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace bulwark::bench
