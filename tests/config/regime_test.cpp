// SPDX-License-Identifier: Apache-2.0
// [model] regime: the learned model that the gate follows; that a journal keeps what it said; and which files are none.
#include <gtest/gtest.h>

#include "core/analytics/hmm.h"
#include "sidecar/model/regime_model.h"
#include "tests/config/support.h"

namespace bulwark::config {
namespace {

constexpr std::string_view prices =
    "date,AAPL,MSFT\n2024-01-02,100,200\n2024-01-03,101,204\n2024-01-04,99.99,203\n2024-01-05,101,199\n";

model::RegimeModel learned(std::vector<std::string> symbols) {
  model::RegimeModel model;
  model.hmm.means = Eigen::Vector2d(0.1, -0.2);
  model.hmm.variances = Eigen::Vector2d(0.25, 4);
  model.hmm.transition = (Eigen::Matrix2d() << 0.95, 0.05, 0.1, 0.9).finished();
  model.weights = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(symbols.size()), 0.5);
  model.symbols = std::move(symbols);
  model.from = "2014-01-02";
  model.to = "2023-12-29";
  return model;
}

class RegimeTest : public testing::Test {
protected:
  LoadResult load(const std::string& regime, const std::string& keys = "") const {
    folder.write("prices.csv", prices);
    folder.write("regime.json", regime);
    return folder.load(
        "[instance]\nname = \"d\"\n[instruments]\nfile = \"instruments.csv\"\n[model]\nprices = \"prices.csv\"\n"
        "regime = \"regime.json\"\n" +
        keys);
  }
  const Folder folder;
};

TEST_F(RegimeTest, IsWhatTheFilterSaysAtTheLastClose) {
  const LoadResult result = load(model::text_of(learned({"AAPL", "MSFT"})));
  ASSERT_EQ(folder.mistakes_of(result), std::vector<std::string>{});
  const Eigen::Vector3d returns(50 * (0.01 + 0.02), 50 * (99.99 / 101 + 203.0 / 204 - 2),
                                50 * (101 / 99.99 + 199.0 / 203 - 2));
  const double wildest = analytics::filter(learned({}).hmm, returns).probabilities(2, 1);
  const core::Regime& regime = result.settings.rules.model->regime.value();
  EXPECT_NEAR(regime.probability, wildest, 1e-12);
  EXPECT_GT(wildest, 0.01);
  EXPECT_EQ(regime.seen.ns, 1'704'499'200'000'000'000);  // 2024-01-06T00:00:00Z
}

TEST_F(RegimeTest, AJournalKeepsWhatItSaid) {
  const LoadResult loaded = load(model::text_of(learned({"AAPL"})),
                                 "[dynamic.regime]\nabove = [0.5, 0.9]\nfactor = [0.5, 0.25]\nstale_after_days = 7\n");
  ASSERT_EQ(folder.mistakes_of(loaded), std::vector<std::string>{});
  Settings kept = loaded.settings;
  kept.model_source = {};
  const LoadResult again = load_frozen(freeze(loaded.settings));
  ASSERT_TRUE(again.good()) << format(again.mistakes.front());
  EXPECT_EQ(again.settings, kept);
  EXPECT_EQ(again.settings.rules.dynamic->regime_stale_after, milliseconds(7 * 86'400'000));
  Settings calmer = loaded.settings;
  calmer.rules.model->regime->probability /= 2;
  EXPECT_NE(core::version_of(*calmer.rules.model), core::version_of(*kept.rules.model));
}

TEST_F(RegimeTest, AModelThatIsNoneIsRefused) {
  using Lines = std::vector<std::string>;
  const auto wrong = [&](const std::string& text) { return folder.mistakes_of(load(text)); };
  const std::string good = model::text_of(learned({"AAPL"})), file = "regime.json: model.regime: ";
  std::string other = good;
  other[other.find("4.0")] = '5';
  EXPECT_EQ(wrong(other), Lines{file + "was changed after it was trained: its SHA-256 is another"});
  EXPECT_EQ(wrong(model::text_of(learned({"XOM"}))),
            Lines{file + "was trained on XOM, which is no instrument with prices here"});
  model::RegimeModel upside_down = learned({"AAPL"});
  upside_down.hmm.variances = Eigen::Vector2d(4, 0.25);
  EXPECT_EQ(wrong(model::text_of(upside_down)), Lines{file + "has states that are not in the order of their variance"});
  upside_down = learned({"AAPL"});
  upside_down.hmm.transition(0, 0) = 0.5;
  EXPECT_EQ(wrong(model::text_of(upside_down)), Lines{file + "has a row of transition that does not add up to 1"});
  for (const std::string& text : {std::string(), std::string("{}"), std::string("[1]"), good.substr(0, 90)}) {
    const Lines found = wrong(text);
    ASSERT_EQ(found.size(), 1U) << text;
    EXPECT_EQ(found[0].find(file + "is no model of regimes"), 0U) << found[0];
  }
}

}  // namespace
}  // namespace bulwark::config
