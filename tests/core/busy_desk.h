// SPDX-License-Identifier: Apache-2.0
// A desk on which everything is used that there is: each metric and action, a model, the state of the market, planned
// liquidations; and a day of random events on it. Seeded.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/engine.h"

namespace bulwark::core {

class BusyRules {
public:
  Rules rules;

  BusyRules() {
    rules.instruments = {
        {"AAPL", "Tech", "USD"}, {"MSFT", "Tech", "USD"}, {"SAP", "Tech", "EUR", 2 * unit}, {"XOM", "Energy", "USD"}};
    for (Instrument& instrument : rules.instruments) instrument.adv = {1'000 * unit};
    rules.fx = {{"EUR", unit + unit / 12}};
    rules.accounts = {{"A", {int128{50'000} * unit}}, {"B", {int128{20'000} * unit}}};
    rules.strategies = {{"s1", "A", unit / 2}, {"s2", "B", unit / 4}, {"s3", ""}};
    rules.session.start_of_day_s = 30;
    rules.locate_required = true;
    for (const Instrument& instrument : rules.instruments) rules.locates.push_back({instrument.symbol, {500 * unit}});
    rules.sizing = {unit / 2, unit / 10, unit / 5};
    rules.liquidation = LiquidationPlan{unit / 50, unit / 100, milliseconds(3'000)};
    rules.model = model();
    rules.dynamic = dynamic();
    add_limits();
  }

private:
  Model model() const {
    Model model;
    model.factor_count = 2;
    model.scenarios = {{"crash", {}}, {"squeeze", {}}};
    for (std::size_t k = 0; k < rules.instruments.size(); ++k) {
      const double share = static_cast<double>(k + 1) / 100;
      model.symbols.push_back(rules.instruments[k].symbol);
      model.loadings.insert(model.loadings.end(), {share, 0.01 - share / 3});
      model.residuals.push_back(1e-4);
      model.scenarios[0].moves.push_back({rules.instruments[k].symbol, -10 * share});
      model.scenarios[1].moves.push_back({rules.instruments[k].symbol, 5 * share});
    }
    return model;
  }
  static Dynamic dynamic() {
    Dynamic dynamic;
    dynamic.window = milliseconds(5'000);
    dynamic.ladders = {{{{10 * unit, 8 * unit / 10}, {40 * unit, unit / 2}},
                        {{unit / 10, 9 * unit / 10}},
                        {{unit / 1'000, 7 * unit / 10}},
                        {{unit / 100, 3 * unit / 4}, {unit / 20, unit / 2}}}};
    return dynamic;
  }
  Limit& add(Metric metric, const On& on, std::int64_t max_hundredths, Action action) {
    Limit limit;
    limit.name = std::to_string(rules.limits.size()) + "-" + std::string(name_of(metric_names, metric));
    limit.metric = metric;
    limit.on = on;
    limit.max = int128{max_hundredths} * (unit / 100);
    limit.action = action;
    if (action == Action::Scale) limit.factor = unit / 2;
    if (action == Action::Liquidate) limit.to = unit / 4;
    if (needs_window(metric))
      limit.window = milliseconds(2'000 + 1'000 * static_cast<std::int64_t>(rules.limits.size() % 3));
    return rules.limits.emplace_back(limit);
  }
  void add_limits() {
    constexpr std::int64_t whole = 100;
    add(Metric::Gross, {}, 60'000 * whole, Action::Resize).dynamic = true;
    add(Metric::Gross, {.account = "*"}, 40'000 * whole, Action::Reject);
    add(Metric::Long, {.sector = "Tech"}, 45'000 * whole, Action::Resize);
    add(Metric::Short, {.strategy = "*"}, 20'000 * whole, Action::Resize);
    add(Metric::Net, {.account = "*", .strategy = "*"}, 25'000 * whole, Action::Resize).dynamic = true;
    add(Metric::Position, {.account = "A"}, 250 * whole, Action::Resize).dynamic = true;
    add(Metric::Leverage, {.account = "*"}, 2 * whole, Action::Scale);
    add(Metric::Concentration, {}, 90, Action::Resize);
    add(Metric::OrderNotional, {}, 15'000 * whole, Action::Resize);
    add(Metric::OrderRate, {.client = "*"}, 40 * whole, Action::Reject);
    add(Metric::MessageRate, {.account = "*"}, 60 * whole, Action::Reject);
    add(Metric::Duplicate, {}, 2 * whole, Action::Reject);
    add(Metric::Turnover, {.account = "*"}, 300'000 * whole, Action::Reject);
    add(Metric::OpenOrders, {.strategy = "*"}, 12 * whole, Action::Reject);
    add(Metric::RepeatedExecution, {}, 3 * whole, Action::Scale);
    add(Metric::RepeatedExecution, {.symbol = "AAPL"}, 4 * whole, Action::Reject);
    add(Metric::Var, {.account = "*"}, 2'000 * whole, Action::Reject).dynamic = true;
    add(Metric::Es, {.sector = "*"}, 2'500 * whole, Action::Alert);
    add(Metric::CorrelatedExposure, {}, 50'000 * whole, Action::Alert);
    add(Metric::StressLoss, {.strategy = "*"}, 6'000 * whole, Action::Reject);
    add(Metric::Volatility, {}, 40, Action::Alert);
    add(Metric::DailyLoss, {.strategy = "*"}, 300 * whole, Action::Scale);
    add(Metric::DailyLoss, {.account = "B"}, 2'000 * whole, Action::ReduceOnly);
    add(Metric::Drawdown, {.account = "*"}, 10, Action::Liquidate);
    add(Metric::RejectRate, {.client = ""}, 12 * whole, Action::Scale);
    add(Metric::RejectRate, {.symbol = "*", .account = "*"}, 5 * whole, Action::Reject);
    add(Metric::LossStreak, {.strategy = "*"}, 2 * whole, Action::Reject);
    add(Metric::PriceMove, {.sector = "*"}, 4, Action::Alert);
    add(Metric::PriceMove, {.symbol = "*"}, 6, Action::Scale);
    add(Metric::VolatilitySpike, {}, 200 * whole, Action::Alert);
    add(Metric::VolatilitySpike, {.symbol = "*", .account = "*"}, 150 * whole, Action::Reject);
    add(Metric::StaleMark, {.account = "*"}, 0, Action::Reject);
  }
};

// Random events; what they name may or may not be there.
class BusyDay {
public:
  explicit BusyDay(std::uint64_t seed) : random_(seed) {}

  static Event client() {
    Event result{};
    result.type = EventType::Client;
    result.client.name = Name::from("c1");
    return result;
  }
  Event next() {
    t_.ns += below(20) == 0 ? below(4'000) * 1'000'000 : below(60) * 1'000'000;
    if (orders_ - expired_ > 60) return expire();  // so that a long day is no slower than a short one
    const std::int64_t kind = below(100);
    if (kind < 20) return mark();
    if (kind < 22) return rate();
    if (kind < 60) return intent();
    if (kind < 76) return fill();
    if (kind < 84) return reported();
    if (kind < 89) return replace();
    if (kind < 92) return size();
    if (kind < 94) return equity();
    return kind < 96 ? at_now(EventType::Clock) : control();
  }
  Event at_now(EventType type) const {
    Event result{};
    result.type = type;
    result.t = t_;
    return result;
  }

private:
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n)); }
  Id recent() { return Id::from("o" + std::to_string(std::max<std::int64_t>(1, orders_ - below(12)))); }
  Side side() { return below(2) == 0 ? Side::Buy : Side::Sell; }

  Event mark() {
    Event result = at_now(EventType::Mark);
    const auto symbol = static_cast<std::uint32_t>(1 + below(4));
    std::int64_t& price = prices_[symbol - 1];
    const std::int64_t cents = below(201) - 100, times = below(8) == 0 ? 5 : 1;  // drawn in this order everywhere
    price = std::max<std::int64_t>(20 * unit, price + cents * times * unit / 100);
    result.mark = {symbol, 0, {0}, {0}, {price}};
    if (below(3) != 0) result.mark.bid = {price - below(20) * unit / 100}, result.mark.ask = {price + unit / 100};
    return result;
  }
  Event rate() {
    Event result = at_now(EventType::Rate);
    result.mark = {2, 0, {0}, {0}, {unit + below(10) * unit / 100}};
    return result;
  }
  Event intent() {
    Event result = at_now(EventType::Intent);
    result.intent = {};
    result.intent.symbol = SymbolIndex(1 + below(4));
    result.intent.client = ClientIndex{1};
    result.intent.account = AccountIndex(1 + below(2));
    result.intent.strategy = StrategyIndex(1 + below(3));
    result.intent.side = side();
    result.intent.gate = Gate::Open;
    result.intent.resize = Resize(below(3));
    result.intent.reduce_only = below(6) == 0;
    result.intent.quantity = {(1 + below(12)) * 10 * unit};
    result.intent.market = below(5) == 0;
    result.intent.price = {prices_[at(result.intent.symbol) - 1] / (unit / 100) * (unit / 100)};
    result.intent.id = Id::from("o" + std::to_string(++orders_));
    return result;
  }
  Event replace() {
    Event result = at_now(EventType::Replace);
    result.replace = {};
    result.replace.client = ClientIndex{1};
    result.replace.gate = Gate::Open;
    result.replace.keep_price = true;
    result.replace.quantity = {(1 + below(15)) * 10 * unit};
    result.replace.id = recent();
    result.replace.new_id = Id::from("o" + std::to_string(++orders_));
    return result;
  }
  Event fill() {
    Event result = at_now(EventType::Fill);
    result.fill = {};
    result.fill.client = ClientIndex{1};
    result.fill.id = recent();
    if (below(5) == 0)
      result.fill.client = ClientIndex::None, result.fill.id = Id::from("liquidation-" + std::to_string(1 + below(20)));
    result.fill.exec_id = Id::from("e" + std::to_string(++executions_));
    result.fill.account = AccountIndex(1 + below(2));
    result.fill.strategy = StrategyIndex(1 + below(3));
    result.fill.symbol = SymbolIndex(1 + below(4));
    result.fill.side = side();
    result.fill.quantity = {(1 + below(10)) * 10 * unit};
    result.fill.price = {prices_[at(result.fill.symbol) - 1] + (below(101) - 50) * unit / 100};
    result.fill.fee_low = static_cast<std::uint64_t>(below(unit));
    return result;
  }
  Event reported() {
    constexpr EventType types[] = {EventType::Done, EventType::Done, EventType::Ack, EventType::Cancel};
    Event result = at_now(types[below(4)]);
    result.order = {};
    result.order.client = ClientIndex{1};
    result.order.id = recent();
    result.order.why = below(4) == 0 ? DoneWhy::Rejected : DoneWhy::Canceled;
    return result;
  }
  Event expire() {
    Event result = at_now(EventType::Done);
    result.order = {};
    result.order.client = ClientIndex{1};
    result.order.id = Id::from("o" + std::to_string(++expired_));
    result.order.why = DoneWhy::Expired;
    return result;
  }
  Event size() {
    const Event from = intent();
    Event result = at_now(EventType::Size);
    result.size = {};
    result.size.symbol = from.intent.symbol;
    result.size.account = from.intent.account;
    result.size.strategy = from.intent.strategy;
    result.size.side = from.intent.side;
    result.size.market = true;
    result.size.win_probability = 6 * unit / 10;
    result.size.payoff = result.size.confidence = result.size.horizon_days = unit;
    return result;
  }
  Event equity() {
    Event result = at_now(EventType::Equity);
    result.equity = {};
    result.equity.account = AccountIndex(1 + below(2));
    const int128 amount = int128{below(6'000) - 3'000} * unit;
    result.equity.amount_low = static_cast<std::uint64_t>(amount);
    result.equity.amount_high = static_cast<std::uint64_t>(static_cast<uint128>(amount) >> 64);
    return result;
  }
  Event control() {
    Event result = at_now(EventType::Control);
    ControlEvent& control = result.control = {};
    constexpr Command commands[] = {Command::ReduceOnly, Command::Liquidate, Command::Override, Command::Resume,
                                    Command::Resume,     Command::Resume,    Command::Resume};
    control.command = commands[below(7)];
    control.operator_name = Name::from("ann");
    control.reason = Sentence::from("as it is");
    if (control.command == Command::Resume) {  // nearly always everything, or the day would end here
      control.new_baseline = below(2) == 0;
      control.stage = Stage(below(3));
    } else if (below(2) == 0) {
      control.on.symbol = SymbolIndex(1 + below(4));
    } else {
      control.on.account = AccountIndex(1 + below(2));
    }
    control.limit = LimitIndex(static_cast<std::uint32_t>(1 + below(8)));
    control.whole_limit = true;
    control.max_low = static_cast<std::uint64_t>((1 + below(50'000)) * unit);
    control.until = {t_.ns + below(6'000) * 1'000'000};
    return result;
  }

  std::mt19937_64 random_;
  TimeNs t_{1'700'000'000'000'000'000};
  std::int64_t prices_[4] = {100 * unit, 200 * unit, 50 * unit, 80 * unit};
  std::int64_t orders_ = 0, executions_ = 0, expired_ = 0;
};

}  // namespace bulwark::core
