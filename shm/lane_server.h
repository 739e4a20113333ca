// SPDX-License-Identifier: Apache-2.0
// The sidecar's end of a lane: takes requests, answers them in their own lines, pushes commands. Hot: no allocation, no
// exception, no lock, no system call, and a bounded step each call, whatever the other side writes, and when.
//
// Every word of the lane is hostile: it is loaded once into a private copy, and only the copy is judged. What this
// class must remember (the next number, how many commands were pushed) it keeps to itself and never reads back.
#pragma once

#include <cstddef>
#include <cstdint>

#include "shm/command_message.h"
#include "shm/lane_message.h"
#include "shm/layout.h"

namespace bulwark::shm {

// An answer that was encoded before.
inline const AnswerLine& encode(const AnswerLine& kept, std::uint32_t) { return kept; }

class LaneServer {
public:
  LaneServer() = default;
  explicit LaneServer(Lane& lane) : lane_(&lane) {}

  // One look at the lane. True: `out` is a request, and answer() must be called before the next poll. False: nothing is
  // there, or it was malformed, and has been counted and refused.
  bool poll(Request& out) noexcept {
    const LaneLine& first = line(next_);
    // SYNC POINT REQUEST: acquire pairs with the client's last store, so that the words and the continuation lines are
    // at least as new as this state.
    const std::uint64_t word = first.state.load(std::memory_order_acquire);
    const MessageKind kind = LineState::of(word).kind;
    if (kind == MessageKind::Empty || kind == MessageKind::Answer) return false;
    return take(word, out);
  }

  // Writes the answer (of a size a SizeAnswer) into the lines of the request that poll() gave.
  template <class Said = Answer>
  void answer(const Said& answer) noexcept {
    for (std::size_t k = 1; k < taken_; ++k) {
      const auto sequence = static_cast<std::uint32_t>(next_ + k);
      // SYNC POINT ANSWER: release, so that our loads of that line come before the client writes it again.
      line(sequence).state.store(LineState{sequence, MessageKind::Answer, 0, 0, 0}.word(), std::memory_order_release);
    }
    write(encode(answer, next_));
    next_ += static_cast<std::uint32_t>(taken_);
    taken_ = 0;
  }

  // The same in two steps, for whoever may not say it yet: the answer is kept until it is given.
  template <class Said>
  void keep_answer(const Said& said) noexcept {
    kept_ = encode(said, next_);
  }
  void give_kept_answer() noexcept { answer(kept_); }

  // Does a request wait? For the last look before the loop sleeps: sequentially consistent, as is the store by which
  // the loop has just said that it will sleep, and the client's store of a request (see LaneClient::send): either the
  // client sees the sleeper, or the sleeper sees the request.
  bool waiting() const noexcept {
    const MessageKind kind = LineState::of(line(next_).state.load(std::memory_order_seq_cst)).kind;
    return kind != MessageKind::Empty && kind != MessageKind::Answer;
  }

  // False: the client has not taken what was pushed before; the caller decides what that means.
  bool push_command(const Command& command) noexcept {
    // A client that lies about what it has read only overwrites, or starves, itself.
    // SYNC POINT COMMAND TAKEN: acquire, so that it has read the line before we write it again.
    const std::uint64_t read = lane_->commands_read.load(std::memory_order_acquire);
    if (pushed_ - read >= command_line_count) return false;
    CommandLine& to = lane_->commands[pushed_ % command_line_count];
    std::uint64_t words[31];
    const CommandWords encoded = encode(command);
    std::memcpy(words, &encoded, sizeof words);
    for (std::size_t i = 0; i < 31; ++i) to.words[i].store(words[i], std::memory_order_relaxed);
    to.state.store(++pushed_, std::memory_order_release);  // SYNC POINT COMMAND: publishes the words
    return true;
  }

  std::uint64_t malformed_count() const noexcept { return malformed_count_; }

private:
  LaneLine& line(std::uint32_t sequence) const noexcept { return lane_->lines[sequence % lane_line_count]; }

  // Copies the message whose first state is `word`, and judges the copy.
  bool take(std::uint64_t word, Request& out) noexcept {
    const LineState state = LineState::of(word);
    if (state.sequence != next_) return refuse_stray(state);
    MessageLines copy;
    copy.count = state.c;
    if (copy.count == 0 || copy.count > message_lines_max) return refuse(1);
    copy.states[0] = word;
    bool whole = true;
    for (std::size_t k = 0; k < copy.count; ++k) {
      const LaneLine& from = line(static_cast<std::uint32_t>(next_ + k));
      // Relaxed: ordered by the acquire of the first state. Loaded once; what changes later is not looked at.
      if (k != 0) copy.states[k] = from.state.load(std::memory_order_relaxed);
      for (std::size_t i = 0; i < 7; ++i) copy.words[k][i] = from.words[i].load(std::memory_order_relaxed);
      const LineState its = LineState::of(copy.states[k]);
      whole &= k == 0 || (its.kind == MessageKind::Continuation && its.sequence == next_ + k && its.a == 0 &&
                          its.c == 0 && its.b == LineState::of(copy.states[1]).b);
    }
    if (!whole) return refuse(1);
    if (!decode(copy, out)) return refuse(copy.count);
    taken_ = copy.count;
    return true;
  }

  // The slow branches, out of line: what no client of ours sends.
  [[gnu::noinline]] bool refuse(std::size_t count) noexcept {
    ++malformed_count_;
    taken_ = count;
    Answer no;
    no.decision = Decision::Rejected;
    answer(no);
    return false;
  }

  // A number out of turn: refused where it stands, and not counted as the next, so that the next can still come.
  [[gnu::noinline]] bool refuse_stray(const LineState& state) noexcept {
    ++malformed_count_;
    Answer no;
    no.decision = Decision::Rejected;
    write(encode(no, state.sequence));
    return false;
  }

  // Into the line at the cursor, whatever number stands in the answer.
  void write(const AnswerLine& from) noexcept {
    LaneLine& to = line(next_);
    for (std::size_t i = 0; i < 7; ++i) to.words[i].store(from.words[i], std::memory_order_relaxed);
    to.state.store(from.state, std::memory_order_release);  // SYNC POINT ANSWER: publishes the words
  }

  Lane* lane_ = nullptr;
  std::uint32_t next_ = 1;  // the number of the next message
  std::size_t taken_ = 0;   // lines of the request that waits for its answer
  std::uint64_t pushed_ = 0;
  std::uint64_t malformed_count_ = 0;
  AnswerLine kept_{};
};

}  // namespace bulwark::shm
