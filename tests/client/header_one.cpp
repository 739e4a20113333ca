// SPDX-License-Identifier: Apache-2.0
// The public headers in two units of one program, as a user includes them: together, and after headers that bring names
// like ours. With -DFLOATING_POINT it must not compile: 0.1 has no exact double.
#include <bulwark/bulwark.h>

#include <bulwark/client.hpp>
#include <iomanip>

int attach_to_nobody();

int main() {
  const bulwark_order order = BULWARK_INIT(bulwark_order);
#ifdef FLOATING_POINT
  const bulwark::Number wrong = 0.1;
  return wrong.absent() ? 1 : 0;
#endif
  return attach_to_nobody() + (order.size == sizeof order ? 0 : 1);
}
