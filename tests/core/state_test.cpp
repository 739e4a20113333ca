// SPDX-License-Identifier: Apache-2.0
// A saved state is the engine: whoever goes on from one answers as the engine that never stopped, bit for bit, and is
// saved as the same bytes again. What is no saved state is refused, and says why.
#include "core/state/words.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "core/adoption.h"
#include "tests/core/busy_desk.h"
#include "tests/core/desk.h"
#include "tests/core/saved.h"

namespace bulwark::core {
namespace {

constexpr Capacity small{.orders = 1 << 13, .clients = 8, .latches = 64};

// The rules of a busy desk, and what a morning's changes make of them: an instrument in front of the others, a limit
// less, another window, instruments that are there no more.
std::vector<Rules> changing_rules() {
  Rules rules = BusyRules().rules;
  for (Locate& locate : rules.locates) locate.units = {60 * unit};
  for (Limit& limit : rules.limits) {
    if (limit.metric == Metric::Duplicate) limit.max = unit;
    if (limit.metric == Metric::Drawdown) limit.max = unit / 50;
  }
  std::vector<Rules> all(3, rules);
  all[1].instruments.insert(all[1].instruments.begin(), Instrument{"AAA", "Energy", "USD"});
  all[1].accounts.push_back({"C", {int128{1'000} * unit}});
  all[1].limits.erase(all[1].limits.begin() + 3);
  all[1].limits[8].window = milliseconds(6'000);
  std::erase_if(all[2].instruments, [](const Instrument& one) { return one.symbol == "MSFT" || one.symbol == "XOM"; });
  all[2].limits.front().max /= 2;
  for (double& residual : all[2].model->residuals) residual *= 2;
  std::swap(all[2].limits.front(), all[2].limits.back());
  return all;
}

// Busy days, of some 150 events each, on which orders are sent twice.
class HastyDay {
public:
  explicit HastyDay(std::uint64_t seed) : day_(seed), random_(seed + 1'000) {}

  Event next() {
    const std::uint64_t kind = random_() % 12;
    if (kind < 2 && intent_.type == EventType::Intent) return again();
    if (kind == 2 && done_ < again_) return done();
    if (random_() % 150 == 0) later_ns_ += 86'400'000'000'000;
    Event event = day_.next();
    event.t.ns += later_ns_;
    if (event.type == EventType::Control) event.control.until.ns += later_ns_;
    now_ = event.t;
    if (event.type == EventType::Intent) intent_ = event;
    return event;
  }

private:
  Event again() {
    Event event = intent_;
    event.t = now_;
    event.intent.id = Id::from("again-" + std::to_string(++again_));
    return event;
  }
  Event done() {
    Event event{};
    event.t = now_;
    event.type = EventType::Done;
    event.order.client = ClientIndex{1};
    event.order.why = DoneWhy::Canceled;
    event.order.id = Id::from("again-" + std::to_string(++done_));
    return event;
  }

  BusyDay day_;
  std::mt19937_64 random_;
  Event intent_{};
  TimeNs now_{};
  std::int64_t later_ns_ = 0;
  std::uint64_t again_ = 0, done_ = 0;
};

class TwoEngines {
public:
  explicit TwoEngines(std::vector<Rules> rules)
      : rules_(std::move(rules)),
        still_(rules_.front(), small),
        restored_(std::make_unique<Engine>(rules_.front(), small)) {}

  void apply(const Event& event) {
    ASSERT_EQ(still_.apply(event), restored_->apply(event));
    ASSERT_NO_FATAL_FAILURE(expect_equal_answers(still_, *restored_));
  }
  void adopt(std::size_t rules) {
    in_force_ = rules;
    still_.adopt(rules_[rules]);
    Adoption ready(rules_[rules], restored_->names().symbols);  // as the hot loop does it
    restored_->adopt(ready);
  }
  void restart() {
    const Saved saved = save(*restored_);
    restored_ = load(rules_[in_force_], small, saved);
    ASSERT_TRUE(save(*restored_) == saved) << "a state that was read is another one";
  }
  void expect_same_state() { ASSERT_TRUE(save(still_) == save(*restored_)); }
  const Engine& still() const { return still_; }

private:
  std::vector<Rules> rules_;
  std::size_t in_force_ = 0;
  Engine still_;
  std::unique_ptr<Engine> restored_;
};

TEST(SavedState, WhoGoesOnFromItAnswersAsTheOneThatNeverStopped) {
  std::set<LineType> told;
  std::set<LimitIndex> objected;
  std::set<Reason> refused;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    TwoEngines engines(changing_rules());
    HastyDay day(seed);
    std::mt19937_64 moment(seed);
    for (int k = 0; k < 1'500; ++k) {
      SCOPED_TRACE("event " + std::to_string(k));
      ASSERT_NO_FATAL_FAILURE(engines.apply(k == 0 ? BusyDay::client() : day.next()));
      for (const Line& line : engines.still().lines()) told.insert(line.type);
      for (const Objection& objection : engines.still().objections()) objected.insert(objection.limit);
      if (engines.still().has_verdict()) refused.insert(engines.still().verdict().reason);
      if (seed % 2 == 0 && moment() % 60 == 0) engines.adopt(moment() % 3);
      if (moment() % 12 == 0) {
        ASSERT_NO_FATAL_FAILURE(engines.restart());
      }
      if (k % 100 == 0) {
        ASSERT_NO_FATAL_FAILURE(engines.expect_same_state());
      }
    }
    ASSERT_NO_FATAL_FAILURE(engines.expect_same_state());
  }
  // Otherwise this has shown little.
  EXPECT_EQ(told.size(), at(LineType::Alarm));
  EXPECT_GE(objected.size(), 15U);
  EXPECT_TRUE(refused.contains(Reason::NoLocate));
}

// An order of a liquidation is given to the client as soon as there is one.
Event next_event(const Engine& engine, HastyDay& day) {
  Event event = day.next();
  for (const Line& line : engine.lines()) {
    if (line.type != LineType::Liquidation) continue;
    event = Event{};
    event.t = engine.now();
    event.type = EventType::Deliver;
    event.order.client = ClientIndex{1};
    event.order.id = line.id;
  }
  return event;
}

TEST(SavedState, IsReadAsItWasWrittenAfterEveryKindOfEvent) {
  const Rules rules = changing_rules().front();
  std::set<EventType> done, refused;
  for (std::uint64_t seed = 21; seed <= 24; ++seed) {
    Engine engine(rules, small);
    HastyDay day(seed);
    for (int k = 0; k < 400; ++k) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", event " + std::to_string(k));
      const Event event = k == 0 ? BusyDay::client() : next_event(engine, day);
      (engine.apply(event) == EventError::None ? done : refused).insert(event.type);
      const Saved saved = save(engine);
      ASSERT_TRUE(save(*load(rules, small, saved)) == saved);
    }
  }
  EXPECT_EQ(done.size(), at(EventType::Deliver));  // each kind that there is
  EXPECT_GE(refused.size(), 4U);
}

// The log of orders keeps replaces apart: they are no duplicates, and do not become any.
TEST(SavedState, AReplaceIsNoDuplicateAfterARestartEither) {
  Desk desk;
  Limit limit;
  limit.name = "duplicate";
  limit.metric = Metric::Duplicate;
  limit.max = unit;
  limit.window = milliseconds(60'000);
  desk.rules.limits.push_back(limit);
  desk.engine.adopt(desk.rules);
  ASSERT_EQ(desk.ask("a", Side::Buy, 10), Decision::Accepted);
  Event replace = desk.event(EventType::Replace);
  replace.replace = {};
  replace.replace.client = ClientIndex{1};
  replace.replace.gate = Gate::Open;
  replace.replace.keep_price = true;
  replace.replace.quantity = {20 * unit};
  replace.replace.id = Id::from("a");
  replace.replace.new_id = Id::from("b");
  ASSERT_EQ(desk.engine.apply(replace), EventError::None);
  ASSERT_EQ(desk.engine.verdict().decision, Decision::Accepted);
  const std::unique_ptr<Engine> restored = load(desk.rules, {}, save(desk.engine));
  ASSERT_EQ(restored->apply(desk.intent("c", Side::Buy, 20)), EventError::None);
  EXPECT_EQ(restored->verdict().decision, Decision::Accepted);
  ASSERT_EQ(restored->apply(desk.intent("d", Side::Buy, 10)), EventError::None);
  EXPECT_EQ(restored->verdict().limit, LimitIndex{2});
}

TEST(SavedState, OfAnEngineThatHasSeenNothing) {
  const Rules rules = BusyRules().rules;
  const Engine engine(rules, small);
  EXPECT_TRUE(save(*load(rules, small, save(engine))) == save(engine));
}

// A day later, with every table of orders full again and again.
TEST(SavedState, KnowsWhatIsForgottenAndHowMuchRoomThereIs) {
  const Rules rules = BusyRules().rules;
  constexpr Capacity tight{.orders = 40, .clients = 8, .latches = 64};
  Engine still(rules, tight);
  auto restored = std::make_unique<Engine>(rules, tight);
  BusyDay day(5);
  std::size_t full = 0;
  TimeNs later{0};
  for (int k = 0; k < 4'000; ++k) {
    SCOPED_TRACE("event " + std::to_string(k));
    if (k % 800 == 799) later.ns += 86'400'000'000'000;
    Event event = k == 0 ? BusyDay::client() : day.next();
    event.t.ns += later.ns;
    ASSERT_EQ(still.apply(event), restored->apply(event));
    ASSERT_NO_FATAL_FAILURE(expect_equal_answers(still, *restored));
    full += still.has_verdict() && still.verdict().reason == Reason::JournalFull;
    if (k % 7 == 0) restored = load(rules, tight, save(*restored));
  }
  ASSERT_TRUE(save(still) == save(*restored));
  EXPECT_GT(full, 100U);
}

std::string refusal(const Rules& rules, Capacity capacity, std::span<const std::byte> saved) {
  try {
    load(rules, capacity, saved);
    return "";
  } catch (const StateError& error) {
    return error.what();
  }
}

struct ABusyState : ::testing::Test {
  Rules rules = BusyRules().rules;
  Saved saved;

  void SetUp() override {
    Engine engine(rules, small);
    BusyDay day(2);
    for (int k = 0; k < 400; ++k) engine.apply(k == 0 ? BusyDay::client() : day.next());
    saved = save(engine);
  }
};

TEST_F(ABusyState, EveryTruncationAndEveryBitThatDiffersIsRefused) {
  for (std::size_t size = 0; size < saved.size(); size += size < 200 ? 1 : 97) {
    ASSERT_NE(refusal(rules, small, std::span(saved).first(size)), "") << size;
  }
  for (std::size_t k = 0; k < saved.size(); k += 11) {
    Saved other = saved;
    other[k] ^= std::byte{1} << k % 8;
    ASSERT_NE(refusal(rules, small, other), "") << k;
  }
  EXPECT_EQ(refusal(rules, small, saved), "");
}

TEST_F(ABusyState, IsNotReadUnderOtherRulesOrWithOtherRoom) {
  Rules other = rules;
  other.instruments.push_back({"NEW", "Tech", "USD"});
  EXPECT_NE(refusal(other, small, saved).find("rules"), std::string::npos);
  other = rules;
  other.limits.pop_back();
  EXPECT_NE(refusal(other, small, saved).find("rules"), std::string::npos);
  Capacity larger = small;
  larger.orders *= 2;
  EXPECT_NE(refusal(rules, larger, saved).find("room"), std::string::npos);
}

// Numbers that fit the checksum and stand for nothing: written wrong, not damaged.
TEST_F(ABusyState, AWriterThatWasWrongIsRefusedTooAndNothingIsReadPastTheEnd) {
  const std::size_t header = 12, capacity = 24;
  for (const std::uint64_t count : {std::uint64_t{5}, std::uint64_t{1} << 20, std::uint64_t{1} << 63}) {
    Saved other = saved;
    std::memcpy(other.data() + header + capacity, &count, sizeof count);  // how many symbols there are
    StateSum sum;
    sum.add(std::span(other).first(other.size() - 8));
    const std::uint64_t value = sum.value();
    std::memcpy(other.data() + other.size() - 8, &value, sizeof value);
    EXPECT_NE(refusal(rules, small, other).find("no saved state"), std::string::npos) << count;
  }
}

}  // namespace
}  // namespace bulwark::core
