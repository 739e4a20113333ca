// SPDX-License-Identifier: Apache-2.0
// Every struct that crosses a process boundary, and nothing else. Read this and you know what is in shared memory.
//
//   RUN/NAME/                     the run folder of an instance (shm/run_folder.h)
//     kill        KillPage        written by the watchdog and killswitch; read by everyone
//     board, risk Board, RiskPage written by the sidecar;                 read by everyone (shm/risk_page.h)
//     ring        journal ring    written by the sidecar                  (sidecar/journal/ring.h)
//     attach.sock SOCK_SEQPACKET  the door: AttachRequest, AttachReply, and the two memfds below
//     clients/C   ClientFile      written by client C alone;              read by pread
//   memfd, sealed  Lane           one for each client: that client and the sidecar
//   memfd, sealed  MarksTable     one for each publisher of market data: that publisher and the sidecar
//
// Zeroed memory denies: no magic, no lease, halted, nobody. The creator stores `Header::ready` last (release), and
// whoever attaches gets a named outcome. All words that two processes touch are lock-free atomics; there are no
// stand-alone fences, so that ThreadSanitizer can check these structs between threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "shm/journal_health.h"
#include "shm/latency.h"
#include "shm/units.h"
#include "shm/words.h"

namespace bulwark::shm {

using AtomicWord = std::atomic<std::uint64_t>;
using AtomicTime = std::atomic<std::int64_t>;
static_assert(AtomicWord::is_always_lock_free && AtomicTime::is_always_lock_free);
static_assert(sizeof(AtomicWord) == 8 && alignof(AtomicWord) == 8);

inline constexpr std::uint32_t layout_version = 3;
inline constexpr std::size_t line_bytes = 64;     // one cache line
inline constexpr std::size_t writer_bytes = 128;  // between the lines of different writers (adjacent-line prefetch)
inline constexpr std::uint32_t client_count_max = 256;
inline constexpr std::uint32_t publisher_count_max = 16;

// ---------------------------------------------------------------------------------------------------- header
//  0        8        12       16            24       28      32
//  | magic  | version| kind   | fingerprint | ready  | spare | bytes of the whole segment ...
enum class SegmentKind : std::uint32_t { None, KillPage, Board, Lane, Marks, ClientFile, Ring, Risk };

struct alignas(line_bytes) Header {
  std::uint64_t magic;
  std::uint32_t version;
  SegmentKind kind;
  std::uint64_t fingerprint;
  std::atomic<std::uint32_t> ready;  // SYNC POINT READY: stored 1 (release) when everything else is in place
  std::uint32_t spare;
  std::uint64_t bytes;
  std::uint64_t generation;  // start of the process that made it, CLOCK_MONOTONIC ns: tells one life from the next
  std::uint8_t spare2[16];
};
static_assert(sizeof(Header) == 64);
inline constexpr std::uint64_t magic = 0x6b726177'6c75620aULL;  // "\nbulwark"

// ---------------------------------------------------------------------------------------------------- permission
// One word says whether the instance may trade, and which stop was the last:
//
//   | stop epoch, 63 bits | trading, 1 bit |
//
// A stop raises the epoch and, unless it is scoped, clears the bit, in one compare-and-swap. A resume sets the bit by a
// compare-and-swap on exactly the word that it looked at. A verdict carries the epoch under which it was given; it is
// good only while that epoch lasts, the bit is set and the lease runs.
struct Permission {
  std::uint64_t word;
  constexpr std::uint64_t epoch() const { return word >> 1; }
  constexpr bool trading() const { return (word & 1) != 0; }
  constexpr Permission stopped() const { return {(epoch() + 1) << 1}; }
  constexpr Permission stopped_in_scope() const { return {((epoch() + 1) << 1) | (word & 1)}; }
  constexpr Permission resumed() const { return {word | 1}; }
  friend constexpr bool operator==(Permission, Permission) = default;
};

// What a stop says of itself, written after the stop has taken effect. An entry is valid when `epoch` (stored last)
// is the epoch that it is looked up by; until then, and where it never comes, readers take the stop for a whole one.
struct StopEntry {
  AtomicWord epoch;                        // SYNC POINT STOP ENTRY
  std::int64_t t_ns;                       // since the epoch of time, UTC
  Name symbol, account, strategy, client;  // all empty: everything
  Name operator_name;                      // may be empty
  Sentence reason;                         // may be empty
  Sentence cause;                          // of the first stop since trading was last permitted
  std::uint8_t whole;                      // 1: nothing may trade; 0: only the scope is stopped
  std::uint8_t spare[31];
  std::uint64_t check;  // of all words before it (shm/kill_page.h): a torn entry is no entry
};
static_assert(sizeof(StopEntry) == 512);
inline constexpr std::size_t stop_entry_count = 64;

// Kill page: one line for each thing that is polled, then the entries.
//    0  header
//   64  permission    watchdog, killswitch (compare-and-swap)      polled by every client and by the hot loop
//   72  drill         killswitch drill                             polled by every acknowledge thread
//  192  lease         watchdog, each millisecond                   polled by every client and by the hot loop
//  320  watchdog      its pid, beat and settings
//  512  stop entries  whoever stopped
struct KillPage {
  Header header;
  alignas(line_bytes) AtomicWord permission;
  AtomicWord drill;  // a counter on the line of the stop itself; acknowledge threads answer in ClientFile::drill_seen
  alignas(writer_bytes) std::atomic<std::int64_t> lease_until_ns;  // CLOCK_MONOTONIC; 0: no permission
  AtomicWord lease_lapses;                                         // how often it ran out without a stop
  alignas(writer_bytes) std::atomic<std::int32_t> watchdog_pid;
  std::atomic<std::int32_t> up_pid;
  AtomicTime watchdog_beat_ns;  // CLOCK_MONOTONIC
  std::uint64_t lease_ms;
  Id instance;
  char journal_directory[512];  // where the latch is kept on disk; absolute, zero-terminated
  alignas(writer_bytes) StopEntry entries[stop_entry_count];
};
static_assert(offsetof(KillPage, permission) == 64 && offsetof(KillPage, drill) == 72);
static_assert(offsetof(KillPage, lease_until_ns) == 128 && std::is_standard_layout_v<KillPage>);

// What others can see of a client with every Bulwark process dead: who it is, which stop it saw, how long checks took.
struct ClientFile {
  Header header;
  Name client;
  std::int32_t pid;
  std::int32_t spare;
  std::uint64_t start_time;  // of the process, field 22 of /proc/PID/stat: tells it from a later one with that pid
  alignas(line_bytes) AtomicWord acknowledged;  // the permission word that the client last acted on
  AtomicTime acknowledged_ns;                   // CLOCK_MONOTONIC; stored before `acknowledged` (release)
  AtomicWord detached;                          // 1: it left in good order
  AtomicWord drill_seen;                        // KillPage::drill as the acknowledge thread last saw it
  AtomicTime drill_seen_ns;                     // CLOCK_MONOTONIC; stored before `drill_seen` (release)
  alignas(line_bytes) LatencyCounts checks;     // how long those took that were put to the sidecar
};
static_assert(offsetof(ClientFile, acknowledged) % line_bytes == 0 && std::is_standard_layout_v<ClientFile>);

// ---------------------------------------------------------------------------------------------------- lane
// A request is written into the next line of the lane, and its answer into the same line:
//
//   0                                                8        12    14    16         24      32             64
//   | sequence 32 | kind 8 | a 8 | b 8 | c 8 (state) | symbol |acct |strat| quantity | price | text, 32 bytes | request
//   | sequence 32 | Answer | decision | reason | vk  | limit  | epoch     | quantity | value 16 | max 16 |spare| answer
//
//   request: a = flags, b = length of the id, c = number of lines. Text is the id; of a replace id and new id; of a
//   fill id, 16 bytes of fee, exec id. What does not fit goes on in the next lines (kind Continuation: 56 bytes of
//   text, b = length of the second id), which are written first: the state of the first line is stored last (release).
//   answer: vk = value kind; of a request that is no order: decision Accepted, or Rejected with an EventError in limit.
//
// Take: an order of a liquidation, by its id; this client sends it, and nobody else. Status: what became of an order,
// by its id: Accepted, its quantity, as value what is filled, as max what works. Size: what it expects stands where an
// order has its quantity and its id (b = 1: an edge, 0: a chance to win), and its answer is
//   | sequence | Answer | decision | the constraint that binds | 0 | each constraint's own quantity, 6 x 8   | 0 |
// A line is the client's while its state is an answer or zero (also one that it no longer waits for), the sidecar's
// while it is a request. The sidecar loads each word once and judges its copy.
enum class MessageKind : std::uint8_t {
  Empty,
  Intent,
  Replace,
  Ack,
  Cancel,
  Fill,
  Done,
  Take,
  Size,
  Status,
  Continuation,
  Answer = 0x80
};

struct LineState {
  std::uint32_t sequence;
  MessageKind kind;
  std::uint8_t a, b, c;

  constexpr std::uint64_t word() const {
    return static_cast<std::uint64_t>(sequence) | static_cast<std::uint64_t>(kind) << 32 |
           static_cast<std::uint64_t>(a) << 40 | static_cast<std::uint64_t>(b) << 48 |
           static_cast<std::uint64_t>(c) << 56;
  }
  static constexpr LineState of(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word), static_cast<MessageKind>(static_cast<std::uint8_t>(word >> 32)),
            static_cast<std::uint8_t>(word >> 40), static_cast<std::uint8_t>(word >> 48),
            static_cast<std::uint8_t>(word >> 56)};
  }
};

// The flags of a request, in `a`: | why 2 | resize 2 | reduce_only 1 | market or keep price 1 | side 2 |
struct RequestFlags {
  Side side;
  bool no_price;  // intent: a market order; replace: keep the old price
  bool reduce_only;
  Resize resize;
  DoneWhy why;

  constexpr std::uint8_t byte() const {
    return static_cast<std::uint8_t>(static_cast<unsigned>(side) | (no_price ? 4U : 0U) | (reduce_only ? 8U : 0U) |
                                     static_cast<unsigned>(resize) << 4 | static_cast<unsigned>(why) << 6);
  }
  static constexpr RequestFlags of(std::uint8_t byte) {
    return {static_cast<Side>(byte & 3U), (byte & 4U) != 0, (byte & 8U) != 0, static_cast<Resize>((byte >> 4) & 3U),
            static_cast<DoneWhy>(byte >> 6)};
  }
};

struct alignas(line_bytes) LaneLine {
  AtomicWord state;  // SYNC POINT REQUEST, SYNC POINT ANSWER: stored last with release, loaded first with acquire
  AtomicWord words[7];
};
static_assert(sizeof(LaneLine) == line_bytes);

// An instruction of the sidecar to the client, in a ring of its own: cancel this order; send this one of a liquidation.
//
//   0        8                               16      80          208                   216        224     232
//   | number | kind, 2 lengths, side, market, again | id 64 | cause 128 | symbol |acct |strat| quantity | price | ...|
//   kind and what follows it are a byte each; `again`: the client has had it before it attached.
enum class CommandKind : std::uint8_t { None, Cancel, Liquidate };
struct alignas(line_bytes) CommandLine {
  AtomicWord state;      // SYNC POINT COMMAND: the number of the command, from 1
  AtomicWord words[31];  // CommandWords of shm/command_message.h
};
static_assert(sizeof(CommandLine) == 256);

inline constexpr std::size_t lane_line_count = 64;
inline constexpr std::size_t command_line_count = 64;
inline constexpr std::size_t message_lines_max = 3;

struct Lane {
  Header header;
  ClientIndex client;
  std::uint16_t spare[31];
  alignas(line_bytes) LaneLine lines[lane_line_count];
  alignas(line_bytes) AtomicWord commands_read;  // the client's: how many commands it has taken
  alignas(line_bytes) CommandLine commands[command_line_count];
};
static_assert(offsetof(Lane, lines) == 128 && std::is_standard_layout_v<Lane>);
inline constexpr std::size_t lane_stride = 4'224;  // the first lines of two lanes never share a set of the L1 cache

// ---------------------------------------------------------------------------------------------------- marks
// One slot for each quote (symbols first, then the currency pairs of `Board::quotes`), written under a sequence lock by
// its publisher alone; `dirty` tells the sidecar where to look.
struct alignas(line_bytes) MarkSlot {
  AtomicWord sequence;                       // SYNC POINT MARK: odd while being written
  std::atomic<std::int64_t> bid, ask, last;  // raw decimals; 0: absent
  AtomicTime published_ns;                   // CLOCK_MONOTONIC
  std::uint64_t spare[3];
};
static_assert(sizeof(MarkSlot) == line_bytes);

struct MarksTable {
  Header header;
  std::uint64_t quote_count;
  std::uint8_t spare[56];
  alignas(writer_bytes) AtomicWord dirty_summary;  // bit k: some word of dirty[k*16 .. k*16+15] has a bit
  // followed by: AtomicWord dirty[1024]; MarkSlot slots[quote_count]
};
static_assert(sizeof(MarksTable) == 256);
inline constexpr std::size_t quote_count_max = 65'536;
inline constexpr std::size_t dirty_word_count = quote_count_max / 64;

// ---------------------------------------------------------------------------------------------------- board
// What the sidecar shows to everyone. Tables follow the struct at the offsets that it names.
struct NameRow {  // a row of a name table; row 0 is nobody
  Name name;
  std::uint32_t parent;  // of a strategy: its default account; of a symbol: its sector; of a limit: its metric; else 0
  std::uint8_t spare[20];
};
static_assert(sizeof(NameRow) == 64);

struct NameTable {  // append-only; `count` is stored last (release), and counts row 0
  std::uint64_t offset;
  std::atomic<std::uint32_t> count;
  std::uint32_t capacity;
};

struct alignas(writer_bytes) PositionRow {  // under a sequence lock
  AtomicWord sequence;
  std::uint32_t symbol;
  std::uint16_t account, strategy;
  std::int64_t position, working_buy, working_sell, average_cost;
  std::uint64_t realised[2], unrealised[2], fees[2];
  std::uint64_t spare[4];
};
static_assert(sizeof(PositionRow) == 128);

struct alignas(writer_bytes) StateRow {  // a latched scope; under a sequence lock
  AtomicWord sequence;
  Scope on;
  Sentence cause;
  State state;
  std::uint8_t spare[103];
};
static_assert(sizeof(StateRow) == 256);

struct Board {
  Header header;
  std::int32_t sidecar_pid;
  std::uint32_t mode_spins;  // 1: spin
  std::uint64_t sidecar_start_time;
  Id instance;
  NameTable symbols, sectors, accounts, strategies, limits, clients;
  NameTable quotes;  // symbols first, row for row, then the currency pairs
  std::uint64_t positions_offset, states_offset;
  std::uint32_t positions_capacity, states_capacity;
  // What the hot loop writes: its beat first, everything else now and then.
  alignas(writer_bytes) AtomicTime beat_ns;  // CLOCK_MONOTONIC, at least every millisecond while it works
  std::atomic<std::uint32_t> sleeping;       // 1: it waits on this word (adaptive), wake it after a request
  std::atomic<JournalHealth> journal_health;
  AtomicWord seen_permission;  // the permission word under which it now judges
  AtomicWord stop_request;     // not 0: the sidecar asks the watchdog for a stop; a counter
  AtomicWord intents, accepted, refused, events, marks_applied;
  AtomicWord loop_ns_max;                                     // the longest pass of the hot loop
  AtomicWord journal_appended, journal_written;               // records
  AtomicWord liquidation_orders, liquidation_orders_untaken;  // of those that are not over, how many no client has
  AtomicWord market_factor;  // raw decimal: the share that sizes and dynamic limits are left; 0: it follows no market
  AtomicWord market_inputs, orders_used;  // bit k: market_input_names[k] lowers the factor; most places ever in use
  std::atomic<std::uint32_t> positions_count, states_count;
  alignas(writer_bytes) JournalDisk journal_disk;
  alignas(writer_bytes) Sentence stop_cause;  // why the stop is asked for; written before `stop_request`
};
static_assert(std::is_standard_layout_v<Board>);

// ---------------------------------------------------------------------------------------------------- the door
// attach.sock, SOCK_SEQPACKET. A client: AttachRequest -> AttachReply with two descriptors (lane, client file) ->
// Mapped -> Admitted (the lane is sealed in between). A publisher: the same with one (its marks table). A control wish:
// ControlRequest -> ControlReply. The connection stays open while the client lives: its end is the first sign of death.
enum class DoorKind : std::uint32_t { None, Client, Publisher, Control, Mapped, Admitted };

enum class DoorOutcome : std::uint32_t {
  Unknown,
  Ready,
  WrongVersion,
  BadName,
  NameTaken,  // a living client has that name
  UnknownAccount,
  UnknownStrategy,
  Full,  // no free lane
  NotPermitted,
  Failed,  // the sidecar could not make the segment
};

struct AttachRequest {
  DoorKind kind;
  std::uint32_t version;
  std::uint64_t fingerprint;
  Name client, account, strategy;  // account and strategy may be empty
  std::uint64_t start_time;
};

struct AttachReply {
  DoorOutcome outcome;
  std::uint32_t version;
  std::uint64_t fingerprint;
  std::uint64_t generation;  // of the sidecar
  ClientIndex client;
  AccountIndex account;
  StrategyIndex strategy;
  std::uint16_t spare;
};

enum class Wish : std::uint32_t {
  None,
  Preflight,
  Halt,
  ReduceOnly,
  Resume,
  Override,
  Reload,
  Equity,
  Confirm,
  Liquidate,
  Adopt
};

struct ControlRequest {
  DoorKind kind;
  std::uint32_t version;
  std::uint64_t fingerprint;
  Wish wish;
  std::uint8_t new_baseline;
  ResumeStage stage;  // of a resume, and of its preflight
  std::uint8_t spare[2];
  std::uint64_t seen;  // what it is about, as it was looked at: of a resume the permission, of Adopt our position
  Name symbol, sector, account, strategy, client, limit, operator_name;  // `limit`: of an override
  Sentence reason;
  std::uint64_t max_low, max_high;  // raw decimal: an override's max, an amount of equity, a position to adopt
  std::int64_t until_ns;            // of an override
  std::uint64_t proposal;           // of a confirm: the number that the proposal was given
  std::int64_t wanted_until_ns;     // CLOCK_MONOTONIC: then nobody waits any more, and it is not carried out
};

struct ControlReply {
  DoorOutcome outcome;  // Ready: done; NotPermitted: refused, `text` says why, a line each
  std::uint32_t text_bytes;
  std::uint64_t proposal;  // not 0: nothing was done yet; it waits under this number for a second operator
  char text[8'192];
};

static_assert(std::has_unique_object_representations_v<AttachRequest>);
static_assert(std::has_unique_object_representations_v<AttachReply>);
static_assert(std::has_unique_object_representations_v<ControlRequest>);
static_assert(std::has_unique_object_representations_v<ControlReply>);

}  // namespace bulwark::shm
