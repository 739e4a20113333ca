// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/last_model.h"

#include "core/risk_model.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/model/validate.h"
#include "sidecar/process/startup.h"
#include "sidecar/simulate/recorded_rules.h"

namespace bulwark::process {

static std::vector<std::string> why_not(const config::Settings& last, const config::LoadResult& loaded) {
  std::vector<std::string> lines;
  for (const config::Mistake& mistake : loaded.mistakes) lines.push_back(config::format(mistake));
  if (!lines.empty() || !last.rules.model) return lines;
  const config::Settings& now = loaded.settings;
  return model::why_not(*last.rules.model, last.model_facts, {*now.rules.model, now.model_facts, loaded.closes},
                        core::to_model(now.model_source.change_max));
}

std::string hold_model(std::uint64_t last_configuration, const config::LoadResult& loaded, config::Settings& settings) {
  if (!settings.rules.model) return {};
  config::Settings last;
  if (last_configuration != 0) {
    last = simulate::recorded_settings(journal::read_configuration(settings.journal_directory, last_configuration));
  }
  const std::string why = model::some_of(why_not(last, loaded));
  model::keep_accepted(last.model_facts, settings.model_facts);
  if (why.empty()) return why;
  if (!last.rules.model)
    throw Refusal(2, "the files of [model] are wrong, and the journal has no model that could serve instead: " + why);
  settings.rules.model = last.rules.model;
  settings.model_facts = last.model_facts;
  const config::LoadResult both = config::load_frozen(config::freeze(settings));
  if (both.good()) return why;
  throw Refusal(2, why + "; and the configuration does not go with the model of the last run: " +
                       config::format(both.mistakes.front()));
}

}  // namespace bulwark::process
