// SPDX-License-Identifier: Apache-2.0
// What passes through a lane, as plain data, and its bytes: the drawing in shm/layout.h, in code. Pure functions of
// values: shm/lane.h and shm/lane_server.h do the loads and stores. Hot on both sides: no allocation, no exception.
//
// Lines are numbered from 1 (32 bits, running over); a message of n lines has the number of its first line. Text is
// packed: id; of a replace the new id behind it; of a fill 16 bytes of fee and the exec id behind it. A message with a
// second id has at least one continuation line, because the second length stands there.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "shm/layout.h"
#include "shm/units.h"
#include "shm/words.h"

namespace bulwark::shm {

static_assert(std::endian::native == std::endian::little, "the drawing of a line is that of a little-endian machine");

// What a size expects of its trade, raw decimals: an edge over a horizon in days, or a chance to win and a payoff.
struct Prospect {
  bool by_edge = false;
  std::int64_t edge_or_chance = 0, horizon_or_payoff = 0, confidence = 0;
};

// A wish of the client. Who it is from is a property of the lane, never of the message.
struct Request {
  MessageKind kind = MessageKind::Empty;
  Side side = Side::None;  // Intent; Fill, where it is known
  bool no_price = false;   // Intent: a market order; Replace: keep the old price
  bool reduce_only = false;
  Resize resize = Resize::AsConfigured;
  DoneWhy why = DoneWhy::None;  // Done
  AccountIndex account{};
  StrategyIndex strategy{};
  SymbolIndex symbol{};
  Quantity quantity{};
  Price price{};
  Money fee{};
  Id id{};
  Id other{};           // Replace: the new id; Fill: the exec id
  Prospect prospect{};  // Size, which has no id
};

// What the sidecar says to it. Of a request that is no order: Accepted, or Rejected with an EventError in `limit`; of a
// Status `value` is what is filled, `max` what works.
struct Answer {
  Decision decision = Decision::Undecided;
  Reason reason = Reason::None;
  LimitIndex limit{};
  std::uint32_t epoch = 0;  // of the permission under which it was given, its low 32 bits
  Quantity quantity{};
  Value value{}, max{};
};

// The lines of one message as values: written by the client from here, copied once by the sidecar to here.
struct MessageLines {
  std::size_t count = 0;
  std::uint64_t states[message_lines_max];
  std::uint64_t words[message_lines_max][7];
};

namespace lane_details {

inline constexpr std::size_t first_text_bytes = 32, more_text_bytes = 56, fee_bytes = 16;
inline constexpr std::size_t text_bytes_max = 64 + fee_bytes + 64;
static_assert(first_text_bytes + 2 * more_text_bytes == text_bytes_max);

using TextArea = std::array<char, text_bytes_max + 8>;  // 8 more, so that whole words can be read anywhere in it

constexpr bool has_second_id(MessageKind kind) { return kind == MessageKind::Replace || kind == MessageKind::Fill; }

constexpr std::size_t lines_for(MessageKind kind, std::size_t text_bytes) {
  if (text_bytes > first_text_bytes + more_text_bytes) return 3;
  return text_bytes > first_text_bytes || has_second_id(kind) ? 2 : 1;
}

constexpr bool is_request(MessageKind kind) { return kind >= MessageKind::Intent && kind <= MessageKind::Status; }

// All eight bytes are between space and tilde. (Exact: no borrow or carry between bytes changes the answer.)
constexpr bool printable_word(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101ULL, high = 0x80 * ones;
  const std::uint64_t below_space = (word - 0x20 * ones) & ~word & high;
  const std::uint64_t above_tilde = (word + ones) & high;
  return (below_space | above_tilde | (word & high)) == 0;
}

// Copies `size` bytes into an id, zeros behind them; false where they are no id. The id is written by its own words,
// its size in the first of them, so that whoever reads it by words right after finds each in one piece.
inline bool take_id(const char* from, std::size_t size, Id& to) {
  static_assert(sizeof(Id) == 72 && offsetof(Id, size) == 0 && offsetof(Id, bytes) == 1);
  constexpr std::uint64_t spaces = 0x2020202020202020ULL;
  if (size == 0 || size > 64) return false;
  bool printable = true;
  std::uint64_t carry = size;
  char* out = reinterpret_cast<char*>(&to);
  const auto put = [&out](std::uint64_t word) {
    std::memcpy(out, &word, 8);
    out += 8;
  };
  for (std::size_t i = 0; i < size; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, from + i, 8);
    const std::uint64_t mask = size - i >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * (size - i))) - 1;
    printable &= printable_word((word & mask) | (spaces & ~mask));
    word &= mask;
    put(word << 8 | carry);
    carry = word >> 56;
  }
  put(carry);
  while (out != reinterpret_cast<char*>(&to + 1)) put(0);
  return printable;
}

constexpr bool within(std::int64_t raw) { return raw >= -decimal_raw_max && raw <= decimal_raw_max; }
constexpr bool within(Money money) { return magnitude(money.raw) <= money_raw_max; }

inline void encode_first(const Request& request, std::uint32_t sequence, MessageLines& lines) {
  const RequestFlags flags{request.side, request.no_price, request.reduce_only, request.resize, request.why};
  lines.states[0] =
      LineState{sequence, request.kind, flags.byte(), request.id.size, static_cast<std::uint8_t>(lines.count)}.word();
  lines.words[0][0] = static_cast<std::uint64_t>(request.symbol) | static_cast<std::uint64_t>(request.account) << 32 |
                      static_cast<std::uint64_t>(request.strategy) << 48;
  lines.words[0][1] = static_cast<std::uint64_t>(request.quantity.raw);
  lines.words[0][2] = static_cast<std::uint64_t>(request.price.raw);
  std::memcpy(&lines.words[0][3], request.id.bytes, first_text_bytes);
}

[[gnu::noinline]] inline MessageLines encode_size(const Request& request, std::uint32_t sequence) {
  MessageLines lines;
  lines.count = 1;
  encode_first(request, sequence, lines);
  lines.states[0] |= LineState{0, MessageKind::Empty, 0, request.prospect.by_edge, 0}.word();
  lines.words[0][1] = static_cast<std::uint64_t>(request.prospect.edge_or_chance);
  lines.words[0][3] = static_cast<std::uint64_t>(request.prospect.horizon_or_payoff);
  lines.words[0][4] = static_cast<std::uint64_t>(request.prospect.confidence);
  lines.words[0][5] = lines.words[0][6] = 0;
  return lines;
}

}  // namespace lane_details

// The lines of a request whose first line has that number. The caller has seen to it that it is well formed.
inline MessageLines encode(const Request& request, std::uint32_t sequence) {
  using namespace lane_details;
  if (request.kind == MessageKind::Size) [[unlikely]]
    return encode_size(request, sequence);
  MessageLines lines;
  lines.count = lines_for(request.kind, request.id.size);
  encode_first(request, sequence, lines);
  if (lines.count == 1) [[likely]]
    return lines;
  TextArea text{};
  std::size_t used = request.id.size;
  std::memcpy(text.data(), request.id.bytes, 64);
  if (has_second_id(request.kind)) {
    std::memset(text.data() + used, 0, text.size() - used);
    if (request.kind == MessageKind::Fill) {
      std::memcpy(text.data() + used, &request.fee.raw, fee_bytes);
      used += fee_bytes;
    }
    std::memcpy(text.data() + used, request.other.bytes, request.other.size);
    used += request.other.size;
  }
  lines.count = lines_for(request.kind, used);
  encode_first(request, sequence, lines);
  std::memcpy(&lines.words[0][3], text.data(), first_text_bytes);
  for (std::size_t k = 1; k < lines.count; ++k) {
    lines.states[k] =
        LineState{static_cast<std::uint32_t>(sequence + k), MessageKind::Continuation, 0, request.other.size, 0}.word();
    std::memcpy(&lines.words[k][0], text.data() + first_text_bytes + (k - 1) * more_text_bytes, more_text_bytes);
  }
  return lines;
}

namespace lane_details {

// Which flags a kind may carry; the rest must be zero, so that one request has one encoding.
inline bool take_flags(const RequestFlags& flags, Request& to) {
  to.side = flags.side;
  to.no_price = flags.no_price;
  to.reduce_only = flags.reduce_only;
  to.resize = flags.resize;
  to.why = flags.why;
  const bool sided = flags.side == Side::Buy || flags.side == Side::Sell;
  if (flags.resize > Resize::Forbidden || flags.why > DoneWhy::Expired) return false;
  if (to.kind != MessageKind::Intent && (flags.reduce_only || flags.resize != Resize::AsConfigured)) return false;
  if ((flags.why != DoneWhy::None) != (to.kind == MessageKind::Done)) return false;
  switch (to.kind) {
    case MessageKind::Intent:
    case MessageKind::Size: return sided;
    case MessageKind::Fill: return (sided || flags.side == Side::None) && !flags.no_price;
    case MessageKind::Replace: return flags.side == Side::None;
    default: return flags.side == Side::None && !flags.no_price;
  }
}

// The second id, and of a fill the fee before it; true where the number of lines is the one that they need.
inline bool take_second(const MessageLines& lines, const TextArea& text, Request& to) {
  std::size_t at = to.id.size;
  const std::size_t size = LineState::of(lines.states[1]).b;
  if (size > 64) return false;
  if (to.kind == MessageKind::Fill) {
    std::memcpy(&to.fee.raw, text.data() + at, fee_bytes);
    at += fee_bytes;
  }
  return lines_for(to.kind, at + size) == lines.count && within(to.fee) && take_id(text.data() + at, size, to.other);
}

// The texts of a message of more than one line, or of one that should have more.
[[gnu::noinline]] inline bool take_texts(const MessageLines& lines, std::size_t id_size, Request& to) {
  TextArea text;
  std::memcpy(text.data(), &lines.words[0][3], first_text_bytes);
  for (std::size_t k = 1; k < lines.count; ++k) {
    std::memcpy(text.data() + first_text_bytes + (k - 1) * more_text_bytes, &lines.words[k][0], more_text_bytes);
  }
  const std::size_t known = first_text_bytes + (lines.count - 1) * more_text_bytes;
  std::memset(text.data() + known, 0, text.size() - known);
  if (!take_id(text.data(), id_size, to.id)) return false;
  if (!has_second_id(to.kind)) return lines_for(to.kind, id_size) == lines.count;
  return lines.count >= 2 && take_second(lines, text, to);
}

[[gnu::noinline]] inline bool take_prospect(const MessageLines& lines, Request& to) {
  const LineState state = LineState::of(lines.states[0]);
  const auto& words = lines.words[0];
  to.prospect = {state.b != 0, to.quantity.raw, static_cast<std::int64_t>(words[3]),
                 static_cast<std::int64_t>(words[4])};
  to.quantity = {};
  const Prospect& its = to.prospect;
  const auto share = [](std::int64_t raw) { return raw >= 0 && raw <= unit; };
  const bool whole = state.b <= 1 && lines.count == 1 && words[5] == 0 && words[6] == 0;
  const bool priced = to.no_price ? to.price.raw == 0 : to.price.raw > 0;
  return whole && priced && its.horizon_or_payoff > 0 && within(its.horizon_or_payoff) && share(its.confidence) &&
         (its.by_edge || share(its.edge_or_chance));
}

}  // namespace lane_details

// The request that a private copy of lines says, checked in full: false where no client of ours could have sent it.
inline bool decode(const MessageLines& lines, Request& to) {
  using namespace lane_details;
  const LineState state = LineState::of(lines.states[0]);
  to.kind = state.kind;
  to.fee = {};
  to.other.size = 0;
  if (!is_request(state.kind) || state.c != lines.count || !take_flags(RequestFlags::of(state.a), to)) return false;
  to.symbol = static_cast<SymbolIndex>(static_cast<std::uint32_t>(lines.words[0][0]));
  to.account = static_cast<AccountIndex>(static_cast<std::uint16_t>(lines.words[0][0] >> 32));
  to.strategy = static_cast<StrategyIndex>(static_cast<std::uint16_t>(lines.words[0][0] >> 48));
  to.quantity.raw = static_cast<std::int64_t>(lines.words[0][1]);
  to.price.raw = static_cast<std::int64_t>(lines.words[0][2]);
  if (!within(to.quantity.raw) || !within(to.price.raw)) return false;
  if (state.kind == MessageKind::Size) [[unlikely]]
    return take_prospect(lines, to);
  if (lines.count == 1 && lines_for(state.kind, state.b) == 1) [[likely]] {
    return take_id(reinterpret_cast<const char*>(&lines.words[0][3]), state.b, to.id);
  }
  return take_texts(lines, state.b, to);
}

// An answer as the words of the line that its request came in.
struct AnswerLine {
  std::uint64_t state;
  std::uint64_t words[7];
};

inline AnswerLine encode(const Answer& answer, std::uint32_t sequence) {
  const auto kinds =
      static_cast<std::uint8_t>(static_cast<unsigned>(answer.value.kind) | static_cast<unsigned>(answer.max.kind) << 4);
  return {LineState{sequence, MessageKind::Answer, static_cast<std::uint8_t>(answer.decision),
                    static_cast<std::uint8_t>(answer.reason), kinds}
              .word(),
          {static_cast<std::uint64_t>(answer.limit) | static_cast<std::uint64_t>(answer.epoch) << 32,
           static_cast<std::uint64_t>(answer.quantity.raw), answer.value.raw_low, answer.value.raw_high,
           answer.max.raw_low, answer.max.raw_high, 0}};
}

inline Answer decode(const AnswerLine& line) {
  const LineState state = LineState::of(line.state);
  Answer answer;
  answer.decision = static_cast<Decision>(state.a);
  answer.reason = static_cast<Reason>(state.b);
  answer.limit = static_cast<LimitIndex>(static_cast<std::uint32_t>(line.words[0]));
  answer.epoch = static_cast<std::uint32_t>(line.words[0] >> 32);
  answer.quantity.raw = static_cast<std::int64_t>(line.words[1]);
  answer.value = {static_cast<ValueKind>(state.c & 15U), {}, line.words[2], line.words[3]};
  answer.max = {static_cast<ValueKind>(state.c >> 4), {}, line.words[4], line.words[5]};
  return answer;
}

}  // namespace bulwark::shm
