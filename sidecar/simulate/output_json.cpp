// SPDX-License-Identifier: Apache-2.0
#include "sidecar/simulate/output_json.h"

#include "shm/decimal.h"

namespace bulwark::simulate {

using nlohmann::ordered_json;

ordered_json OutputJson::scope(const Scope& scope) const {
  ordered_json json = ordered_json::object();
  if (at(scope.account) != 0) json["account"] = names_.accounts.name(scope.account);
  if (at(scope.client) != 0) json["client"] = names_.clients.name(scope.client);
  if (at(scope.sector) != 0) json["sector"] = names_.sectors.name(scope.sector);
  if (at(scope.strategy) != 0) json["strategy"] = names_.strategies.name(scope.strategy);
  if (at(scope.symbol) != 0) json["symbol"] = names_.symbols.name(scope.symbol);
  return json;
}

// Money and quantities are text; counts and fractions are plain numbers.
ordered_json OutputJson::value(const Value& value) {
  switch (value.kind) {
    case ValueKind::Money:
    case ValueKind::Quantity: return format_decimal(value.raw());
    case ValueKind::Count: {
      if (value.raw() % unit == 0) return static_cast<std::int64_t>(value.raw() / unit);
      return quotient(value.raw(), unit);
    }
    case ValueKind::Fraction: return value.fraction();
    default: return nullptr;
  }
}

ordered_json OutputJson::begin(std::string_view type, TimeNs t) {
  ordered_json json;
  json["type"] = type;
  json["t"] = t.ns;
  return json;
}

ordered_json OutputJson::verdict(TimeNs t, const Id& id, ClientIndex client, const core::Verdict& verdict,
                                 const core::Shrinking& shrinking) const {
  ordered_json json = begin("verdict", t);
  json["id"] = id.view();
  if (at(client) != 0) json["client"] = names_.clients.name(client);
  json["decision"] = name_of(decision_names, verdict.decision);
  json["quantity"] = to_text(verdict.quantity);
  if (verdict.decision == Decision::Accepted) return json;
  const bool by_limit = at(verdict.limit) != 0;
  json["reason"] = verdict.reason == Reason::Limit ? name_of(metric_names, about_(verdict.limit).metric)
                                                   : name_of(reason_names, verdict.reason);
  if (by_limit) json["limit"] = names_.limits.name(verdict.limit);
  if (verdict.has_on) json["on"] = scope(verdict.on);
  if (!by_limit) return json;
  json["value"] = value(verdict.value);
  json["max"] = value(verdict.max);
  if (shrinking.factor != unit) {
    json["scaled"] = {{"factor", quotient(shrinking.factor, unit)}, {"cause", shrinking.cause.view()}};
  }
  return json;
}

ordered_json OutputJson::objection(TimeNs t, const core::Objection& objection) const {
  ordered_json json = begin("objection", t);
  json["limit"] = names_.limits.name(objection.limit);
  json["on"] = scope(objection.on);
  json["metric"] = name_of(metric_names, about_(objection.limit).metric);
  json["value"] = value(objection.value);
  json["max"] = value(objection.max);
  return json;
}

ordered_json OutputJson::sized(TimeNs t, const core::Sized& sized) {
  ordered_json json = begin("sized", t);
  json["quantity"] = to_text(sized.quantity);
  json["binding"] = name_of(constraint_names, sized.binding);
  ordered_json constraints = ordered_json::object();
  for (std::size_t k = 0; k < sized.constraints.size(); ++k) {
    const bool given = sized.constraints[k] != core::Sized::unconstrained;
    constraints[std::string(constraint_names[k])] =
        given ? ordered_json(format_decimal(sized.constraints[k])) : ordered_json(nullptr);
  }
  json["constraints"] = constraints;
  return json;
}

ordered_json OutputJson::line(TimeNs t, const core::Line& line) const {
  constexpr std::array<std::string_view, 9> types{"warning", "breach",      "cleared", "state",  "cancel_request",
                                                  "warning", "liquidation", "scale",   "warning"};
  ordered_json json = begin(types[static_cast<std::size_t>(line.type)], t);
  const auto client = [&] {
    if (at(line.client) != 0) json["client"] = names_.clients.name(line.client);
  };
  switch (line.type) {
    case core::LineType::State:
      json["on"] = scope(line.on);
      json["state"] = name_of(state_names, line.state);
      json["cause"] = line.cause.view();
      break;
    case core::LineType::CancelRequest:
      json["id"] = line.id.view();
      client();
      json["cause"] = line.cause.view();
      break;
    case core::LineType::StrayFill:
      json["id"] = line.id.view();
      client();
      json["message"] = line.cause.view();
      break;
    case core::LineType::Liquidation:
      json["id"] = line.id.view();
      json["symbol"] = names_.symbols.name(line.on.symbol);
      json["side"] = name_of(side_names, line.order.side);
      json["quantity"] = to_text(line.order.quantity);
      json["price"] = line.order.market ? ordered_json(nullptr) : ordered_json(to_text(line.order.price));
      json["account"] = names_.accounts.name(line.on.account);
      json["cause"] = line.cause.view();
      break;
    case core::LineType::Alarm: json["message"] = line.cause.view(); break;
    case core::LineType::Scale:
      json["on"] = scope(line.on);
      json["cause"] = market_input_names[at(line.scaling.cause)];
      json["value"] = value(line.value);
      json["from"] = quotient(line.scaling.from, unit);
      json["to"] = quotient(line.scaling.to, unit);
      json["factor"] = quotient(line.scaling.factor, unit);
      break;
    default: {
      const About limit = about_(line.limit);
      json["limit"] = names_.limits.name(line.limit);
      json["on"] = scope(line.on);
      json["metric"] = name_of(metric_names, limit.metric);
      json["value"] = value(line.value);
      json["max"] = value(line.max);
      json["action"] = name_of(action_names, limit.action);
    }
  }
  return json;
}

}  // namespace bulwark::simulate
