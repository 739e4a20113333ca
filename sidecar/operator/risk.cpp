// SPDX-License-Identifier: Apache-2.0
// The options of `bulwark risk`; the numbers are made in sidecar/risk.
#include "sidecar/operator/risk.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "sidecar/operator/command.h"
#include "sidecar/operator/risk_limit.h"
#include "sidecar/operator/risk_options.h"
#include "sidecar/risk/plot.h"
#include "sidecar/risk/whats.h"

namespace bulwark::command {

namespace {

constexpr const char* description = R"(risk figures from files of daily closes and positions

Losses, VaR and ES are positive; returns are simple; one day unless --horizon says more. With symbol,quantity the
results are money, with symbol,weight shares of equity. Dates on which a needed symbol has no price are left out
and counted. What looks wrong in the prices is said under "warnings".)";

std::string footer() {
  std::string text = "WHAT can be\n";
  for (const risk::What& what : risk::whats()) {
    std::string name = what.name;
    name.resize(std::max<std::size_t>(name.size() + 2, 14), ' ');
    text += "  " + name + what.help + "\n";
  }
  return text + R"(
Examples
  bulwark risk correlation --prices prices.csv --estimator ewma
  bulwark risk var --prices prices.csv --positions book.csv --confidence 0.95 --confidence 0.99
  bulwark risk es --prices prices.csv --positions book.csv --method historical --window 500 --json)";
}

// A word of a list, as the place that it has there.
template <class Enum, std::size_t count>
void add_choice(CLI::App& command, const char* option, Enum& value, const std::array<const char*, count>& names,
                const std::string& help) {
  const std::vector<std::string> words(names.begin(), names.end());
  command
      .add_option_function<std::string>(
          option,
          [&value, words](const std::string& word) {
            value = static_cast<Enum>(std::find(words.begin(), words.end(), word) - words.begin());
          },
          help)
      ->check(CLI::IsMember(words))
      ->default_str(names[static_cast<std::size_t>(value)]);
}

void add_files(CLI::App& command, risk::Request& request) {
  command.add_option("--prices", request.prices, "date,SYM1,SYM2,... or date,symbol,close; any file may be gzipped")
      ->required();
  command.add_option("--positions", request.positions, "symbol,quantity or symbol,weight");
  command.add_option("--sectors", request.sectors, "symbol,sector");
  command.add_option("--factors", request.factors, "prices of factors, of attribution and of the scenarios of stress");
  command.add_option("--benchmark", request.benchmark, "the benchmark of attribution");
  command.add_option("--scenarios", request.scenarios, "stress scenarios, TOML");
  command.add_option("--from", request.from, "no prices before this date");
  command.add_option("--to", request.to, "no prices after this date");
  command.add_option("--as-of", request.as_of, "the day from which is looked ahead: no prices after it");
}

void add_numbers(CLI::App& command, risk::Request& request) {
  add_choice(command, "--method", request.method, risk::method_names, "how VaR and ES are found");
  add_choice(command, "--estimator", request.estimator, risk::estimator_names, "how covariances are found");
  command.add_option("--lambda", request.lambda, "decay of a day's weight (0.94; of age-weighted 0.98)");
  command.add_option("--confidence", request.confidences, "may be given several times (0.99)")->allow_extra_args(false);
  command.add_option("--convention", request.conventions, "where there is more than one; may be given several times")
      ->allow_extra_args(false);
  command.add_option("--horizon", request.horizon_days, "days ahead")->default_str("1");
  command.add_option("--window", request.window, "the last so many returns (all; of backtest 250)")
      ->check(CLI::Range(0.0, 1e6));
  command
      .add_option_function<std::string>(
          "--degrees",
          [&request](const std::string& word) {
            request.fit_degrees = word == "fit";
            if (!request.fit_degrees && !CLI::detail::lexical_cast(word, request.degrees))
              throw CLI::ConversionError(word, "--degrees");
          },
          "degrees of freedom of Student's t, or fit: as the book's returns have them")
      ->default_str("6");
  command
      .add_option("--overlap", request.overlap,
                  "of covariance and correlation: each pair over the dates that it has in common, this many returns at "
                  "least; repaired where pairs do not fit together")
      ->check(CLI::Range(2.0, 1e6));
  command.add_option("--draws", request.draws, "of Monte Carlo")->check(CLI::Range(1e3, 1e8))->default_str("100000");
  command.add_option("--seed", request.seed, "of Monte Carlo: the same seed, the same numbers")
      ->check(CLI::NonNegativeNumber)
      ->default_str("1");
  command.add_option("--risk-free", request.risk_free, "annual rate")->default_str("0");
  command.add_option("--equity", request.equity, "money behind the positions");
}

int risk_command(risk::Request& request, const RiskWords& words) {
  risk::check_plot(request.plot);
  if (words.reverse && !read_reverse(*words.reverse, words.config, request)) return wrong_usage;
  const risk::Report report = risk::answer(request);
  if (!request.plot.empty()) risk::plot(report, request.plot);
  if (request.json) {
    std::cout << report.document().dump() << std::endl;
    return done;
  }
  std::cout << report.text() << std::flush;
  for (const std::string& warning : report.warnings()) std::cerr << "warning: " << warning << "\n";
  return done;
}

}  // namespace

void add_risk_command(CLI::App& app, std::function<int()>& chosen) {
  const auto request = std::make_shared<risk::Request>();
  const auto words = std::make_shared<RiskWords>();
  CLI::App* command = app.add_subcommand("risk", description);
  command->footer(footer());
  std::vector<std::string> names;
  for (const risk::What& what : risk::whats()) names.emplace_back(what.name);
  command->add_option("WHAT", request->what, "what is asked, see below")->required()->check(CLI::IsMember(names));
  add_files(*command, *request);
  add_numbers(*command, *request);
  add_risk_options(*command, *request, *words);
  command->add_option("--plot", request->plot, "a picture of the results: FILE.svg or FILE.png");
  command->add_flag("--json", request->json, "one JSON document");
  command->callback([&chosen, request, words] {
    if (request->confidences.empty()) request->confidences = {0.99};
    chosen = [request, words] { return risk_command(*request, *words); };
  });
}

}  // namespace bulwark::command
