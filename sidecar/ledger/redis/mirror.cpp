// SPDX-License-Identifier: Apache-2.0
// Each round is one transaction of Redis, so that whoever reads two keys sees one state of things.
#include "sidecar/ledger/redis/mirror.h"

#include <unistd.h>

#include "shm/clock.h"
#include "sidecar/ledger/words.h"

namespace bulwark::ledger::redis {

namespace {

constexpr DurationNs interval = milliseconds(200), rewrite_interval = milliseconds(300'000),
                     pause_min = milliseconds(100), pause_max = milliseconds(5'000);
constexpr const char* lifetime_s = "600";  // of every key: what nobody renews is no longer true
constexpr const char* heartbeat_s = "10";

}  // namespace

Mirror::Mirror(const Source& source, std::string url, Status& status)
    : source_(source),
      url_(std::move(url)),
      token_(std::to_string(::getpid()) + "." + std::to_string(shm::monotonic_now().ns)),
      status_(status) {
  start_over();
}

void Mirror::tell(const char* state, const std::string& error) {
  status_.set(&Status::redis, {state, mirrored_, error});
}

void Mirror::wait(DurationNs pause, const std::atomic<bool>& ending) {
  const MonotonicNs until = shm::monotonic_now() + pause;
  while (shm::monotonic_now() < until && !ending.load(std::memory_order_relaxed)) {
    status_.beat(&Status::redis_beat);
    shm::nap(milliseconds(20));
  }
}

void Mirror::start_over() {
  follower_ = std::make_unique<Follower>(source_);
  picture_ = std::make_unique<Picture>(source_);
  written_.clear();
  entries_written_ = published_ = 0;
  begun_ = shm::wall_now();
}

void Mirror::run(const std::atomic<bool>& ending) {
  tell("connecting", "");
  DurationNs pause = pause_min;
  while (true) {
    const bool last_round = ending.load(std::memory_order_relaxed);
    try {
      follow();
      if (!redis_) redis_.emplace(url_);
      round();
      pause = pause_min;
      if (last_round) return;
      wait(interval, ending);
      continue;
    } catch (const RedisError& error) {
      tell("waiting", error.what());
    } catch (const std::exception& error) {
      tell("refused", error.what());
      start_over();
      pause = pause_max;
    }
    redis_.reset();
    if (last_round) return;
    wait(pause, ending);
    pause = std::min(pause_max, DurationNs{2 * pause.ns});
  }
}

void Mirror::follow() {
  while (follower_->next()) {
    picture_->take(*follower_);
    status_.beat(&Status::redis_beat);
  }
  picture_->look_at_board();
}

void Mirror::round() {
  const MonotonicNs now = shm::monotonic_now();
  const Answer ours = redis_->ask({"HGET", picture_->key("mirror"), "token"});
  if (ours.text != token_ || now - written_whole_ > rewrite_interval) {
    if (ours.text != token_) entries_written_ = 0;
    written_.clear();
    written_whole_ = now;
  }
  redis_->add({"MULTI"});
  write_hashes();
  write_entries();
  write_heartbeat();
  redis_->add({"EXEC"});
  for (const Answer& answer : redis_->send()) {
    if (answer.kind == Answer::Kind::Error) throw RedisError("Redis: " + answer.text);
  }
  written_ = picture_->hashes;
  entries_written_ = picture_->entries_seen;
  mirrored_ = follower_->last_sequence();
  tell("shipping", "");
  publish();
}

void Mirror::add_hash(const std::string& key, const Hash& hash) {
  std::vector<std::string_view> words{"HSET", key};
  for (const auto& [field, value] : hash) {
    words.push_back(field);
    words.push_back(value);
  }
  redis_->add({"DEL", key});
  redis_->add(words);
  redis_->add({"EXPIRE", key, lifetime_s});
}

void Mirror::write_hashes() {
  for (const auto& [key, hash] : picture_->hashes) {
    const auto known = written_.find(key);
    if (!hash.empty() && (known == written_.end() || known->second != hash)) add_hash(key, hash);
  }
  for (const auto& [key, hash] : written_) {
    if (!picture_->hashes.contains(key)) redis_->add({"DEL", key});
  }
}

// An entry that is there already, or that is older than the newest, is refused by Redis, and that is all right.
void Mirror::write_entries() {
  const std::string key = picture_->key("events"), length = std::to_string(Picture::entries_max);
  const std::uint64_t first = picture_->entries_seen - picture_->entries.size();
  for (std::uint64_t i = std::max(first, entries_written_); i < picture_->entries_seen; ++i) {
    const Entry& entry = picture_->entries[i - first];
    std::vector<std::string_view> words{"XADD", key, "MAXLEN", "~", length, entry.id};
    for (const auto& [field, value] : entry.fields) {
      words.push_back(field);
      words.push_back(value);
    }
    redis_->add(words);
  }
}

void Mirror::write_heartbeat() {
  const std::string key = picture_->key("mirror"), sequence = std::to_string(follower_->last_sequence()),
                    t = std::to_string(shm::wall_now().ns), journal = hex(follower_->journal());
  redis_->add({"HSET", key, "schema", "1", "token", token_, "journal", journal, "seq", sequence, "t", t});
  redis_->add({"EXPIRE", key, heartbeat_s});
}

// A hint that something has happened, at most once: the stream has it for certain.
void Mirror::publish() {
  const std::string channel = picture_->key("alerts");
  const std::uint64_t first = picture_->entries_seen - picture_->entries.size();
  for (published_ = std::max(published_, first); published_ < picture_->entries_seen; ++published_) {
    const Entry& entry = picture_->entries[published_ - first];
    if (entry.t < begun_) continue;
    std::string message;
    for (const auto& [field, value] : entry.fields) {
      message += (message.empty() ? "{" : ",") + json_text(field) + ":" + json_text(value);
    }
    redis_->add({"PUBLISH", channel, message + "}"});
  }
  redis_->send();
}

}  // namespace bulwark::ledger::redis
