// SPDX-License-Identifier: Apache-2.0
// A picture as SVG text: rectangles, lines and words are all that our figures need.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bulwark::risk {

class Svg {
public:
  Svg(double width, double height) : width_(width), height_(height) {}

  void box(double x, double y, double width, double height, std::string_view colour);
  void dot(double x, double y, std::string_view colour);
  void path(const std::vector<std::pair<double, double>>& points, std::string_view colour);
  enum class Anchor { Start, Middle, End };
  void words(double x, double y, std::string_view text, Anchor anchor = Anchor::Start, double size = 11);

  // Throws Mistake: it cannot be written.
  void save(const std::string& file) const;

private:
  double width_, height_;
  std::string body_;
};

}  // namespace bulwark::risk
