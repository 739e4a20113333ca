// SPDX-License-Identifier: Apache-2.0
// The stop itself: what may be done to a kill page, by whoever has the right to write it. No file, no clock, no lock:
// a stop needs neither watchdog nor sidecar, and is in effect with one compare-and-swap of the permission word.
#pragma once

#include <array>
#include <bit>
#include <optional>
#include <string_view>

#include "shm/attach.h"
#include "shm/clock.h"
#include "shm/layout.h"

namespace bulwark::shm {

// What a stop says of itself. `cause` may be left empty: it then is the reason, or the cause of the stop that is
// joined.
struct StopDetails {
  TimeNs t{};
  Name symbol{}, account{}, strategy{}, client{};
  Name operator_name{};
  Sentence reason{};
  Sentence cause{};
  bool whole = true;
};

namespace kill_page_details {

// The words of an entry between its epoch and its check. They are copied one by one as atomics, because a reader may
// look while a writer writes (the reader then finds that the check does not fit, and has no entry).
inline constexpr std::size_t words = sizeof(StopEntry) / 8 - 2;
using Image = std::array<std::uint64_t, words>;

struct Body {  // StopEntry without epoch and check
  std::int64_t t_ns;
  Name symbol, account, strategy, client, operator_name;
  Sentence reason, cause;
  std::uint8_t whole;
  std::uint8_t spare[31];
};
static_assert(sizeof(Body) == sizeof(Image) && offsetof(StopEntry, t_ns) == 8 &&
              offsetof(StopEntry, check) == sizeof(StopEntry) - 8 &&
              offsetof(Body, whole) + 8 == offsetof(StopEntry, whole));

inline std::atomic_ref<std::uint64_t> word_of(const StopEntry& entry, std::size_t i) {
  auto* bytes = const_cast<std::byte*>(reinterpret_cast<const std::byte*>(&entry)) + 8 + i * 8;
  return std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(bytes));
}

inline std::uint64_t check_of(std::uint64_t epoch, const Image& image) {
  std::uint64_t hash = mix(0x62756c7761726bULL, epoch);
  for (const std::uint64_t word : image) hash = mix(std::rotl(hash, 23), word);
  return hash;
}

inline const StopEntry& slot_of(const KillPage& page, std::uint64_t epoch) {
  return page.entries[epoch % stop_entry_count];
}

}  // namespace kill_page_details

// What the stop of that epoch said; nothing where it has not said it yet, or where its place was used again since.
inline std::optional<StopDetails> stop_entry(const KillPage& page, std::uint64_t epoch) {
  using namespace kill_page_details;
  const StopEntry& entry = slot_of(page, epoch);
  // SYNC POINT STOP ENTRY: pairs with the last store of write_entry, so that these words are at least as new.
  if (epoch == 0 || entry.epoch.load(std::memory_order_acquire) != epoch) return {};
  Image image;
  for (std::size_t i = 0; i < words; ++i) image[i] = word_of(entry, i).load(std::memory_order_relaxed);
  // A writer of a later epoch may be at work here: then the check, made of the epoch and all words, does not fit.
  if (word_of(entry, words).load(std::memory_order_relaxed) != check_of(epoch, image)) return {};
  const Body body = std::bit_cast<Body>(image);
  return StopDetails{{body.t_ns},        body.symbol, body.account, body.strategy,  body.client,
                     body.operator_name, body.reason, body.cause,   body.whole != 0};
}

inline void write_entry(KillPage& page, std::uint64_t epoch, const StopDetails& details) {
  using namespace kill_page_details;
  Body body{};
  body.t_ns = details.t.ns;
  body.symbol = details.symbol;
  body.account = details.account;
  body.strategy = details.strategy;
  body.client = details.client;
  body.operator_name = details.operator_name;
  body.reason = details.reason;
  body.cause = details.cause;
  body.whole = details.whole ? 1 : 0;
  const Image image = std::bit_cast<Image>(body);
  StopEntry& entry = const_cast<StopEntry&>(slot_of(page, epoch));
  for (std::size_t i = 0; i < words; ++i) word_of(entry, i).store(image[i], std::memory_order_relaxed);
  word_of(entry, words).store(check_of(epoch, image), std::memory_order_relaxed);
  entry.epoch.store(epoch, std::memory_order_release);  // SYNC POINT STOP ENTRY: whoever sees it sees the words above
}

// The cause in force: of the first stop since trading was last permitted. Empty: that stop has not said it (yet).
inline Sentence cause_in_force(const KillPage& page, Permission permission) {
  const auto entry = stop_entry(page, permission.epoch());
  return entry ? entry->cause : Sentence{};
}

// Stops. In effect with the compare-and-swap, whatever happens to the caller afterwards; then says why. A stop that
// finds everything stopped already joins it: it raises the epoch and keeps the first cause. Returns its epoch.
inline std::uint64_t stop(KillPage& page, StopDetails details) {
  Permission seen{page.permission.load(std::memory_order_acquire)};
  Permission made{};
  do {
    made = details.whole ? seen.stopped() : seen.stopped_in_scope();
    // SYNC POINT STOP: release, so that who acts on the new word sees what came before it; acquire for the entry
    // joined.
  } while (!page.permission.compare_exchange_weak(seen.word, made.word, std::memory_order_acq_rel,
                                                  std::memory_order_acquire));
  if (details.cause.size == 0) details.cause = details.reason;
  if (!seen.trading()) {
    // The one who stopped before may be about to say why. A millisecond is ages for that; nobody depends on it.
    for (int patience = 0; patience < 20; ++patience) {
      if (const Sentence first = cause_in_force(page, seen); first.size != 0) {
        details.cause = first;
        break;
      }
      if (seen.epoch() == 0) break;
      nap({50'000});
    }
  }
  if (details.cause.size == 0) details.cause = Sentence::from("no reason given");
  write_entry(page, made.epoch(), details);
  return made.epoch();
}

// Permits trading again, if nothing has changed since `looked_at`. False: a newer stop came; look again.
inline bool resume(KillPage& page, Permission looked_at) {
  std::uint64_t word = looked_at.word;
  return page.permission.compare_exchange_strong(word, looked_at.resumed().word, std::memory_order_acq_rel,
                                                 std::memory_order_acquire);
}

inline Permission permission_of(const KillPage& page) {
  return {page.permission.load(std::memory_order_acquire)};  // SYNC POINT STOP
}

// Acquire: the lease is looked at together with the permission, and must not be the older of the two.
inline bool lease_valid(const KillPage& page, MonotonicNs now) {
  return now.ns < page.lease_until_ns.load(std::memory_order_acquire);
}

// The rest of a new, zeroed page: everything but its header, its entries and the ready mark. Stopped or not, no lease.
struct KillPageFacts {
  std::string_view instance;
  std::string_view journal_directory;  // absolute
  std::uint64_t lease_ms = 0;
};

inline bool fill_kill_page(KillPage& page, const KillPageFacts& facts, Permission permission) {
  if (facts.instance.size() > 64 || facts.journal_directory.size() >= sizeof page.journal_directory) return false;
  page.instance = Id::from(facts.instance);
  std::memset(page.journal_directory, 0, sizeof page.journal_directory);
  std::memcpy(page.journal_directory, facts.journal_directory.data(), facts.journal_directory.size());
  page.lease_ms = facts.lease_ms;
  page.lease_until_ns.store(0, std::memory_order_relaxed);
  page.permission.store(permission.word, std::memory_order_relaxed);  // published by the ready mark
  return true;
}

inline std::string_view journal_directory(const KillPage& page) {
  return {page.journal_directory, ::strnlen(page.journal_directory, sizeof page.journal_directory)};
}

}  // namespace bulwark::shm
