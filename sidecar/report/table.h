// SPDX-License-Identifier: Apache-2.0
// A table of the HTML report, row by row. Everything that goes in is text, and is escaped here.
#pragma once

#include <string>
#include <vector>

namespace bulwark::report {

class Table {
public:
  // A heading that begins with ">" has numbers below it, aligned at their right; one with "~" words of people, which
  // may be broken anywhere.
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // The first `most` rows, and how many more there are. Without rows: that there is nothing.
  std::string html(const std::string& nothing, std::size_t most = 25) const;

private:
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

std::string heading(const std::string& text);
std::string smaller_heading(const std::string& text);
std::string paragraph(const std::string& text, const char* kind = "");

}  // namespace bulwark::report
