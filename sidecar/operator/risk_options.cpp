// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/risk_options.h"

#include <CLI/CLI.hpp>

#include "sidecar/risk/request.h"

namespace bulwark::command {

void add_risk_options(CLI::App& command, risk::Request& request, RiskWords& words) {
  const char* kelly = "of kelly, --convention joint";
  command.add_flag("--long-only", request.long_only, "no fraction below 0")->group(kelly);
  command.add_option("--max-fraction", request.largest_fraction, "no fraction larger, long or short")->group(kelly);
  command.add_option("--max-gross", request.gross_fraction, "the sum of the fractions' sizes, at most")->group(kelly);
  command.add_flag("--shrink-means", request.shrink_means, "means drawn together, as noise asks for")->group(kelly);
  const char* stress = "of stress";
  command
      .add_option("--correlations-to-one", request.correlation_share,
                  "VaR with each correlation by this share of the way to 1")
      ->group(stress);
  command.add_option("--volatility-times", request.volatility_times, "VaR with each volatility so many times larger")
      ->group(stress);
  command
      .add_option("--reverse", words.reverse,
                  "the nearest shock that loses this AMOUNT, or as much as this LIMIT of --config allows")
      ->type_name("AMOUNT|LIMIT")
      ->group(stress);
  command.add_option("--config", words.config, "the configuration that has the limit of --reverse")
      ->envname("BULWARK_CONFIG")
      ->group(stress);
  const char* regime = "of regime";
  command.add_option("--states", request.states, "of the market")->default_str("2")->group(regime);
  command.add_option("--fit", request.fit, "writes the trained model to this file")->expected(0, 1)->group(regime);
  command.add_option("--model", request.model, "trains nothing: filters with the model of this file")->group(regime);
  command.add_flag("--history", request.history, "the filtered probabilities of every day")->group(regime);
}

}  // namespace bulwark::command
