// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sidecar/risk/mistake.h"
#include "sidecar/risk/svg.h"

namespace bulwark::risk {

namespace {

constexpr double margin = 90;  // for names
constexpr const char* ink = "#345";
constexpr const char* alarm = "#c22";

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// From blue over white to red for -1 to 1.
std::string heat(double share) {
  const auto pale = static_cast<int>(std::lround(255 * (1 - std::min(1.0, std::abs(share)))));
  return share < 0 ? fmt::format("rgb({0},{0},255)", pale) : fmt::format("rgb(255,{0},{0})", pale);
}

void heat_map(const Json& result, const std::string& file) {
  const Json& matrix = result["value"];
  const auto size = static_cast<double>(matrix.size()), cell = std::clamp(900 / size, 3.0, 40.0);
  double largest = 0;
  for (const Json& row : matrix) {
    for (const Json& entry : row) largest = std::max(largest, std::abs(entry.get<double>()));
  }
  Svg svg(margin + cell * size + 10, margin + cell * size + 10);
  svg.words(5, 18,
            fmt::format("{}, {} (red +, blue -; darkest {:.4g})", text_of(result["name"]), text_of(result["estimator"]),
                        largest),
            Svg::Anchor::Start, 14);
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    const double at = margin + cell * static_cast<double>(i);
    if (cell >= 9) {
      svg.words(margin - 4, at + cell * 0.7, text_of(result["symbols"][i]), Svg::Anchor::End, std::min(11.0, cell));
      const double up = i % 2 == 0 ? 6 : 18;  // two rows of names, so that neighbours do not touch
      svg.words(at + cell / 2, margin - up, text_of(result["symbols"][i]), Svg::Anchor::Middle,
                std::min(10.0, cell / 2));
    }
    for (std::size_t j = 0; j < matrix.size(); ++j) {
      const double share = largest > 0 ? matrix[i][j].get<double>() / largest : 0;
      const double left = margin + cell * static_cast<double>(j);
      svg.box(left, at, cell, cell, heat(share));
      if (cell >= 30 && largest >= 0.1)  // the small numbers of covariances would not fit
        svg.words(left + cell / 2, at + cell * 0.6, fmt::format("{:.2f}", matrix[i][j].get<double>()),
                  Svg::Anchor::Middle);
    }
  }
  svg.save(file);
}

void exceptions(const Json& forecast, const Json& pnl, const std::string& file) {
  constexpr double width = 1'000, height = 400;
  const auto var = forecast["value"].get<std::vector<double>>(), days = pnl["value"].get<std::vector<double>>();
  double top = 0;
  for (std::size_t k = 0; k < days.size(); ++k) top = std::max({top, std::abs(days[k]), var[k]});
  const auto x = [&](std::size_t k) {
    return margin + width * static_cast<double>(k) / static_cast<double>(std::max<std::size_t>(1, days.size() - 1));
  };
  const auto y = [&](double value) { return 40 + height / 2 * (1 - value / (top > 0 ? top : 1)); };
  Svg svg(margin + width + 20, height + 80);
  std::vector<std::pair<double, double>> line, bound;
  for (std::size_t k = 0; k < days.size(); ++k) {
    line.emplace_back(x(k), y(days[k]));
    bound.emplace_back(x(k), y(-var[k]));
  }
  svg.path(line, "#9ab");
  svg.path(bound, ink);
  int count = 0;
  for (std::size_t k = 0; k < days.size(); ++k) {
    if (!(days[k] < -var[k])) continue;
    svg.dot(x(k), y(days[k]), alarm);
    ++count;
  }
  svg.words(margin, 22,
            fmt::format("{} VaR at {}: {} exceptions in {} days", text_of(forecast["method"]),
                        text_of(forecast["confidence"]), count, days.size()),
            Svg::Anchor::Start, 14);
  for (const double value : {top, 0.0, -top})
    svg.words(margin - 6, y(value) + 4, fmt::format("{:.3g}", value), Svg::Anchor::End);
  svg.words(margin, height + 65, text_of(forecast["dates"].front()));
  svg.words(margin + width, height + 65, text_of(forecast["dates"].back()), Svg::Anchor::End);
  svg.save(file);
}

// How far below its highest value the book was, day by day.
void underwater(const Json& depths, const std::string& file) {
  constexpr double width = 1'000, height = 300, top = 40;
  const auto days = depths["value"].get<std::vector<double>>();
  const double deepest = *std::max_element(days.begin(), days.end());
  const double step = width / static_cast<double>(std::max<std::size_t>(1, days.size() - 1));
  Svg svg(margin + width + 20, height + 90);
  std::vector<std::pair<double, double>> line;
  for (std::size_t k = 0; k < days.size(); ++k) {
    const double depth = deepest > 0 ? height * days[k] / deepest : 0, x = margin + step * static_cast<double>(k);
    svg.box(x - step / 2, top, step, depth, "#dbe2ea");
    line.emplace_back(x, top + depth);
  }
  svg.path(line, ink);
  svg.words(margin, 22, fmt::format("drawdown: {:.3g} % at the deepest", 100 * deepest), Svg::Anchor::Start, 14);
  for (const double share : {0.0, 0.5, 1.0})
    svg.words(margin - 6, top + height * share + 4, fmt::format("{:.3g} %", 0 - 100 * deepest * share),
              Svg::Anchor::End);
  svg.words(margin, height + 65, text_of(depths["dates"].front()));
  svg.words(margin + width, height + 65, text_of(depths["dates"].back()), Svg::Anchor::End);
  svg.save(file);
}

// What a result is called in a picture: its name and what tells it from the others.
std::string label(const Json& result) {
  std::string text = text_of(result["name"]);
  for (const char* key : {"symbol", "sector", "scenario", "strategy", "factor", "state", "convention", "confidence"}) {
    if (result.contains(key)) text += " " + text_of(result[key]);
  }
  return text;
}

void bars(const Report& report, const std::string& file) {
  std::vector<const Json*> shown;
  double largest = 0;
  std::size_t longest = 0;
  for (const Json& result : report.results()) {
    if (!result["value"].is_number()) continue;
    shown.push_back(&result);
    largest = std::max(largest, std::abs(result["value"].get<double>()));
    longest = std::max(longest, label(result).size());
  }
  if (shown.empty()) throw Mistake("--plot: there is no number to draw");
  constexpr double width = 500, line = 18;
  const double middle = 20 + 6.5 * static_cast<double>(longest) + width / 2;
  Svg svg(middle + width / 2 + 90, line * static_cast<double>(shown.size()) + 30);
  double y = 15;
  for (const Json* result : shown) {
    const double value = (*result)["value"].get<double>(),
                 length = largest > 0 ? std::abs(value) / largest * width / 2 : 0;
    svg.words(10, y + 12, label(*result));
    svg.box(value < 0 ? middle - length : middle, y, length, line - 4, value < 0 ? "#9ab" : ink);
    svg.words(middle + width / 2 + 8, y + 12, fmt::format("{:.4g}", value));
    y += line;
  }
  svg.save(file);
}

const Json* find(const Report& report, std::string_view name) {
  const auto found = std::find_if(report.results().begin(), report.results().end(),
                                  [name](const Json& one) { return one["name"] == name && one["value"].is_array(); });
  return found == report.results().end() ? nullptr : &*found;
}

}  // namespace

void check_plot(const std::string& file) {
  if (file.empty() || file.ends_with(".svg") || file.ends_with(".png")) return;
  throw Mistake("--plot: found \"" + file + "\"; a picture is FILE.svg or FILE.png");
}

void plot(const Report& report, const std::string& file) {
  for (const char* name : {"correlation", "covariance"}) {
    if (const Json* matrix = find(report, name)) return heat_map(*matrix, file);
  }
  const Json *forecast = find(report, "forecast"), *pnl = find(report, "pnl");
  if (forecast != nullptr && pnl != nullptr) return exceptions(*forecast, *pnl, file);
  if (const Json* depths = find(report, "underwater")) return underwater(*depths, file);
  bars(report, file);
}

}  // namespace bulwark::risk
