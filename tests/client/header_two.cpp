// SPDX-License-Identifier: Apache-2.0
#include <bulwark/client.hpp>

int attach_to_nobody();

int attach_to_nobody() {
  try {
    bulwark::Client::attach({.instance = "no-such-instance", .client = "c"});
  } catch (const bulwark::Unavailable&) {
    return 0;
  }
  return 1;
}
