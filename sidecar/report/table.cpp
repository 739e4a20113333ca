// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/table.h"

#include <algorithm>

#include "sidecar/report/svg.h"
#include "sidecar/report/words.h"

namespace bulwark::report {

std::string heading(const std::string& text) { return "<h2>" + escaped(text) + "</h2>\n"; }

std::string smaller_heading(const std::string& text) { return "<h3>" + escaped(text) + "</h3>\n"; }

std::string paragraph(const std::string& text, const char* kind) {
  const std::string what = *kind == 0 ? "" : " class=\"" + std::string(kind) + "\"";
  return "<p" + what + ">" + escaped(text) + "</p>\n";
}

// The attribute of a column's cells.
static const char* kind_of(const std::string& heading) {
  return heading.starts_with('>') ? " class=\"n\"" : heading.starts_with('~') ? " class=\"w\"" : "";
}

std::string Table::html(const std::string& nothing, std::size_t most) const {
  if (rows_.empty()) return paragraph(nothing, "nothing");
  constexpr std::size_t together_max = 12;  // so few rows stay on one page
  std::string text = rows_.size() > together_max ? "<table>" : "<table class=\"few\">";
  text += "<thead><tr>";
  for (const std::string& one : headings_) {
    const std::string kind = kind_of(one);
    text += "<th" + kind + ">" + escaped(kind.empty() ? one : one.substr(1)) + "</th>";
  }
  text += "</tr></thead><tbody>\n";
  for (std::size_t k = 0; k < std::min(most, rows_.size()); ++k) {
    text += "<tr>";
    for (std::size_t cell = 0; cell < rows_[k].size(); ++cell)
      text += "<td" + std::string(kind_of(headings_[cell])) + ">" + escaped(rows_[k][cell]) + "</td>";
    text += "</tr>\n";
  }
  text += "</tbody></table>\n";
  if (rows_.size() > most)
    text += paragraph("and " + counted(rows_.size() - most, "more row") + ", in the JSON and CSV", "nothing");
  return text;
}

}  // namespace bulwark::report
