// SPDX-License-Identifier: Apache-2.0
// The table [ledger]: addresses of the servers that the journal is shipped to.
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "sidecar/config/reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {

using Texts = std::initializer_list<std::string_view>;

static std::string read_url(Section& section, std::string_view key, Texts schemes, std::string_view allowed) {
  const std::optional<std::string> url = section.text(key);
  if (!url) return {};
  if (std::none_of(schemes.begin(), schemes.end(), [&](auto scheme) { return url->starts_with(scheme); })) {
    section.mistake(key, fmt::format("found {}; allowed is {}", shown(*url), allowed));
  }
  return *url;
}

Ledger read_ledger(Section& section) {
  Ledger ledger;
  ledger.postgres = read_url(section, "postgres", {"postgresql://", "postgres://"}, "postgresql://USER@HOST/DATABASE");
  ledger.redis = read_url(section, "redis", {"redis://", "unix:///"}, "redis://HOST:PORT or unix:///PATH");
  section.finish();
  return ledger;
}

}  // namespace bulwark::config
