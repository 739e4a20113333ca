// SPDX-License-Identifier: Apache-2.0
// Live risk is what the plain formulas say, written out here the slow way, and it stays so however the book has moved.
#include "core/analytics/live_risk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

namespace bulwark::analytics {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

class Random {
public:
  explicit Random(unsigned seed) : engine_(seed) {}
  MatrixXd matrix(Index rows, Index columns, double scale) {
    MatrixXd result(rows, columns);
    for (double& number : result.reshaped()) number = scale * noise_(engine_);
    return result;
  }
  VectorXd vector(Index size, double scale) { return matrix(size, 1, scale); }
  Index below(Index count) { return std::uniform_int_distribution<Index>(0, count - 1)(engine_); }

private:
  std::mt19937_64 engine_;
  std::normal_distribution<double> noise_;
};

struct Shape {
  Index symbols, scenarios, factors, shocks;
  double confidence;
};

LiveModel model_of(const Shape& shape, Random& random) {
  LiveModel model;
  model.returns = random.matrix(shape.scenarios, shape.symbols, 0.01);
  model.loadings = random.matrix(shape.factors, shape.symbols, 0.005);
  model.residuals = random.vector(shape.symbols, 0.005).cwiseAbs2();
  model.shocks = random.matrix(shape.shocks, shape.symbols, 0.1);
  model.confidence = shape.confidence;
  return model;
}

// By the definition: the loss that at most a share of 1 - confidence is above; the integral of all such losses.
LiveFigures::Measure plain_tail(VectorXd losses, double confidence) {
  std::sort(losses.begin(), losses.end());
  const auto count = static_cast<double>(losses.size());
  Index k = 1;
  while (static_cast<double>(k) < count * confidence - 1e-9 * count) ++k;
  double beyond = (static_cast<double>(k) - count * confidence) * losses[k - 1];
  for (Index i = k; i < losses.size(); ++i) beyond += losses[i];
  return {losses[k - 1], beyond / (count * (1 - confidence))};
}

VectorXd plain_filter(const VectorXd& losses, double lambda) {
  const Index count = losses.size(), seed = std::min<Index>(count, 100);
  std::vector<double> variance(static_cast<std::size_t>(count) + 1);
  for (Index k = 0; k < seed; ++k) variance[0] += losses[k] * losses[k] / static_cast<double>(seed);
  for (std::size_t k = 0; k + 1 < variance.size(); ++k) {
    const double loss = losses[static_cast<Index>(k)];
    variance[k + 1] = lambda * variance[k] + (1 - lambda) * loss * loss;
  }
  VectorXd result(count);
  for (Index k = 0; k < count; ++k)
    result[k] = losses[k] / std::sqrt(variance[static_cast<std::size_t>(k)]) * std::sqrt(variance.back());
  return result;
}

void expect_near(double found, double wanted, double scale) { EXPECT_NEAR(found, wanted, 1e-9 * scale); }

void expect_is_plain(LiveRisk& risk, const VectorXd& amounts) {
  const LiveModel& model = risk.model();
  const LiveFigures figures = risk.figures();
  const double scale = 0.01 * amounts.norm();
  const VectorXd losses = -(model.returns * amounts);
  MatrixXd covariance = model.loadings.transpose() * model.loadings;
  covariance.diagonal() += model.residuals;
  const double deviation = std::sqrt(amounts.dot(covariance * amounts));
  expect_near(figures.deviation, deviation, scale);
  for (const auto& [found, wanted] :
       {std::pair{figures.historical, plain_tail(losses, model.confidence)},
        std::pair{figures.filtered, plain_tail(plain_filter(losses, model.lambda), model.confidence)}}) {
    expect_near(found.var, wanted.var, scale);
    expect_near(found.es, wanted.es, scale);
    EXPECT_GE(found.es, found.var - 1e-9 * scale);
  }
  const VectorXd components = risk.component_var();
  const VectorXd wanted = figures.parametric.var / deviation / deviation * amounts.cwiseProduct(covariance * amounts);
  expect_near((components - wanted).cwiseAbs().maxCoeff(), 0, scale);
  expect_near(components.sum(), figures.parametric.var, scale);
  const VectorXd stressed = -(model.shocks * amounts);
  expect_near((risk.stress_losses() - stressed).cwiseAbs().maxCoeff(), 0, scale * 10);
  expect_near(figures.worst_loss, std::max(0.0, stressed.maxCoeff()), scale * 10);
  if (figures.worst_scenario >= 0) expect_near(stressed[figures.worst_scenario], stressed.maxCoeff(), scale * 10);
}

TEST(LiveRisk, IsWhatThePlainFormulasSay) {
  Random random(1);
  // Among them counts of which the confidence is a whole number of scenarios, and is not.
  for (const Shape& shape : {Shape{20, 1'000, 8, 50, 0.99}, Shape{20, 1'000, 8, 50, 0.95}, Shape{7, 37, 3, 4, 0.975},
                             Shape{1, 250, 1, 1, 0.99}, Shape{64, 99, 64, 2, 0.99}, Shape{5, 2, 2, 1, 0.5}}) {
    LiveRisk risk(model_of(shape, random));
    for (int round = 0; round < 5; ++round) {
      const VectorXd amounts = random.vector(shape.symbols, 1e6);
      risk.set(amounts);
      expect_is_plain(risk, amounts);
    }
  }
}

TEST(LiveRisk, AfterFillsIsWhatTheWholeBookSays) {
  Random random(2);
  const Shape shape{40, 500, 10, 12, 0.99};
  LiveRisk risk(model_of(shape, random));
  VectorXd amounts = VectorXd::Zero(shape.symbols);
  for (int fill = 1; fill <= 2'000; ++fill) {
    const Index symbol = random.below(shape.symbols);
    amounts[symbol] = fill % 7 == 0 ? 0 : random.vector(1, 1e6)[0];
    risk.move(symbol, amounts[symbol]);
    if (fill % 250 == 0) expect_is_plain(risk, amounts);
  }
}

TEST(LiveRisk, GrowsWithTheBook) {
  Random random(3);
  LiveRisk risk(model_of({10, 400, 4, 6, 0.99}, random));
  const VectorXd amounts = random.vector(10, 1e5);
  risk.set(amounts);
  const LiveFigures once = risk.figures();
  risk.set(3 * amounts);
  const LiveFigures thrice = risk.figures();
  EXPECT_NEAR(thrice.parametric.var, 3 * once.parametric.var, 1e-6);
  EXPECT_NEAR(thrice.historical.es, 3 * once.historical.es, 1e-6);
  EXPECT_NEAR(thrice.filtered.var, 3 * once.filtered.var, 1e-6);
  EXPECT_NEAR(thrice.worst_loss, 3 * once.worst_loss, 1e-6);
}

TEST(LiveRisk, OfAnEmptyBookThereIsNone) {
  Random random(4);
  LiveRisk risk(model_of({5, 300, 2, 3, 0.99}, random));
  risk.set(random.vector(5, 1e6));
  risk.set(VectorXd::Zero(5));
  const LiveFigures figures = risk.figures();
  for (const LiveFigures::Measure& measure : {figures.parametric, figures.historical, figures.filtered}) {
    EXPECT_EQ(measure.var, 0);
    EXPECT_EQ(measure.es, 0);
  }
  EXPECT_EQ(figures.worst_scenario, -1);
  EXPECT_EQ(risk.component_var(), VectorXd::Zero(5));
}

TEST(LiveRisk, WithoutScenariosTheFactorsRemain) {
  Random random(5);
  LiveRisk risk(model_of({5, 0, 2, 0, 0.99}, random));
  risk.set(random.vector(5, 1e6));
  EXPECT_GT(risk.figures().parametric.var, 0);
  EXPECT_EQ(risk.figures().historical.var, 0);
  EXPECT_EQ(risk.figures().worst_scenario, -1);
}

TEST(LiveRisk, CorrelationsAreThoseOfTheFactors) {
  Random random(6);
  LiveModel model = model_of({6, 10, 3, 1, 0.99}, random);
  model.loadings.col(2).setZero();
  model.residuals[2] = 0;  // it never moved
  const LiveRisk risk(model);
  const std::vector<Index> symbols{4, 2, 0};
  const MatrixXd found = risk.correlation(symbols);
  MatrixXd covariance = model.loadings.transpose() * model.loadings;
  covariance.diagonal() += model.residuals;
  EXPECT_NEAR(found(0, 2), covariance(4, 0) / std::sqrt(covariance(4, 4) * covariance(0, 0)), 1e-12);
  EXPECT_EQ(found(0, 1), 0);
  EXPECT_EQ(found.diagonal(), VectorXd::Ones(3));
  EXPECT_EQ(found, found.transpose());
}

TEST(LiveRisk, PartsThatDoNotFitAreRefused) {
  Random random(7);
  const Shape shape{5, 30, 2, 3, 0.99};
  const auto refused = [&](auto spoil) {
    LiveModel model = model_of(shape, random);
    spoil(model);
    EXPECT_THROW(LiveRisk{model}, std::invalid_argument);
  };
  refused([&](LiveModel& model) { model.returns = random.matrix(30, 4, 1); });
  refused([&](LiveModel& model) { model.loadings = random.matrix(2, 6, 1); });
  refused([&](LiveModel& model) { model.shocks = random.matrix(3, 1, 1); });
  refused([](LiveModel& model) { model.confidence = 1; });
  refused([](LiveModel& model) { model.lambda = 0; });
  LiveRisk risk(model_of(shape, random));
  EXPECT_THROW(risk.set(VectorXd::Zero(4)), std::invalid_argument);
}

}  // namespace

}  // namespace bulwark::analytics
