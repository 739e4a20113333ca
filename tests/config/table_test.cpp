// SPDX-License-Identifier: Apache-2.0
// Runs the tables good.txt, mistakes.txt, limits.txt, environment.txt: configurations and what is said about them, word
// by word.
//
//   ---- title                   begins a case
//   any TOML                     the configuration; what it says nothing about ([instance], [instruments], an account
//                                ACC1, a strategy momo) is added below it, so that its first line is line 1
//   csv> AAPL,Technology,,,,,    the instruments file below its header line; `csv>> ` writes the header too
//   $ BULWARK__A__B=5            a variable of the environment
//   => FILE:LINE: KEY: message   all the mistakes, in this order; a case without any has to load
//   == key = value  # origin     a line that check-config prints
#include <gtest/gtest.h>

#include <sstream>

#include "tests/config/support.h"

namespace bulwark::config {
namespace {

struct Case {
  std::string title, toml, csv;
  Environment environment;
  std::vector<std::string> mistakes, values;
};

void take_line(Case& one, const std::string& line) {
  const auto rest = [&](std::size_t skip) { return line.substr(std::min(skip, line.size())); };
  if (line.starts_with("=> ")) {
    one.mistakes.push_back(rest(3));
  } else if (line.starts_with("== ")) {
    one.values.push_back(rest(3));
  } else if (line.starts_with("$ ")) {
    const std::size_t equals = line.find('=');
    one.environment.push_back({line.substr(2, equals - 2), line.substr(equals + 1)});
  } else if (line.starts_with("csv>> ")) {
    one.csv += rest(6) + "\n";
  } else if (line.starts_with("csv> ")) {
    if (one.csv.empty()) one.csv = "symbol,sector,currency,multiplier,tick_size,lot_size,adv\n";
    one.csv += rest(5) + "\n";
  } else {
    one.toml += line + "\n";
  }
}

std::vector<Case> read_cases(const std::string& file) {
  std::istringstream lines(read_text(std::string(BULWARK_SOURCE_DIR) + "/tests/config/" + file));
  std::vector<Case> cases;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("---- ")) {
      cases.push_back({});
      cases.back().title = line.substr(5);
    } else if (!cases.empty() && !line.empty()) {
      take_line(cases.back(), line);
    }
  }
  return cases;
}

std::string completed(std::string toml) {
  const auto lacks = [&](std::string_view text) { return toml.find(text) == std::string::npos; };
  std::string below;
  if (lacks("[instance]") && lacks("instance.")) below += "[instance]\nname = \"desk\"\n";
  if (lacks("[instruments]")) below += "[instruments]\nfile = \"instruments.csv\"\n";
  if (lacks("[account.") && lacks("[account]") && ("\n" + toml).find("\naccount = {") == std::string::npos)
    below += "[account.ACC1]\nequity = \"1000000\"\n";
  if (lacks("[strategy.") && lacks("[strategy]")) below += "[strategy.momo]\naccount = \"ACC1\"\n";
  return toml + below;
}

void run(const Case& one) {
  SCOPED_TRACE(one.title);
  const Folder folder;
  if (!one.csv.empty()) folder.write("instruments.csv", one.csv);
  const LoadResult result = folder.load(completed(one.toml), one.environment);
  EXPECT_EQ(folder.mistakes_of(result), one.mistakes);
  const std::string printed = "\n" + folder.without_folder(print_values(result.values));
  for (const std::string& line : one.values) {
    EXPECT_NE(printed.find("\n" + line + "\n"), std::string::npos) << "not printed: " << line << "\nbut:" << printed;
  }
}

class Table : public testing::TestWithParam<const char*> {};

TEST_P(Table, SaysWhatItShould) {
  const std::vector<Case> cases = read_cases(GetParam());
  ASSERT_GE(cases.size(), 10U) << GetParam();
  for (const Case& one : cases) run(one);
}

INSTANTIATE_TEST_SUITE_P(Files, Table, testing::Values("good.txt", "mistakes.txt", "limits.txt", "environment.txt"));

}  // namespace
}  // namespace bulwark::config
