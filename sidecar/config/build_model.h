// SPDX-License-Identifier: Apache-2.0
// A model out of its files as they are now: what a configuration reads at load, and the model thread later on.
#pragma once

#include <string_view>
#include <vector>

#include "core/rules.h"
#include "sidecar/config/load.h"
#include "sidecar/model/source.h"

namespace bulwark::config {

struct BuiltModel {
  core::Model model;
  model::Closes closes;  // that it was estimated from; may be empty
  model::Facts facts;    // what the next one is held against
  std::vector<std::string> remarks;
  std::vector<Mistake> mistakes;  // none: it is good
};
// With a date: of the closes up to it, as the files stood then if they have only grown since.
BuiltModel build_model(const model::Source& source, const core::Rules& rules, std::string_view last_date = {});

}  // namespace bulwark::config
