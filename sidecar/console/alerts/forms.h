// SPDX-License-Identifier: Apache-2.0
// Alerts in the form of each kind of destination.
#pragma once

#include <string>
#include <vector>

#include "shm/units.h"
#include "sidecar/config/alerts.h"
#include "sidecar/console/alerts/signal.h"

namespace bulwark::alerts {

// One document: {"schema": 1, "instance": ..., "alerts": [...]}.
std::string json_form(const std::vector<Json>& documents);

// {"text": ...} of an incoming webhook of Slack, and of those that understand its form.
std::string slack_form(const std::vector<Json>& documents);

// A whole message, header and body, lines ended by CR and LF.
std::string email_form(const std::vector<Json>& documents, const config::AlertTarget& target, TimeNs now);

// One alert as one datagram of the system's log.
std::string syslog_form(const Json& document);

}  // namespace bulwark::alerts
