// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/session_rows.h"

#include <fstream>
#include <iterator>

#include "sidecar/config/csv.h"

namespace bulwark::console {

using Json = nlohmann::ordered_json;

Json session_rows(const std::string& journal_directory) {
  std::ifstream file(journal_directory + "/sessions.csv");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Json rows = Json::array();
  config::each_line(text, [&](int, const std::vector<std::string_view>& fields) {
    if (fields.size() != 5 || !config::is_date(fields[0])) return;
    const auto number = [&](std::size_t k) {
      const auto value = config::number_of(fields[k]);
      return value ? Json(*value) : Json(nullptr);
    };
    rows.push_back({{"date", fields[0]},
                    {"confidence", number(1)},
                    {"var", number(2)},
                    {"frozen", number(3)},
                    {"actual", number(4)}});
  });
  return rows;
}

}  // namespace bulwark::console
