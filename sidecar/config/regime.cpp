// SPDX-License-Identifier: Apache-2.0
// [model] regime: a model of `bulwark risk regime --fit`, and what it says of the last day.
#include "sidecar/model/regime_model.h"

#include "sidecar/config/model_reading.h"
#include "sidecar/config/moment.h"

namespace bulwark::config {

static constexpr DurationNs day = milliseconds(86'400'000);

std::optional<core::Regime> read_regime(std::string_view text, const std::string& file, const model::Closes& closes,
                                        Report& report) {
  try {
    const model::RegimeModel model = model::parse_regime_model(std::string(text));
    const double probability = model::wildest_probability(model, closes);
    const std::optional<TimeNs> begin = parse_moment(closes.dates.back() + "T00:00:00Z", {0});
    if (!begin)
      throw model::RegimeMistake("looks at closes up to " + closes.dates.back() + ", which is no date of ours");
    return core::Regime{probability, *begin + day};
  } catch (const model::RegimeMistake& mistake) {
    report.mistake({file, 0, {}}, "model.regime", mistake.what());
    return std::nullopt;
  }
}

}  // namespace bulwark::config
