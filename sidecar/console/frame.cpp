// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/frame.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "shm/clock.h"
#include "shm/risk_page.h"

namespace bulwark::console {

static_assert(std::endian::native == std::endian::little, "frames are little endian");

static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
static constexpr std::uint32_t frame_magic = 0x31465742;  // "BWF1"

static double if_known(bool known, double value) { return known ? value : unknown; }

static std::optional<shm::RiskPicture> picture_of(const kill::Instance& instance) {
  const auto page = shm::attach<const shm::RiskPage>(instance.folder + "/risk", shm::Access::ReadOnly);
  return page ? shm::read_risk(*page) : std::nullopt;
}

static void add_risk(const shm::RiskFigures& figures, std::vector<double>& to) {
  using namespace shm::risk_known;
  const auto knows = [&](std::uint64_t what) { return (figures.known & what) != 0; };
  const auto add = [&](bool known, std::initializer_list<double> values) {
    for (const double value : values) to.push_back(if_known(known, value));
  };
  add(knows(profit), {figures.equity, figures.peak});
  add(knows(profit) && figures.peak > 0, {figures.drawdown});
  add(knows(profit), {figures.profit_today, figures.realised, figures.unrealised, figures.fees});
  add(knows(exposure), {figures.long_value, figures.short_value, figures.gross, figures.net});
  add(knows(parametric), {figures.parametric_var, figures.parametric_es});
  add(knows(historical), {figures.historical_var, figures.historical_es, figures.filtered_var, figures.filtered_es});
  add(knows(stress), {figures.worst_loss});
}

static void add_board(const kill::Instance& instance, std::vector<double>& to) {
  if (!instance.board) return to.resize(to.size() + 8, unknown);
  const shm::Board& board = *instance.board;
  const std::uint64_t factor = board.market_factor.load(std::memory_order_relaxed);
  to.push_back(if_known(factor != 0, static_cast<double>(factor) / static_cast<double>(unit)));
  for (const shm::AtomicWord* word : {&board.intents, &board.accepted, &board.refused, &board.events,
                                      &board.journal_appended, &board.journal_written, &board.loop_ns_max})
    to.push_back(static_cast<double>(word->load(std::memory_order_relaxed)));
}

static void add_rows(const shm::RiskPicture& picture, const std::vector<std::string>& symbols, const LimitUse& use,
                     Frame& frame) {
  using namespace shm::risk_known;
  const std::uint64_t known = picture.figures.known;
  const bool valued = (known & profit) != 0, exposed = (known & exposure) != 0, measured = (known & parametric) != 0;
  for (const shm::RiskRow& row : picture.symbols) {
    if (row.index == 0 || row.index > symbols.size()) continue;  // of a symbol that the page has not heard of yet
    frame.symbols.push_back(static_cast<std::int32_t>(row.index - 1));
    const auto nearest = use.find(symbols[row.index - 1]);
    const std::array<double, column_names.size()> values{if_known(exposed, row.gross),
                                                         if_known(exposed, row.net),
                                                         if_known(valued, row.profit_today),
                                                         if_known(valued, row.realised),
                                                         if_known(valued, row.unrealised),
                                                         if_known(measured, row.component_var),
                                                         nearest == use.end() ? unknown : nearest->second};
    for (std::size_t k = 0; k < values.size(); ++k) frame.columns[k].push_back(values[k]);
  }
}

Frame frame_of(const kill::Instance& instance, const std::vector<std::string>& symbols, const LimitUse& use) {
  Frame frame;
  frame.t_ms = static_cast<double>(shm::wall_now().ns) / 1e6;
  frame.columns.resize(column_names.size());
  const auto picture = picture_of(instance);
  add_risk(picture ? picture->figures : shm::RiskFigures{}, frame.scalars);
  add_board(instance, frame.scalars);
  const std::int64_t age_ns = picture ? shm::monotonic_now().ns - picture->figures.computed_ns : 0;
  frame.scalars.push_back(if_known(picture.has_value(), static_cast<double>(std::max<std::int64_t>(0, age_ns)) / 1e6));
  if (picture) add_rows(*picture, symbols, use, frame);
  return frame;
}

template <class Value>
static void append(std::string& bytes, Value value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string frame_bytes(const Frame& frame) {
  std::string bytes;
  const auto rows = static_cast<std::uint32_t>(frame.symbols.size());
  append(bytes, frame_magic);
  append(bytes, static_cast<std::uint32_t>(frame.scalars.size()));
  append(bytes, rows);
  append(bytes, static_cast<std::uint32_t>(frame.columns.size()));
  append(bytes, frame.number);
  append(bytes, frame.t_ms);
  for (const double value : frame.scalars) append(bytes, value);
  for (const std::int32_t symbol : frame.symbols) append(bytes, symbol);
  if (rows % 2 != 0) append(bytes, std::int32_t{0});
  for (const std::vector<double>& column : frame.columns) {
    for (const double value : column) append(bytes, static_cast<float>(value));
  }
  return bytes;
}

nlohmann::ordered_json frame_json(const Frame& frame) {
  using Json = nlohmann::ordered_json;
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  Json json{{"number", frame.number}, {"t", frame.t_ms}, {"scalars", Json::object()}, {"symbol", frame.symbols}};
  for (std::size_t k = 0; k < scalar_names.size(); ++k)
    json["scalars"][std::string(scalar_names[k])] = number(frame.scalars[k]);
  json["columns"] = Json::object();
  for (std::size_t k = 0; k < column_names.size(); ++k) {
    Json values = Json::array();
    for (const double value : frame.columns[k]) values.push_back(number(value));
    json["columns"][std::string(column_names[k])] = std::move(values);
  }
  return json;
}

}  // namespace bulwark::console
