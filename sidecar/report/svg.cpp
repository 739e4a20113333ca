// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sidecar/report/words.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      default: result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return result;
}

namespace {

constexpr double width = 720, left = 90, right = 12;

// How each kind of stroke looks; in attributes, because not every converter knows the page's style inside a picture.
constexpr const char* rung = R"(stroke="#ddd" stroke-width="0.75")";
constexpr const char* axis = R"(stroke="#333" stroke-width="1")";
constexpr const char* curve_look = R"(fill="none" stroke="#0b3d66" stroke-width="1.6")";
constexpr const char* hole = R"(fill="#d9a38f" stroke="#8c3b1f" stroke-width="0.8")";
constexpr const char* gain = R"(fill="#fff" stroke="#0b3d66" stroke-width="1")";
constexpr const char* loss = R"(fill="#0b3d66" stroke="#0b3d66" stroke-width="1")";
constexpr const char* var_line = R"(stroke="#8c3b1f" stroke-width="1.6" stroke-dasharray="4 2")";
constexpr const char* gross_bar = R"(fill="#bcd0e0" stroke="#0b3d66" stroke-width="0.8")";
constexpr const char* net_tick = R"(stroke="#1a1a1a" stroke-width="3")";

// From numbers to places, both ends included.
struct Scale {
  double low, high, begin, end;
  double operator()(double value) const { return begin + (value - low) / (high - low) * (end - begin); }
};

// 1, 2 or 5 times a power of ten, about a fourth of it.
double step_of(double range) {
  const double rough = range / 4, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double times : {1.0, 2.0, 5.0}) {
    if (rough <= times * power) return times * power;
  }
  return 10 * power;
}

std::string words(double x, double y, const std::string& text, const char* anchor = "start") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor, escaped(text));
}

std::string line(double x1, double y1, double x2, double y2, const char* look) {
  return fmt::format("<line {} x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>", look, x1, y1, x2, y2);
}

std::string box(double x, double y, double wide, double high, const char* look) {
  return fmt::format("<rect {} x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>", look, x, y,
                     std::max(wide, 0.5), std::max(high, 0.5));
}

// Lines at round numbers, with their numbers beside them.
std::string rungs(const Scale& y, double factor, const char* after) {
  const double step = step_of(y.high - y.low);
  const int decimals = step * factor >= 1 ? 0 : static_cast<int>(std::ceil(-std::log10(step * factor)));
  std::string text;
  for (double value = std::ceil(y.low / step) * step; value <= y.high + step / 1e6; value += step) {
    text += line(left, y(value), width - right, y(value), rung);
    text += words(left - 6, y(value) + 4, grouped(value * factor, decimals) + after, "end");
  }
  return text;
}

std::string picture(double height, const std::string& title, const std::string& body) {
  return fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" font-family=\"DejaVu Sans, Arial, sans-serif\" "
      "font-size=\"10\" fill=\"#333\">{}</svg>\n",
      width, height, escaped(title), body);
}

}  // namespace

std::string profit_picture(const Json& document) {
  const Json& track = document["track"];
  if (track.size() < 2) return {};
  double low = 0, high = 0, deepest = 0;
  for (const Json& point : track) {
    low = std::min(low, point["profit"].get<double>());
    high = std::max(high, point["profit"].get<double>());
    deepest = std::max(deepest, point["drawdown"].get<double>());
  }
  if (low == high) return {};
  const double first = track.front()["t"].get<double>(), last = track.back()["t"].get<double>();
  const Scale x{first, std::max(last, first + 1), left, width - right}, y{low, high, 190, 14};
  const Scale below{0, deepest > 0 ? deepest : 1, 214, 274};
  std::string curve, area = fmt::format("M{:.1f},{:.1f}", x(first), below(0));
  double before = y(0);
  for (const Json& point : track) {
    const double at = x(point["t"].get<double>()), place = y(point["profit"].get<double>());
    // Between two events nothing moves: steps, not slopes.
    curve += curve.empty() ? fmt::format("M{:.1f},{:.1f}", at, place)
                           : fmt::format("L{:.1f},{:.1f}L{:.1f},{:.1f}", at, before, at, place);
    before = place;
    area += fmt::format("L{:.1f},{:.1f}", at, below(point["drawdown"].get<double>()));
  }
  area += fmt::format("L{:.1f},{:.1f}Z", x(last), below(0));
  std::string body = rungs(y, 1, "") + line(left, y(0), width - right, y(0), axis);
  body += fmt::format("<path {} d=\"{}\"/>", curve_look, curve);
  body += line(left, below(0), width - right, below(0), axis);
  if (deepest > 0) {
    body += fmt::format("<path {} d=\"{}\"/>", hole, area);
    body += words(left - 6, below(deepest) + 4, grouped(-100 * deepest, 2) + " %", "end");
  }
  body += words(left - 6, below(0) + 4, "drawdown", "end");
  body += words(left, 294, moment(track.front()["t"])) + words(width - right, 294, moment(track.back()["t"]), "end");
  return picture(300, "Profit and drawdown over time", body);
}

std::string sessions_picture(const Json& document) {
  std::vector<const Json*> rows;
  double bound = 0;
  for (const Json& row : document["backtest"]["by_session"]) {
    if (row["var"].is_null()) continue;
    rows.push_back(&row);
  }
  constexpr std::size_t shown = 60;
  if (rows.size() > shown) rows.erase(rows.begin(), rows.end() - shown);
  for (const Json* row : rows)
    bound = std::max({bound, (*row)["var"].get<double>(), std::abs((*row)["frozen"].get<double>())});
  if (rows.size() < 2 || bound == 0) return {};
  const Scale y{-1.08 * bound, 1.08 * bound, 200, 10};
  const double slot = (width - left - right) / static_cast<double>(rows.size());
  std::string body = rungs(y, 1, ""), marks;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const Json& row = *rows[k];
    const double profit = row["frozen"].get<double>(), var = row["var"].get<double>();
    const double x = left + slot * static_cast<double>(k);
    body += box(x + 0.15 * slot, std::min(y(0), y(profit)), 0.7 * slot, std::abs(y(profit) - y(0)),
                profit < 0 ? loss : gain);
    body += line(x, y(-var), x + slot, y(-var), var_line);
    if (row["exception"].get<bool>()) marks += words(x + slot / 2, y(profit) + 12, "\u2715", "middle");
  }
  body += line(left, y(0), width - right, y(0), axis) + marks;
  body += words(left, 222, plain((*rows.front())["date"])) +
          words(width - right, 222, plain((*rows.back())["date"]), "end");
  return picture(228, "Profit of each session against its VaR", body);
}

std::string sectors_picture(const Json& document) {
  std::vector<const Json*> rows;
  double high = 0, low = 0;
  for (const Json& row : document["exposures"]["sectors"]) {
    if (row["gross"].is_null()) continue;
    rows.push_back(&row);
    high = std::max({high, row["gross"].get<double>(), row["net"].get<double>()});
    low = std::min(low, row["net"].get<double>());
  }
  if (rows.empty() || high == 0) return {};
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Json* a, const Json* b) { return (*a)["gross"] > (*b)["gross"]; });
  constexpr std::size_t shown = 16;
  rows.resize(std::min(rows.size(), shown));
  constexpr double row_height = 24, names = 150;
  const Scale x{low, high, names + 6, width - 190};
  std::string body;
  double y = 6;
  for (const Json* row : rows) {
    const double gross = (*row)["gross"].get<double>(), net = (*row)["net"].get<double>();
    body += words(names - 8, y + 14, (*row)["sector"].is_null() ? "no sector" : plain((*row)["sector"]), "end");
    body += box(x(0), y + 3, x(gross) - x(0), row_height - 10, gross_bar);
    body += line(x(net), y, x(net), y + row_height - 4, net_tick);
    body += words(width - 182, y + 14, grouped(gross, 0) + " (net " + grouped(net, 0) + ")");
    y += row_height;
  }
  body += line(x(0), 0, x(0), y, axis);
  return picture(y + 4, "Gross and net exposure by sector", body);
}

}  // namespace bulwark::report
