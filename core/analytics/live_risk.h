// SPDX-License-Identifier: Apache-2.0
// The risk of a book that changes all the time: the losses of every scenario are kept, and a position that moves takes
// its column with it, so that a fill costs the same whatever came before it. Everything else is read off these sums.
//
// Losses are positive, money. Parametric VaR has mean zero (it is the gate's own); historical VaR is of type 1,
// filtered VaR of the portfolio's own series, each with the Acerbi-Tasche ES (the definitions of
// core/analytics/quantile.h).
#pragma once

#include <Eigen/Core>
#include <vector>

namespace bulwark::analytics {

// What holds whatever the book is. A column is a symbol: what a change of its position reads lies together.
struct LiveModel {
  Eigen::MatrixXd returns;   // a row for each scenario, the oldest first
  Eigen::MatrixXd loadings;  // a row for each factor of the covariance
  Eigen::VectorXd residuals;
  Eigen::MatrixXd shocks;  // a row for each stress scenario: shares of the price
  double confidence = 0.99;
  double lambda = 0.94;  // of the filter

  Eigen::Index symbols() const { return residuals.size(); }
};

struct LiveFigures {
  struct Measure {
    double var = 0, es = 0;
  };
  double deviation = 0;  // of a day, money
  Measure parametric, historical, filtered;
  double worst_loss = 0;             // of the stress scenarios
  Eigen::Index worst_scenario = -1;  // none: none loses anything
};

class LiveRisk {
public:
  // Throws std::invalid_argument where the parts do not fit together.
  explicit LiveRisk(LiveModel model);

  const LiveModel& model() const { return model_; }
  const Eigen::VectorXd& amounts() const { return amounts_; }

  // The whole book anew: money by symbol, negative where short.
  void set(const Eigen::VectorXd& amounts);
  // One position.
  void move(Eigen::Index symbol, double amount);

  LiveFigures figures();
  // What one more unit of money in each symbol adds to the parametric VaR.
  Eigen::VectorXd marginal_var() const;
  // What each symbol adds to the parametric VaR; they add up to it.
  Eigen::VectorXd component_var() const { return amounts_.cwiseProduct(marginal_var()); }
  // By scenario: the stress scenarios' losses.
  Eigen::VectorXd stress_losses() const { return -shocked_; }
  // Correlations of some symbols with each other, as the factors have them.
  Eigen::MatrixXd correlation(const std::vector<Eigen::Index>& symbols) const;

private:
  LiveFigures::Measure tail_of(const Eigen::VectorXd& losses);
  void filter();

  LiveModel model_;
  double quantile_, density_;  // of the standard normal at the confidence; density over the share beyond it
  Eigen::VectorXd amounts_;
  Eigen::VectorXd losses_;    // by scenario
  Eigen::VectorXd factors_;   // by factor: what the book comes to
  Eigen::VectorXd shocked_;   // by stress scenario: profit
  double residual_ = 0;       // variance that no factor explains
  Eigen::VectorXd filtered_;  // scratch: losses as they would be under today's volatility
  std::vector<double> tail_;  // scratch: the largest losses
};

}  // namespace bulwark::analytics
