// SPDX-License-Identifier: Apache-2.0
// Student's t fitted to returns by maximum likelihood: location, scale and degrees of freedom.
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

struct Student {
  double degrees = 0, location = 0, scale = 0;
};

double log_likelihood(const Student& student, const Eigen::VectorXd& returns);

// Degrees between 0.5 and 200. Precondition: the returns are not all equal.
Student fit_student(const Eigen::VectorXd& returns);

}  // namespace bulwark::analytics
