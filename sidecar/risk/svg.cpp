// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/svg.h"

#include <fmt/format.h>

#include <array>
#include <fstream>

#include "sidecar/risk/mistake.h"
#include "sidecar/risk/png.h"

namespace bulwark::risk {

namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char one : text) {
    if (one == '<') result += "&lt;";
    else if (one == '&') result += "&amp;";
    else result += one;
  }
  return result;
}

}  // namespace

void Svg::box(double x, double y, double width, double height, std::string_view colour) {
  body_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n", x, y,
                       width, height, colour);
}

void Svg::dot(double x, double y, std::string_view colour) {
  body_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>\n", x, y, colour);
}

void Svg::path(const std::vector<std::pair<double, double>>& points, std::string_view colour) {
  std::string places;
  for (const auto& [x, y] : points) places += fmt::format("{:.1f},{:.1f} ", x, y);
  body_ += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\"/>\n", places, colour);
}

void Svg::words(double x, double y, std::string_view text, Anchor anchor, double size) {
  constexpr std::array anchors{"start", "middle", "end"};
  body_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{:.0f}\" text-anchor=\"{}\">{}</text>\n", x, y,
                       size, anchors[static_cast<std::size_t>(anchor)], escaped(text));
}

void Svg::save(const std::string& file) const {
  const std::string text =
      fmt::format(
          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
          "height=\"{1:.0f}\" font-family=\"sans-serif\">\n<rect width=\"{0:.0f}\" height=\"{1:.0f}\" "
          "fill=\"#fff\"/>\n",
          width_, height_) +
      body_ + "</svg>\n";
  if (file.ends_with(".png")) return write_png(text, file);
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) throw Mistake(file + ": cannot be written");
}

}  // namespace bulwark::risk
