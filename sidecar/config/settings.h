// SPDX-License-Identifier: Apache-2.0
// What one instance runs by, read from its configuration: plain data, valid as a whole or not made at all.
// docs/configuration.md says what each of these means to a user.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/rules.h"
#include "sidecar/config/alerts.h"
#include "sidecar/model/facts.h"
#include "sidecar/model/source.h"

namespace bulwark::config {

enum class Mode : std::uint8_t { Adaptive, Spin };

struct Instance {
  std::string name;
  std::string timezone = "UTC";  // of the session's start; `rules.session` has its offsets
  Mode mode = Mode::Adaptive;
  std::int64_t lease_ms = 40;
  bool strict_jitter = false;
  int cpu = -1;                             // the core of the hot loop; -1: not pinned
  std::int64_t kill_unacknowledged_ms = 0;  // 0: never
  friend bool operator==(const Instance&, const Instance&) = default;
};

// Where the ledger ships to; empty: it does not. No decision rests on it, so that the journal does not keep it.
struct Ledger {
  std::string postgres, redis;
  bool used() const { return !postgres.empty() || !redis.empty(); }
  friend bool operator==(const Ledger&, const Ledger&) = default;
};

// What a person may do at the console; each may what the one before it may.
enum class Role : std::uint8_t { None, View, Operate, Configure };

struct Person {
  std::string name;
  Role role = Role::None;
  std::string token_sha256;  // of the token to log in with; lower case
  friend bool operator==(const Person&, const Person&) = default;
};

// The web console. No decision rests on it, so that the journal does not keep it.
struct Console {
  bool used = false;
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                // 0: a free one
  std::string tls_certificate, tls_key;  // absolute paths; both or none
  std::vector<std::string> origins;      // by which it is reached, besides its own address
  std::vector<Person> persons;           // none: one drawn token
  bool tls() const { return !tls_certificate.empty(); }
  bool loopback() const;
  friend bool operator==(const Console&, const Console&) = default;
};

struct Settings {
  Instance instance;
  Ledger ledger;
  Console console;
  Alerts alerts;
  std::string journal_directory;  // absolute
  std::int64_t segment_mb = 64;   // of each of its files
  bool strict_journal = false;    // nothing is answered before it is durable
  std::int64_t snapshot_s = 60;   // between two snapshots
  std::int64_t retain_days = 0;   // closed files that are older go; 0: none does
  bool four_eyes = false;         // loosening a limit at run time takes a second operator
  model::Source model_source;     // the files of `rules.model`, and how it is made; the journal keeps the model itself
  model::Facts model_facts;       // and what it was made of
  core::Rules rules;
  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace bulwark::config
