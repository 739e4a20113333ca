// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/session_record.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <utility>

#include "shm/decimal.h"
#include "shm/risk_page.h"
#include "shm/whole_file.h"
#include "sidecar/config/csv.h"
#include "sidecar/config/reading.h"

namespace bulwark::process {

namespace {

[[noreturn]] void fail(const std::string& path, const char* what) { throw std::runtime_error(path + ": " + what); }
[[noreturn]] void fail_damaged(const std::string& path) {
  fail(path, "a line of it is damaged; move the file away to start anew");
}

// Empty: there is none yet.
std::string content_of(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) return {};
  std::optional<std::string> text = config::read_file(path);
  if (!text) fail(path, "cannot be read");
  return std::move(*text);
}

std::string exact(double number) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", number);
  return text;
}

using Fields = std::vector<std::string_view>;

double number_at(const std::string& path, const Fields& fields, std::size_t place) {
  const auto found = place < fields.size() ? config::number_of(fields[place]) : std::nullopt;
  if (!found) fail_damaged(path);
  return *found;
}

std::int64_t whole_at(const std::string& path, const Fields& fields, std::size_t place) {
  std::int64_t value = 0;
  const std::string_view text = place < fields.size() ? fields[place] : std::string_view{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) fail_damaged(path);
  return value;
}

}  // namespace

// No day and no change of the clock is as long as two days.
TimeNs start_of_session(const core::SessionClock& clock, TimeNs t) {
  TimeNs start = clock.next_start_after({t.ns - 172'800'000'000'000});
  for (TimeNs next = start; next <= t; next = clock.next_start_after(next)) start = next;
  return start;
}

SessionRecord::SessionRecord(std::string directory, core::Session session)
    : directory_(std::move(directory)), session_(std::move(session)), clock_(session_) {
  const std::string path = directory_ + "/sessions.csv", text = content_of(path);
  config::each_line(text, [&](int, const Fields& fields) {
    if (fields.size() != 5 || !config::is_date(fields[0])) fail_damaged(path);
    const bool missed = fields[1].empty();
    const auto number = [&](std::size_t place) { return missed ? 0 : number_at(path, fields, place); };
    observations_.push_back({std::string(fields[0]), number(1), number(2), number(3), number(4)});
  });
  read_open();
}

void SessionRecord::read_open() {
  const std::string path = directory_ + "/session.csv", text = content_of(path);
  bool head = true;
  config::each_line(text, [&](int, const Fields& fields) {
    if (head) {
      start_ = {whole_at(path, fields, 0)};
      end_ = {whole_at(path, fields, 1)};
      confidence_ = number_at(path, fields, 2);
      var_ = number_at(path, fields, 3);
      profit_ = number_at(path, fields, 4);
    } else {
      frozen_.push_back({std::string(fields[0]), whole_at(path, fields, 1), whole_at(path, fields, 2)});
    }
    head = false;
  });
}

bool SessionRecord::rolls(TimeNs t, const core::Engine& engine) {
  if (!engine.started()) return false;
  // The start of sessions may have been configured anew between two lives.
  if (!std::exchange(resumed_, true) && engine.now() < end_)
    end_ = std::min(end_, clock_.next_start_after(engine.now()));
  if (t < end_) return false;
  const std::vector<core::Symbol>& symbols = engine.market().symbols;
  if (std::any_of(symbols.begin(), symbols.end(), [this](const core::Symbol& one) { return marked(one); })) return true;
  end_ = clock_.next_start_after(t);
  save_open();
  return false;
}

void SessionRecord::roll(TimeNs t, const core::Engine& engine, LiveBook& book, const std::string& own_closes) {
  // A session is whole where the engine has not passed its end yet either: these are the last marks before it.
  const bool ran = end_.ns != 0, whole = engine.now() < end_;
  if (whole && !own_closes.empty()) add_closes(engine, own_closes);
  if (whole) close(engine);
  else if (ran) add_observation({date()});
  open(whole ? end_ : start_of_session(clock_, t), whole, engine, book);
  // The event may come days later: no session in between had a market.
  end_ = clock_.next_start_after(t);
  save_open();
}

void SessionRecord::close(const core::Engine& engine) {
  if (frozen_.empty()) return;
  const core::AccountState& all = engine.book().accounts[0];
  double frozen = 0;
  bool known = var_ > 0 && all.rows_without_rate == 0;
  for (const Frozen& one : frozen_) {
    const core::Symbol& symbol = engine.market().symbols[at(engine.names().symbols.find(one.symbol))];
    known = known && symbol.valued();
    frozen += core::to_model(symbol.value(one.position) - symbol.value(one.position, one.reference));
  }
  const double actual = core::to_model(all.profit) - profit_;
  add_observation(known ? Observation{date(), confidence_, var_, frozen, actual} : Observation{date()});
}

// From `start` on, with the book and the marks as they are; not whole: it has begun already, and will be missed.
void SessionRecord::open(TimeNs start, bool whole, const core::Engine& engine, LiveBook& book) {
  book.follow(engine);
  start_ = start;
  profit_ = core::to_model(engine.book().accounts[0].profit);
  frozen_.clear();
  for (const Holding& held : book.holdings()) {
    const core::Symbol& symbol = engine.market().symbols[at(held.symbol)];
    frozen_.push_back({engine.names().symbols.name(held.symbol), held.position, symbol.reference.raw});
  }
  const bool known = whole && (book.known() & shm::risk_known::parametric) != 0;
  confidence_ = known ? book.risk().model().confidence : 0;
  var_ = known ? book.risk().figures().parametric.var : 0;
}

// Of every symbol that was marked in the session that ends.
void SessionRecord::add_closes(const core::Engine& engine, const std::string& path) const {
  std::string lines;
  for (std::size_t k = 1; k < engine.market().symbols.size(); ++k) {
    const core::Symbol& symbol = engine.market().symbols[k];
    if (marked(symbol))
      lines += date() + "," + engine.names().symbols.name(SymbolIndex(k)) + "," + to_text(symbol.reference) + "\n";
  }
  if (lines.empty()) return;
  const std::string before = content_of(path);
  shm::write_whole(path, std::string(config::whole_lines(before)) + lines);
}

void SessionRecord::add_observation(const Observation& observation) {
  observations_.push_back(observation);
  const bool missed = !(observation.var > 0);
  const std::string numbers = exact(observation.confidence) + "," + exact(observation.var) + "," +
                              exact(observation.frozen) + "," + exact(observation.actual);
  const std::string path = directory_ + "/sessions.csv";
  shm::write_whole(path, content_of(path) + observation.date + "," + (missed ? ",,," : numbers) + "\n");
}

void SessionRecord::save_open() const {
  std::string text = std::to_string(start_.ns) + "," + std::to_string(end_.ns) + "," + exact(confidence_) + "," +
                     exact(var_) + "," + exact(profit_) + "\n";
  for (const Frozen& one : frozen_)
    text += one.symbol + "," + std::to_string(one.position) + "," + std::to_string(one.reference) + "\n";
  shm::write_whole(directory_ + "/session.csv", text);
}

std::string date_of_session(const core::Session& session, TimeNs end) {
  const std::int64_t last_s = (end.ns - 1) / 1'000'000'000;
  std::int64_t offset_s = session.zone.front().offset_s;
  for (const core::ZoneOffset& zone : session.zone) {
    if (zone.from_s <= last_s) offset_s = zone.offset_s;
  }
  const std::time_t local = last_s + offset_s;
  std::tm parts{};
  ::gmtime_r(&local, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

}  // namespace bulwark::process
