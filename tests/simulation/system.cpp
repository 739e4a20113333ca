// SPDX-License-Identifier: Apache-2.0
// Lives and deaths of the simulated system, and what must hold in between.
#include "tests/simulation/system.h"

#include <filesystem>

#include "killswitch/latch_keeper.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/reader.h"
#include "tests/simulation/agreement.h"

namespace bulwark::test {

using core::EventType;
using journal::RecordType;

System::System(const core::Rules& rules) : rules_(rules), clients_(client_count) {
  Machine::start();
  for (int k = 0; k < client_count; ++k)
    clients_[static_cast<std::size_t>(k)].name = Name::from("c" + std::to_string(k + 1));
  naive_ = std::make_unique<naive::Naive>(rules_);
  start_watchdog();
  start_sidecar();
}

void System::start_watchdog() {
  kill::WatchdogSettings settings;
  settings.instance = "simulation";
  settings.run_folder = run_ / "";
  settings.journal_directory = disk_ / "journal";
  page_ = {};
  page_ = kill::open_kill_page(settings);
  if (shm::permission_of(*page_).trading() && !may_trade_) broken("it trades again, and nobody has resumed it");
  if (shm::lease_valid(*page_, shm::monotonic_now())) broken("a new watchdog begins with a lease");
  watch_ = std::make_unique<kill::SidecarWatch>(run_ / "board");
  lease_ = std::make_unique<kill::Lease>(milliseconds(40));
  latch_ = {};
  keep_latch();
}

void System::start_sidecar() {
  const std::string directory = disk_ / "journal";
  const auto load = [this](const std::string&) { return rules_; };
  journal::RecoveryPlan plan{directory, run_ / "ring", "simulation", 4'711, load, 1U << 20U};
  life_ = std::make_unique<Life>(journal::recover(plan));
  Life& life = *life_;
  forget_after(life.recovered.next_sequence - 1);
  const std::uint64_t configuration = journal::save_configuration(directory, "rules");
  const bool fresh = configuration != life.recovered.replay.configuration;
  if (life.recovered.replay.engine == nullptr) life.recovered.replay.engine = std::make_unique<core::Engine>(rules_);
  check();
  life.page = shm::attach<const shm::KillPage>(run_ / "kill", shm::Access::ReadOnly);
  const auto generation = static_cast<std::uint64_t>(Machine::monotonic_ns);
  life.ring = journal::create_ring(run_ / "ring", life.recovered.journal, life.recovered.next_sequence, generation);
  const journal::RingView ring = journal::view_of(life.ring);
  life.writer = std::make_unique<journal::RingConsumer>(ring);
  life.observer = std::make_unique<journal::RingConsumer>(ring);
  life.board = std::make_unique<hot::BoardPublisher>(hot::BoardFacts{run_ / "board", "simulation", generation, false},
                                                     life.engine(), rules_);
  shm::Board& board = life.board->board();
  board.journal_health.store(shm::JournalHealth::Healthy);
  life.calls = std::make_unique<hot::Calls>(board.sleeping);
  const std::int64_t start = std::max(shm::wall_now().ns, life.recovered.replay.last_t.ns + 1);
  life.loop = std::make_unique<hot::Loop>(hot::LoopParts{life.engine(),
                                                         journal::RingProducer(ring, {life.recovered.next_sequence, 0}),
                                                         *life.page,
                                                         *life.board,
                                                         *life.calls,
                                                         false,
                                                         start - Machine::monotonic_ns,
                                                         life.recovered.replay.lease_lapses,
                                                         {life.recovered.replay.permission}});
  life.loop->note(RecordType::Start, generation);
  if (fresh) life.loop->note(RecordType::Configuration, configuration);
  life.loop->take_over_at_start();
  life.board->publish();
  journal_failed_ = false;
  begin_file();
  observe(false);
  attach_all();
}

// After a power cut the last records may be missing; then everything is as it was before them.
void System::forget_after(std::uint64_t sequence) {
  if (sequence < promised_) {
    broken("record " + std::to_string(promised_) + " was safe, and recovery ends with " + std::to_string(sequence));
  }
  if (sequence == history_.size()) return;
  if (sequence > history_.size()) broken("recovery brings records that nobody wrote");
  history_.resize(sequence);
  news_.clear();
  decided_.clear();
  naive_ = std::make_unique<naive::Naive>(rules_);
  for (const Folded& record : fold(history_)) judge_again(record, true);
}

void System::begin_file() {
  life_->file = journal::journal_files(disk_ / "journal").back();
  life_->durable_bytes = life_->recovered.appender->file_bytes();
  life_->written = durable_ = promised_ = life_->recovered.next_sequence - 1;
}

void System::attach_all() {
  hot::Loop& loop = *life_->loop;
  for (int k = 0; k < client_count; ++k) reattach(k);
  const std::size_t quotes = life_->board->quotes().size();
  marks_ = std::make_unique<Zeroed<shm::MarksTable>>(shm::marks_bytes(quotes));
  shm::make_marks(&**marks_, quotes, 1);
  publisher_ = shm::MarksWriter(**marks_);
  loop.admit_publisher(0, **marks_, quotes);
  observe(false);
}

void System::reattach(int k) {
  Client& client = clients_[static_cast<std::size_t>(k)];
  if (!sidecar_lives()) return;
  if (client.index != ClientIndex::None) life_->loop->retire(client.index);
  client.index = life_->loop->client_index(client.name);
  client.memory = std::make_unique<Zeroed<shm::Lane>>();
  client.lane = shm::LaneClient(**client.memory);
  client.orders.clear();
  client.confused = false;
  std::erase_if(decided_, [&](const auto& entry) { return entry.first.first == client.index; });  // nobody hears it
  if (!life_->loop->admit({client.index, AccountIndex::None, StrategyIndex::None}, **client.memory) && !journal_failed_)
    broken("a client was not admitted");
  observe(false);
}

void System::tick() {
  if (!watchdog_lives()) return;
  page_->watchdog_beat_ns.store(Machine::monotonic_ns);
  if (const auto cause = watch_->look()) {
    shm::StopDetails details;
    details.t = shm::wall_now();
    details.operator_name = Name::from("bulwark-watchdog");
    details.reason = *cause;
    stop(details);
  }
  lease_->renew(*page_, watch_->facts(), shm::monotonic_now());
  keep_latch();
}

void System::keep_latch() {
  const shm::Latch latch = kill::latch_of(*page_, false);
  if (latch == latch_) return;
  shm::write_latch(disk_ / "journal", latch);
  latch_ = latch;
}

void System::stop(const shm::StopDetails& details) {
  if (!page_) return;
  shm::stop(*page_, details);
  if (details.whole && shm::permission_of(*page_).trading()) broken("stopped, and trading is permitted");
}

// As killswitch does it: the sidecar first, then the page, by compare-and-swap on the word that was looked at.
void System::resume(const core::ControlEvent& wish) {
  if (!sidecar_lives() || !watchdog_lives()) return;
  const shm::Permission looked_at = shm::permission_of(*page_);
  if (life_->loop->permission() != looked_at || journal_failed_) return;
  const bool done = life_->loop->control(wish) == core::EventError::None;
  observe(false);
  if (done && wish.on == Scope{} && !looked_at.trading()) shm::resume(*page_, looked_at);
}

void System::wish(const core::Event& wish) {
  if (!sidecar_lives()) return;
  life_->loop->apply_wish(wish);
  observe(false);
}

void System::pass() {
  if (!sidecar_lives()) return;
  const bool may_accept = trading() && shm::lease_valid(*page_, shm::monotonic_now()) && !journal_failed_;
  life_->loop->pass();
  observe(may_accept);
}

// Reads what the loop has appended, before anybody else hears of it.
void System::observe(bool may_accept) {
  journal::Commit commit{};
  std::uint64_t words[journal::record_words_max];
  const std::size_t before = history_.size();
  while (life_->observer->take(commit, words)) {
    journal::Record record{};
    if (!journal::decode(commit, {words, commit.words}, record)) broken("a record that cannot be read");
    if (record.sequence != history_.size() + 1) broken("a gap in the journal");
    history_.push_back(record);
  }
  for (const Folded& record : fold(std::span(history_).subspan(before))) {
    judge_again(record, may_accept);
    news_.push_back(record);
  }
}

void System::judge_again(const Folded& record, bool may_accept) {
  if (!journal::is_event(record.type)) return;
  const core::Event& event = record.event;
  const Outcome& outcome = record.outcome;
  const bool order = event.type == EventType::Intent || event.type == EventType::Replace;
  const bool accepted = outcome.has_verdict && outcome.verdict.decision != Decision::Rejected;
  if (accepted && !may_accept) broken("accepted without permission, lease or journal");
  if (accepted && event.type == EventType::Intent && event.intent.reduce_only) {
    std::int64_t position = 0, working = 0;
    for (const auto& [key, row] : naive_->rows()) {
      const auto& [account, strategy, symbol] = key;
      if (account != event.intent.account || symbol != event.intent.symbol) continue;
      position += row.position;
      working += naive_->working(key, event.intent.side);
    }
    const std::int64_t against = event.intent.side == Side::Sell ? position : -position;
    if (outcome.verdict.quantity.raw + working > against) broken("an order that calls itself reducing may flip");
  }
  const std::size_t latches = naive_->latches().size();
  const core::EventError error = naive_->apply(event);
  const bool resumes = event.type == EventType::Control && event.control.command == core::Command::Resume;
  if (naive_->latches().size() < latches && !resumes) broken("a latch ended without a resume");
  const std::string text =
      difference_of_outcome(outcome.error, outcome.has_verdict ? &outcome.verdict : nullptr, *naive_, error);
  if (!text.empty()) broken("record " + std::to_string(record.sequence) + ": " + text);
  if (!order) return;
  const bool intent = event.type == EventType::Intent;
  decided_[{intent ? event.intent.client : event.replace.client,
            std::string(intent ? event.intent.id.view() : event.replace.new_id.view())}]
      .push_back(outcome.has_verdict ? outcome.verdict.decision : Decision::Rejected);
}

void System::check() {
  if (!sidecar_lives()) return;
  std::string text = difference_of_latches(life_->engine(), *naive_);
  if (text.empty()) text = difference_of_state(life_->engine(), *naive_);
  if (!text.empty()) broken(text);
}

// The writer's rounds, stage by stage.
void System::write_round(int stages) {
  if (!sidecar_lives() || journal_failed_) return;
  Life& life = *life_;
  journal::Commit commit{};
  std::uint64_t words[journal::record_words_max];
  while (life.writer->take(commit, words)) {
    life.recovered.appender->append(commit, {words, commit.words});
    life.written = commit.sequence;
  }
  if (stages < 2) return;
  life.recovered.appender->sync();
  life.durable_bytes = life.recovered.appender->file_bytes();
  durable_ = life.written;
  if (stages < 3) return;
  life.writer->release();
  life.recovered.appender->keep_head();
}

void System::fail_journal() {
  if (!sidecar_lives()) return;
  life_->board->board().journal_health.store(shm::JournalHealth::Failed, std::memory_order_release);
  Machine::monotonic_ns += 2'000'000;
  pass();  // the loop looks once a millisecond: from now on it knows
  journal_failed_ = true;
}

void System::follow_ledger() {
  journal::JournalReader reader(disk_ / "journal");
  journal::Record record;
  while (reader.next(record)) {
    if (record.sequence > history_.size()) broken("the files hold a record that nobody wrote");
    const journal::Record& decided = history_[record.sequence - 1];
    journal::EncodedRecords in_file, in_memory;
    in_file.append_output(record);
    in_memory.append_output(decided);
    const bool same = record.type == decided.type && record.t == decided.t && in_file.records == in_memory.records;
    if (!same) broken("record " + std::to_string(record.sequence) + " is another one in the files");
  }
  if (reader.blocks().last_sequence() < durable_) broken("a durable record is not in the files");
}

// A board that nobody writes any more: what the watchdog takes for a death.
void System::hide_board() { life_->board->board().header.ready.store(0, std::memory_order_release); }

void System::crash_sidecar(std::int64_t torn) {
  if (!sidecar_lives()) return;
  hide_board();
  const std::string file = life_->file;
  const std::uintmax_t durable = life_->durable_bytes;
  if (torn > 0 && !journal_failed_) {
    const std::uint64_t before = durable_;
    write_round(2);
    durable_ = before;
    const std::uintmax_t after = life_->recovered.appender->file_bytes();
    std::filesystem::resize_file(file, durable + (after - durable) * static_cast<std::uintmax_t>(torn) / 1'000);
  }
  promised_ = history_.size();  // the ring outlives the process: nothing at all may be missing
  life_.reset();
}

void System::crash_watchdog() {
  if (!watchdog_lives()) return;
  may_trade_ = false;
  watch_.reset();
  lease_.reset();
}

// Everything is dead, and what was in memory is gone.
void System::cut_power(std::int64_t torn) {
  crash_sidecar(torn);
  promised_ = durable_;
  crash_watchdog();
  page_ = {};
  for (const char* name : {"ring", "board", "kill"}) std::filesystem::remove(run_ / name);
}

void System::end_cleanly() {
  if (!sidecar_lives() || !watchdog_lives() || journal_failed_) return;
  const bool traded = trading();
  life_->loop->finish();
  observe(false);
  write_round(3);
  life_->recovered.appender->finish();
  promised_ = history_.size();
  hide_board();
  life_.reset();
  page_->lease_until_ns.store(0, std::memory_order_release);
  shm::write_latch(disk_ / "journal", kill::latch_of(*page_, true));
  crash_watchdog();
  may_trade_ = traded;
  page_ = {};
  for (const char* name : {"ring", "board", "kill"}) std::filesystem::remove(run_ / name);
}

}  // namespace bulwark::test
