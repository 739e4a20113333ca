// SPDX-License-Identifier: Apache-2.0
// The daily risk report as one JSON document (docs/reports.md): every other format is a rendering of it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sidecar/model/source.h"
#include "sidecar/report/span.h"

namespace bulwark::report {

struct Request {
  std::string journal;  // its folder
  Wanted wanted;
  std::optional<model::Source> source;  // the files that models are made of, where they are known
};

// The journal begins after the span.
class NothingYet : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// Throws Mistake (the question is wrong), NothingYet, and journal::JournalError (there is no journal to report on). One
// that is damaged is reported on as far as it is good; `damage` says so.
nlohmann::ordered_json document_of(const Request& request);

}  // namespace bulwark::report
