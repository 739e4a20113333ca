// SPDX-License-Identifier: Apache-2.0
// What a person asks of a running sidecar, put into a request and asked: the same for the command line and the console.
// Each throws kill::Refusal, in words for people, where it makes no sense or is refused.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "killswitch/door.h"
#include "killswitch/instance.h"

namespace bulwark::wishes {

// A wish on its way: the request, and what the answer is headed with.
struct Wish {
  const kill::Instance& instance;
  shm::ControlRequest request;
  std::string command;
  std::string done{};  // for people, where it was done
  nlohmann::ordered_json facts = nlohmann::ordered_json::object();
};

// `on`: its scope, "account=ACC1".
Wish make(const kill::Instance& instance, shm::Wish what, std::string command, const std::vector<std::string>& on);

// Who, and why. `--` of an option is part of its name: it is said where it is missing or too long.
void sign(const std::string& operator_name, const std::string& reason, shm::ControlRequest& request);

Name name_argument(const std::string& option, const std::string& text);
int128 decimal_argument(const std::string& option, const std::string& text);
void put_decimal(int128 raw, shm::ControlRequest& request);

struct Override {
  std::string limit, max, until;
  std::vector<std::string> on;
};
Wish make_override(const kill::Instance& instance, const Override& what, const std::string& operator_name,
                   const std::string& reason);

// Done, or waiting under a number for a second operator.
kill::DoorAnswer ask(const Wish& wish);

// What `bulwark control ... --json` prints.
nlohmann::ordered_json document(const Wish& wish, const kill::DoorAnswer& answer);

}  // namespace bulwark::wishes
