// SPDX-License-Identifier: Apache-2.0
// What came of an event, as the contract's JSON (sections 3 and 7). It needs the names, and what a limit is about, but
// no engine: what a journal holds is told in the same words.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "core/engine.h"

namespace bulwark::simulate {

class OutputJson {
public:
  struct About {
    Metric metric;
    Action action;
  };
  using AboutLimit = std::function<About(LimitIndex)>;
  OutputJson(const core::Names& names, AboutLimit about) : names_(names), about_(std::move(about)) {}

  nlohmann::ordered_json scope(const Scope& scope) const;
  static nlohmann::ordered_json value(const Value& value);

  // Each with its type and `t`.
  static nlohmann::ordered_json begin(std::string_view type, TimeNs t);
  nlohmann::ordered_json verdict(TimeNs t, const Id& id, ClientIndex client, const core::Verdict& verdict,
                                 const core::Shrinking& shrinking) const;
  static nlohmann::ordered_json sized(TimeNs t, const core::Sized& sized);
  nlohmann::ordered_json line(TimeNs t, const core::Line& line) const;
  nlohmann::ordered_json objection(TimeNs t, const core::Objection& objection) const;

private:
  const core::Names& names_;
  AboutLimit about_;
};

}  // namespace bulwark::simulate
