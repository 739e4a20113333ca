// SPDX-License-Identifier: Apache-2.0
// Text for a screen of a given size: lines of words, some of them marked. Colour is never the only mark.
#pragma once

#include <string>
#include <vector>

namespace bulwark::command {

enum class Mark { None, Head, Faint, Warn, Alarm };

struct Word {
  std::string text;
  Mark mark = Mark::None;
};
using Line = std::vector<Word>;
using Lines = std::vector<Line>;

// A table with its head, of which as many rows are shown as there is room for.
struct Section {
  std::string title, head;  // of the rows: the names of the columns
  Lines rows;
  std::string none;     // instead of rows, where there are none
  bool counted = true;  // the title says how many rows are shown of how many
};

// `text` in a place of that width, to the left or right; cut where it is longer.
std::string left(const std::string& text, std::size_t width);
std::string right(const std::string& text, std::size_t width);

// The sections below each other in at most that many lines, each with its fair share of them; the last ones not,
// where there is no room.
Lines stacked(std::vector<Section> sections, std::size_t line_count);
// Two stacks beside each other, the left one of that width.
Lines beside(const Lines& one, const Lines& other, std::size_t width);

// Each line cut to that width and made of printable ASCII, whatever came in; no newline behind the last one.
std::string text_of(const Lines& lines, std::size_t columns, bool coloured);

}  // namespace bulwark::command
