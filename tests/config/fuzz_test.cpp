// SPDX-License-Identifier: Apache-2.0
// Damaged configurations: whatever happens to a file or a variable, it loads, or at least one mistake says why not.
#include <gtest/gtest.h>

#include "tests/config/random_toml.h"
#include "tests/config/support.h"

namespace bulwark::config {
namespace {

// One of the ways in which a hand, an editor or a disk changes a text.
void damage(std::string& text, RandomToml& random, const std::string& other) {
  const std::vector<std::string> words{"=",  "[",  "]",   "{", "}",    "\"",     "'''",   "\n",
                                       "#",  ".",  ",",   "-", "nan",  "1e999",  "0x",    "\\u",
                                       "\t", "\0", "inf", "*", "true", "frozen", "limit", "\xFF"};
  const std::size_t at = text.empty() ? 0 : random.below(text.size());
  const std::size_t size = 1 + random.below(20);
  switch (random.below(6)) {
    case 0: text.insert(at, words[random.below(words.size())]); break;
    case 1: text.erase(at, size); break;
    case 2: text.insert(at, text.substr(random.below(text.size() + 1), size)); break;
    case 3: text.resize(at); break;
    case 4: text.insert(at, other.substr(random.below(other.size() + 1), size)); break;
    default:
      if (!text.empty()) text[at] = static_cast<char>(random.below(256));
  }
}

TEST(Fuzz, EveryFileLoadsOrSaysWhyNot) {
  const Folder folder;
  std::size_t good = 0, bad = 0;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    RandomToml random(seed);
    RandomToml::Files files = random.next();
    const std::size_t times = random.below(4);
    for (std::size_t i = 0; i < times; ++i) {
      std::string& target = random.below(4) == 0 ? files.instruments : files.toml;
      damage(target, random, files.toml);
    }
    folder.write("instruments.csv", files.instruments);
    const LoadResult result = folder.load(files.toml);
    for (const Mistake& mistake : result.mistakes) {
      ASSERT_FALSE(mistake.message.empty()) << "seed " << seed;
      ASSERT_TRUE(mistake.place.line > 0 || !mistake.place.variable.empty()) << "seed " << seed << format(mistake);
    }
    if (result.good()) {
      ASSERT_TRUE(load_frozen(freeze(result.settings)).settings == result.settings) << "seed " << seed;
    }
    ++(result.good() ? good : bad);
  }
  EXPECT_GT(good, 400U);  // otherwise the damage leaves nothing to find
  EXPECT_GT(bad, 400U);
}

TEST(Fuzz, EveryVariableLoadsOrSaysWhyNot) {
  const Folder folder;
  const std::vector<std::string> keys{"INSTANCE__NAME", "INSTANCE__SESSION", "FX__EUR",       "RESTRICTED__SYMBOLS",
                                      "LOCATE",         "LIMIT__A__ON",      "LIMIT__A__MAX", "MARKS",
                                      "LIMIT",          "ACCOUNT__ACC1"};
  const std::vector<std::string> values{
      "{ symbol = 'AAPL' }", "[\"AAPL\", 'MSFT']", "1.5e3", "18:00", "text", "-0", "[[1]]"};
  std::size_t good = 0, bad = 0;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    RandomToml random(seed);
    std::string name = "BULWARK__" + keys[random.below(keys.size())], value = values[random.below(values.size())];
    if (random.chance()) damage(value, random, value);
    if (random.below(8) == 0) damage(name, random, name);
    const LoadResult result = folder.load(
        "[instance]\nname = \"desk\"\n[instruments]\nfile = \"instruments.csv\"\n[account.ACC1]\n[limit.a]\nmetric = "
        "\"net\"\n"
        "max = 1\n",
        {{name, value}});
    if (result.good()) {
      ASSERT_TRUE(load_frozen(freeze(result.settings)).settings == result.settings) << "seed " << seed;
    }
    for (const Mistake& mistake : result.mistakes) ASSERT_FALSE(mistake.message.empty()) << "seed " << seed;
    ++(result.good() ? good : bad);
  }
  EXPECT_GT(good, 150U);
  EXPECT_GT(bad, 400U);
}

}  // namespace
}  // namespace bulwark::config
