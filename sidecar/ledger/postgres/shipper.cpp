// SPDX-License-Identifier: Apache-2.0
// One round after the other: read what is durable, ship it in one transaction, note what the server has confirmed.
#include "sidecar/ledger/postgres/shipper.h"

#include <exception>
#include <future>

#include "shm/clock.h"
#include "sidecar/journal/head.h"
#include "sidecar/journal/shipped.h"
#include "sidecar/ledger/postgres/server_checks.h"
#include "sidecar/ledger/words.h"

namespace bulwark::ledger::postgres {

namespace {

constexpr DurationNs poll_interval = milliseconds(50), anchor_interval = milliseconds(1'000),
                     partition_interval = milliseconds(3'600'000), pause_min = milliseconds(100),
                     pause_max = milliseconds(5'000);
constexpr const char* chain_broken = "BW001";  // of bulwark.ship

Parameter text(std::string value) { return {std::move(value), false}; }
Parameter text(std::uint64_t value) { return {std::to_string(value), false}; }
Parameter binary(std::string_view bytes) { return {std::string(bytes), true}; }

class NoRows : public RowSink {
  void begin(Table, std::uint64_t, TimeNs) override {}
  void end() override {}
  void null() override {}
  void text(std::string_view) override {}
  void number(std::int64_t) override {}
  void count(std::int32_t) override {}
  void boolean(bool) override {}
  void decimal(int128) override {}
  void fraction(double) override {}
  void json(std::string_view) override {}
  void moment(TimeNs) override {}
};

}  // namespace

void Shipper::tell(const char* state, const std::string& error) {
  status_.set(&Status::postgres, {state, shipped_, error});
}

void Shipper::wait(DurationNs pause, const std::atomic<bool>& ending) {
  const MonotonicNs until = shm::monotonic_now() + pause;
  while (shm::monotonic_now() < until && !ending.load(std::memory_order_relaxed)) {
    status_.beat(&Status::postgres_beat);
    shm::nap(milliseconds(20));
  }
}

// The next block: reading a long journal takes its time.
bool Shipper::next_block(Follower& follower) {
  status_.beat(&Status::postgres_beat);
  return follower.next();
}

void Shipper::run(const std::atomic<bool>& ending) {
  tell("connecting", "");
  DurationNs pause = pause_min;
  while (true) {
    try {
      while (work(ending)) pause = pause_min;
      return;
    } catch (const DatabaseError& error) {
      const bool broken = error.state() == chain_broken;
      tell(broken ? "refused" : "waiting", error.what());
      if (broken) forget();
      if (broken) pause = pause_max;
    } catch (const std::exception& error) {  // Refused, JournalError: trying again soon would change nothing
      tell("refused", error.what());
      forget();
      pause = pause_max;
    }
    database_.reset();
    if (ending.load(std::memory_order_relaxed)) return;
    wait(pause, ending);
    pause = std::min(pause_max, DurationNs{2 * pause.ns});
  }
}

// False: it is over.
bool Shipper::work(const std::atomic<bool>& ending) {
  status_.beat(&Status::postgres_beat);
  const bool last_round = ending.load(std::memory_order_relaxed);
  if (follower_->journal() == 0) {  // the sidecar has not begun one yet
    if (!last_round) wait(poll_interval, ending);
    return !last_round;
  }
  if (!database_) connect();
  if (round()) return true;
  if (last_round) {
    anchor();
    return false;
  }
  wait(poll_interval, ending);
  return true;
}

void Shipper::connect() {
  database_.emplace(url_);
  demand_fit(*database_);
  const Parameter stream[] = {text(source_.instance), text(hex(follower_->journal())),
                              text(follower_->first_sequence() - 1), binary(bytes_of(follower_->hash_before()))};
  const auto found = database_->run("SELECT bulwark.open_stream($1, $2, $3, $4)", stream).integer(0, 0);
  if (found != stream_) forget();  // rows name the stream
  stream_ = static_cast<std::int32_t>(found);
  const std::string lock = "SELECT pg_try_advisory_lock(hashtext('bulwark.ship'), " + std::to_string(stream_) + ")";
  if (!database_->run(lock).boolean(0, 0)) throw DatabaseError("another ledger ships this journal", "");
  partitions_.clear();
  partitioned_ = {0};
  find_position();
  look_at_anchor();
  tell("shipping", "");
}

// What the server has is what counts: a batch whose COMMIT was not answered is there, or it is not.
void Shipper::find_position() {
  const Parameter stream[] = {text(std::to_string(stream_))};
  const Result row =
      database_->run("SELECT last_seq, encode(last_hash, 'hex') FROM bulwark.ship_state WHERE stream = $1", stream);
  const auto sequence = static_cast<std::uint64_t>(row.integer(0, 0));
  const std::string hash(row.text(0, 1));
  const bool waiting = batch_ && !batch_->empty();
  if (waiting && sequence == batch_->last() && hash == hex(batch_->hash())) return confirm();
  const bool goes_on =
      waiting ? sequence + 1 == batch_->first() && hash == hex(batch_->previous()) : batch_ && sequence == shipped_;
  if (!goes_on) start_over(sequence, hash);
}

// Follows the journal from its beginning up to the server's position, where both must have the same block.
void Shipper::start_over(std::uint64_t sequence, std::string_view hash) {
  batch_.emplace(stream_);
  next_.emplace(stream_);
  follower_.emplace(source_);
  follower_->trust(sequence);
  NoRows none;
  const std::string there = "the server is at record " + std::to_string(sequence) + " of this journal";
  if (follower_->journal() != 0 && follower_->first_sequence() > sequence + 1) {
    throw Refused(there + ", and the first that is still here is " + std::to_string(follower_->first_sequence()) +
                  ": what is between can be shipped no more. Restore those files, or a newer copy of the database");
  }
  while (follower_->last_sequence() < sequence && next_block(*follower_)) follower_->take(none);
  if (follower_->last_sequence() < sequence) {
    throw Refused(there + ", which ends here with " + std::to_string(follower_->last_sequence()) +
                  ": the journal was rolled back or cut. Nothing is shipped; restore the newer journal");
  }
  if (follower_->last_sequence() != sequence || hex(bytes_of(follower_->last_hash())) != hash) {
    throw Refused(there + ", with another block than there is here: one of both was changed");
  }
  look_at_earlier_life(sequence);
  shipped_ = sequence;
}

// A server that has less than it once confirmed was restored from an older copy.
void Shipper::look_at_earlier_life(std::uint64_t sequence) {
  const journal::Shipped confirmed = journal::read_shipped(source_.journal_directory);
  if (confirmed.journal == follower_->journal() && confirmed.sequence > sequence) {
    alerts_.push_back(
        {shm::wall_now(), sequence,
         "the server is at record " + std::to_string(sequence) + ", but had confirmed " +
             std::to_string(confirmed.sequence) +
             ": it was restored from an older copy, or is another one. What is missing is shipped again"});
  }
  journal::write_shipped(source_.journal_directory,
                         {follower_->journal(), sequence, hex(bytes_of(follower_->last_hash()))});
}

// The journal's head never goes back: where one that was anchored is not reached here, this is an older journal.
void Shipper::look_at_anchor() {
  const Parameter stream[] = {text(std::to_string(stream_))};
  const Result row = database_->run("SELECT seq FROM bulwark.head WHERE stream = $1 ORDER BY t DESC LIMIT 1", stream);
  const auto head = journal::read_head(source_.journal_directory);
  if (row.rows() == 0 || !head || head->journal != follower_->journal()) return;
  const auto anchored = static_cast<std::uint64_t>(row.integer(0, 0));
  if (head->sequence >= anchored) return;
  // A power cut may bring the name of an older head back; the blocks that a newer one named are there all the same.
  journal::BlockReader reader(source_.journal_directory, std::max(shipped_, follower_->first_sequence()));
  while (reader.next()) {
  }
  if (reader.last_sequence() >= anchored) return;
  throw Refused("the server knows that this journal had reached record " + std::to_string(anchored) +
                "; here it ends with " + std::to_string(reader.last_sequence()) +
                ": it was rolled back. Nothing is shipped");
}

// True: there is more to do.
bool Shipper::round() {
  if (batch_->empty()) std::swap(batch_, next_);
  if (batch_->empty()) fill(*batch_);
  const bool something = !batch_->empty();
  const MonotonicNs now = shm::monotonic_now();
  if (partitioned_.ns == 0 || now - partitioned_ > partition_interval) {
    database_->run(
        "SELECT bulwark.make_partitions(day, day + 7) FROM (SELECT (now() AT TIME ZONE 'UTC')::date) t(day)");
    partitioned_ = now;
  }
  if (something || !alerts_.empty()) ship();
  if (now - anchored_ > anchor_interval) anchor();
  return something;
}

void Shipper::make_partitions(const std::set<std::int64_t>& days) {
  for (const std::int64_t day : days) {
    if (!partitions_.insert(day).second) continue;
    const std::string date = "date '1970-01-01' + " + std::to_string(day);
    database_->run("SELECT bulwark.make_partitions(" + date + ", " + date + ")");
  }
}

void Shipper::fill(Batch& batch) {
  while (!batch.full() && next_block(*follower_)) batch.take(*follower_);
}

void Shipper::forget() {
  batch_.reset();
  next_.reset();
}

// The next batch is read meanwhile, where this one was full. A journal that cannot be read counts for more than a
// server that is lost: what was taken of it is forgotten then.
void Shipper::ship() {
  std::future<void> reading;
  if (batch_->full() && next_->empty()) reading = std::async(std::launch::async, [this] { fill(*next_); });
  std::exception_ptr lost;
  try {
    send();
  } catch (...) {
    lost = std::current_exception();
  }
  if (reading.valid()) reading.get();
  if (lost) std::rethrow_exception(lost);
  alerts_.clear();
  if (!batch_->empty()) confirm();
}

void Shipper::send() {
  make_partitions(batch_->days());
  database_->run("BEGIN");
  if (!batch_->empty()) batch_->ship(*database_);
  write_alerts();
  database_->run("COMMIT");
}

void Shipper::confirm() {
  shipped_ = batch_->last();
  journal::write_shipped(source_.journal_directory, {follower_->journal(), shipped_, hex(batch_->hash())});
  batch_->clear();
  tell("shipping", "");
}

void Shipper::anchor() {
  anchored_ = shm::monotonic_now();
  const auto head = journal::read_head(source_.journal_directory);
  if (!head || head->journal != follower_->journal() || head->sequence == 0) return;
  const Parameter row[] = {text(std::to_string(stream_)), text(head->sequence), binary(bytes_of(head->hash))};
  database_->run("INSERT INTO bulwark.head (stream, seq, hash) VALUES ($1, $2, $3)", row);
}

void Shipper::write_alerts() {
  for (const Alert& alert : alerts_) {
    const Parameter row[] = {text(std::to_string(stream_)), text(alert.sequence), text(std::to_string(alert.t.ns)),
                             text(alert.message)};
    database_->run(
        "INSERT INTO bulwark.alert (stream, seq, t, t_ns, source, message) VALUES ($1, $2, timestamptz 'epoch' + "
        "$3::bigint / 1000 * interval '1 microsecond', $3, 'ledger', $4) ON CONFLICT DO NOTHING",
        row);
  }
}

}  // namespace bulwark::ledger::postgres
