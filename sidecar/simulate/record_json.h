// SPDX-License-Identifier: Apache-2.0
// A journal's records as JSON, one for each: what came in and what came of it in the words of the contract (section 3),
// and the sidecar's notes about itself.
#pragma once

#include "sidecar/journal/names.h"
#include "sidecar/simulate/output_json.h"

namespace bulwark::simulate {

// Whose a record is: of an output what its event says, of a report what its order says. Empty: nobody's.
struct Belonging {
  std::string client, account, strategy, symbol, id, other_id;
};

class RecordJson {
public:
  RecordJson(std::string directory, journal::LoadRules load_rules);

  // To be told every record from the first one on, in their order.
  nlohmann::ordered_json row(const journal::Record& record);
  const Belonging& belonging() const { return belonging_; }  // of the record that was told last

  // Instead of row(), by whoever wants few of the records and no belonging: the record is only followed. What is wanted
  // may then be asked for.
  void pass(const journal::Record& record);
  nlohmann::ordered_json words(const journal::Record& record) const;  // of the record that was passed last
  nlohmann::ordered_json asked() const { return event(event_); }      // the event that the last outputs came of

private:
  void follow(const core::Event& event);
  nlohmann::ordered_json event(const core::Event& event) const;
  nlohmann::ordered_json output(const journal::Record& record) const;
  nlohmann::ordered_json note(const journal::Record& record) const;
  void add_order(nlohmann::ordered_json& json, const core::Event& event) const;
  void add_fill(nlohmann::ordered_json& json, const core::FillEvent& fill) const;
  void add_size(nlohmann::ordered_json& json, const core::SizeEvent& size) const;
  void add_control(nlohmann::ordered_json& json, const core::ControlEvent& control) const;

  journal::RecordNames names_;
  OutputJson outputs_;
  core::Event event_{};  // the last one: what came of it follows
  Belonging belonging_;
  std::unordered_map<std::string, Belonging> orders_;  // by client and id, and by id alone: the last one that had it
};

}  // namespace bulwark::simulate
