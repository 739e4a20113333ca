// SPDX-License-Identifier: Apache-2.0
// A model is put into force beside the settings that it was made by, or not at all.
#include "sidecar/process/model_builder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "sidecar/process/wishes.h"

namespace bulwark::process {

namespace {

class ModelBuilderTest : public testing::Test {
protected:
  ModelBuilderTest() {
    char name[] = "/tmp/bulwark-model-XXXXXX";
    folder_ = ::mkdtemp(name);
    settings_.rules.instruments = {{"AAPL", "Tech", "USD"}};
    settings_.model_source.scenarios = folder_ + "/scenarios.toml";
    std::ofstream(settings_.model_source.scenarios) << "[scenario.crash]\nshock = { AAPL = -0.2 }\n";
    settings_.rules.model = core::Model{};
  }
  ~ModelBuilderTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  config::Settings settings_;
};

TEST_F(ModelBuilderTest, OneThatSettingsHaveOvertakenIsDroppedWithoutAWord) {
  int asked = 0;
  std::uint64_t refused = 0, built = 0;
  std::vector<std::string> alerts;
  ModelBuilder builder({[&] { return settings_; },
                        [&](const config::Settings& made_by, core::Model, model::Facts) {
                          EXPECT_EQ(made_by, settings_);
                          return ++asked == 1 ? std::nullopt : std::optional<std::string>("");
                        },
                        [&](const std::shared_ptr<const model::Backing>& backing) {
                          refused = backing->refused;
                          built = backing->built;
                        },
                        [&](const std::string& what) { alerts.push_back(what); }});
  builder.work();
  EXPECT_EQ(asked, 1) << (alerts.empty() ? "" : alerts.front());
  EXPECT_EQ(refused + built, 0U);
  builder.wake();
  builder.work();
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(built, 1U);
  EXPECT_TRUE(alerts.empty());
}

TEST_F(ModelBuilderTest, NoModelIsWrittenIntoOtherSettingsThanItsOwn) {
  std::atomic<std::uint32_t> sleeping{0};
  hot::Calls calls(sleeping);
  const auto board = std::make_unique<shm::Board>();
  Wishes wishes(calls, *board, folder_ + "/desk.toml", settings_);
  config::Settings old = settings_;
  old.model_source.lambda /= 2;
  EXPECT_EQ(wishes.take_over_model(old, core::Model{}, {}), std::nullopt);
  EXPECT_EQ(wishes.settings(), settings_);
}

}  // namespace

}  // namespace bulwark::process
