// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "shm/latch.h"

namespace bulwark::command {

std::string left(const std::string& text, std::size_t width) { return fmt::format("{:<{}.{}}", text, width, width); }
std::string right(const std::string& text, std::size_t width) { return fmt::format("{:>{}.{}}", text, width, width); }

// A row each in turn, until there is no room or nobody has more.
static std::vector<std::size_t> shares(const std::vector<Section>& sections, std::size_t line_count) {
  std::vector<std::size_t> shown(sections.size(), 0);
  std::size_t room = line_count > sections.size() ? line_count - sections.size() : 0;
  for (bool more = true; more && room > 0;) {
    more = false;
    for (std::size_t k = 0; k < sections.size() && room > 0; ++k) {
      if (shown[k] == sections[k].rows.size()) continue;
      ++shown[k];
      --room;
      more = true;
    }
  }
  return shown;
}

static Line title_of(const Section& section, std::size_t shown) {
  if (section.rows.empty()) return {{section.none, Mark::Faint}};
  const std::string count = section.counted && shown < section.rows.size()
                                ? fmt::format(" ({} of {})", shown, section.rows.size())
                                : std::string();
  // The head is laid over the title, which stands where the first column is.
  std::string text = section.head;
  const std::string title = section.title + count;
  text.resize(std::max(text.size(), title.size() + 1), ' ');
  const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
  if (first > title.size()) text.replace(0, title.size(), title);
  else text = title + " " + text.substr(std::min(first, text.size()));
  return {{text, Mark::Head}};
}

Lines stacked(std::vector<Section> sections, std::size_t line_count) {
  sections.resize(std::min(sections.size(), std::max<std::size_t>(1, line_count / 2)));  // a title is no use alone
  const std::vector<std::size_t> shown = shares(sections, line_count);
  Lines lines;
  for (std::size_t k = 0; k < sections.size(); ++k) {
    lines.push_back(title_of(sections[k], shown[k]));
    lines.insert(lines.end(), sections[k].rows.begin(),
                 sections[k].rows.begin() + static_cast<std::ptrdiff_t>(shown[k]));
  }
  if (lines.size() > line_count) lines.resize(line_count);
  return lines;
}

// The first `width` signs of a line, and blanks up to there.
static Line cut(const Line& line, std::size_t width) {
  Line result;
  std::size_t used = 0;
  for (const Word& word : line) {
    result.push_back({word.text.substr(0, width - used), word.mark});
    used += result.back().text.size();
  }
  result.push_back({std::string(width - used, ' ')});
  return result;
}

Lines beside(const Lines& one, const Lines& other, std::size_t width) {
  Lines lines;
  for (std::size_t k = 0; k < std::max(one.size(), other.size()); ++k) {
    Line line = cut(k < one.size() ? one[k] : Line{}, width - 2);
    line.push_back({"  "});
    if (k < other.size()) line.insert(line.end(), other[k].begin(), other[k].end());
    lines.push_back(line);
  }
  return lines;
}

static const char* code_of(Mark mark) {
  switch (mark) {
    case Mark::Head: return "\x1b[1m";
    case Mark::Faint: return "\x1b[2m";
    case Mark::Warn: return "\x1b[33m";
    case Mark::Alarm: return "\x1b[1;7m";  // bold, inverse: seen by everybody
    case Mark::None: break;
  }
  return "";
}

std::string text_of(const Lines& lines, std::size_t columns, bool coloured) {
  std::string text;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    std::string shown;
    std::size_t kept = 0;  // blanks at the end are not
    for (const Word& word : cut(lines[k], columns)) {
      const std::string plain = shm::printable(word.text);
      const bool marked = coloured && word.mark != Mark::None && !plain.empty();
      shown += marked ? code_of(word.mark) + plain + "\x1b[0m" : plain;
      if (marked || plain.find_last_not_of(' ') != std::string::npos) {
        kept = marked ? shown.size() : shown.size() - plain.size() + plain.find_last_not_of(' ') + 1;
      }
    }
    text += (k == 0 ? "" : "\n") + shown.substr(0, kept);
  }
  return text;
}

}  // namespace bulwark::command
