// SPDX-License-Identifier: Apache-2.0
// The client's end of a lane: sends requests, looks for their answers, takes commands. One thread at a time. The wire
// format is in shm/lane_message.h, the other end in shm/lane_server.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "shm/clock.h"
#include "shm/command_message.h"
#include "shm/lane_message.h"
#include "shm/layout.h"

namespace bulwark::shm {

// Where a lane begins in its memfd. All mappings begin at a page; lanes that did so too would share sets of the cache.
inline constexpr std::size_t lane_offsets = 32;
constexpr std::size_t lane_offset_bytes(ClientIndex client) { return at(client) % lane_offsets * (lane_stride - 4096); }
inline constexpr std::size_t lane_segment_bytes =
    (sizeof(Lane) + (lane_offsets - 1) * (lane_stride - 4096) + 4095) / 4096 * 4096;

inline Lane& lane_in(void* segment, ClientIndex client) {
  return *reinterpret_cast<Lane*>(static_cast<std::byte*>(segment) + lane_offset_bytes(client));
}

class LaneClient {
public:
  struct Ticket {
    std::uint32_t sequence = 0;  // the number of its first line
  };

  LaneClient() = default;
  explicit LaneClient(Lane& lane) : lane_(&lane) {}

  // Nothing: the lane is full, which a sidecar that lives never lets happen. `server_may_sleep`: look at
  // Board::sleeping after this; the store is then sequentially consistent, so that it comes before that look, without a
  // fence.
  std::optional<Ticket> send(const Request& request, bool server_may_sleep) noexcept {
    const MessageLines lines = encode(request, next_);
    for (std::size_t k = 0; k < lines.count; ++k) {
      if (!is_free(static_cast<std::uint32_t>(next_ + k))) return {};
    }
    for (std::size_t k = lines.count; k-- > 0;) {  // the first line last: its state says that all are there
      LaneLine& to = line(static_cast<std::uint32_t>(next_ + k));
      for (std::size_t i = 0; i < 7; ++i) to.words[i].store(lines.words[k][i], std::memory_order_relaxed);
      if (k != 0) to.state.store(lines.states[k], std::memory_order_relaxed);
      // SYNC POINT REQUEST: at least release, publishes all words and states before it.
      else if (server_may_sleep) to.state.store(lines.states[0], std::memory_order_seq_cst);
      else to.state.store(lines.states[0], std::memory_order_release);
    }
    const Ticket ticket{next_};
    next_ += static_cast<std::uint32_t>(lines.count);
    return ticket;
  }

  // One look. Where no answer is there yet, one PAUSE: a poller in a hurry takes the line away from the one who writes.
  std::optional<Answer> poll(Ticket ticket) const noexcept {
    const auto said = look(ticket);
    if (!said) return {};
    return decode(*said);
  }
  // The same, of an answer to be read by its request's kind.
  std::optional<AnswerLine> look(Ticket ticket) const noexcept {
    const LaneLine& from = line(ticket.sequence);
    AnswerLine copy;
    copy.state = from.state.load(std::memory_order_acquire);  // SYNC POINT ANSWER: the words are there too
    const LineState state = LineState::of(copy.state);
    if (state.kind != MessageKind::Answer || state.sequence != ticket.sequence) {
      pause_cpu();
      return {};
    }
    for (std::size_t i = 0; i < 7; ++i) copy.words[i] = from.words[i].load(std::memory_order_relaxed);
    return copy;
  }

  std::optional<Command> next_command() noexcept {
    const CommandLine& from = lane_->commands[commands_read_ % command_line_count];
    // SYNC POINT COMMAND: acquire pairs with the sidecar's store of the number.
    if (from.state.load(std::memory_order_acquire) != commands_read_ + 1) return {};
    std::uint64_t words[31];
    for (std::size_t i = 0; i < 31; ++i) words[i] = from.words[i].load(std::memory_order_relaxed);
    CommandWords copy;
    std::memcpy(&copy, words, sizeof copy);
    // SYNC POINT COMMAND TAKEN: release, so that our loads come before the line is written again.
    lane_->commands_read.store(++commands_read_, std::memory_order_release);
    return decode(copy);
  }

private:
  LaneLine& line(std::uint32_t sequence) const noexcept { return lane_->lines[sequence % lane_line_count]; }

  bool is_free(std::uint32_t sequence) const noexcept {
    // SYNC POINT ANSWER: acquire, so that the sidecar has read the line before we write it again.
    const MessageKind kind = LineState::of(line(sequence).state.load(std::memory_order_acquire)).kind;
    return kind == MessageKind::Empty || kind == MessageKind::Answer;
  }

  Lane* lane_ = nullptr;
  std::uint32_t next_ = 1;
  std::uint64_t commands_read_ = 0;
};

}  // namespace bulwark::shm
