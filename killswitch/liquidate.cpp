// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "killswitch/liquidate.h"

#include "killswitch/beat.h"
#include "killswitch/door.h"

namespace bulwark::kill {

using Json = nlohmann::ordered_json;

Liquidation begin_liquidation(const Instance& instance, const StopScope& scope, const shm::StopDetails& stop) {
  if (!instance.sidecar_alive()) return {false, {"the sidecar is not running"}};
  if (const std::string why = why_not_beating(instance.board->beat_ns); !why.empty()) {
    return {false, {"the sidecar does not answer: " + why}};
  }
  shm::ControlRequest request = control_request(shm::Wish::Liquidate);
  put_scope(scope, request);
  request.operator_name = stop.operator_name;
  request.reason = stop.reason;
  DoorAnswer answer = ask_sidecar(instance.folder, request);
  return {answer.done, std::move(answer.lines)};
}

static std::size_t count(const std::vector<std::string>& lines, const std::string& type) {
  std::size_t result = 0;
  for (const std::string& line : lines) {
    const Json event = Json::parse(line, nullptr, false);
    if (event.is_object() && event.value("type", "") == type) ++result;
  }
  return result;
}

static std::string orders(std::size_t count) { return std::to_string(count) + (count == 1 ? " order" : " orders"); }

std::string Liquidation::text() const {
  if (!begun) {
    std::string why;
    for (const std::string& line : lines) why += (why.empty() ? "" : "; ") + line;
    return "it is stopped, but nothing is sold: " + why + " (`bulwark control liquidate` asks again)";
  }
  const std::size_t asked = count(lines, "cancel_request"), sent = count(lines, "liquidation");
  if (sent != 0) return "liquidates: " + orders(sent) + " for the clients to send";
  if (asked != 0) return "liquidates when " + orders(asked) + " asked to be cancelled are done";
  return "liquidates: there is nothing to sell, or an earlier liquidation is at it";
}

Json Liquidation::json() const {
  Json events = Json::array(), said = Json::array();
  for (const std::string& line : lines) {
    Json event = Json::parse(line, nullptr, false);
    if (event.is_object()) events.push_back(std::move(event));
    else said.push_back(line);
  }
  return {{"begun", begun}, {"lines", events}, {"said", said}};
}

}  // namespace bulwark::kill
