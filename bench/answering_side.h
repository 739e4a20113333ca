// SPDX-License-Identifier: Apache-2.0
// The process that answers: it serves one chunk after the other as the asking side orders them, and never sleeps.
#pragma once

#include "bench/placement.h"
#include "bench/shared.h"

namespace bulwark::bench {

// Until the asking side orders the end, or has died. Returns the exit code of the process.
int answer_until_end(Shared& shared, const Placement& placement);

}  // namespace bulwark::bench
