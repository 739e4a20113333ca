// SPDX-License-Identifier: Apache-2.0
// The session's course so far, a point a second, thinned where it gets long; it outlives the console in a file.
#pragma once

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/session.h"
#include "sidecar/console/frame.h"

namespace bulwark::console {

class Series {
public:
  static constexpr std::size_t point_count_max = 4'096;

  // `path`: where it is kept; what stands there of the session that runs is gone on with.
  Series(std::string path, const core::Session& session, TimeNs now);

  // Once a second or oftener.
  void add(const Frame& frame, TimeNs now);
  // {"type": "series", "step_s", "t", and a list for each name}. From any thread.
  nlohmann::ordered_json json() const;
  // Keeps it in its file, now and then and at the end. In a thread of its own: a disk may hang.
  void run(const std::atomic<bool>& ending) const;

private:
  void save() const;
  void load();
  void thin();

  static constexpr std::array<std::string_view, 4> names_{"equity", "profit_today", "drawdown", "parametric_var"};
  const std::string path_;
  const core::SessionClock clock_;
  mutable std::mutex mutex_;
  std::int64_t end_s_ = 0, step_s_ = 1;  // when the session ends
  std::vector<std::int64_t> t_;
  std::array<std::vector<double>, names_.size()> values_;
};

}  // namespace bulwark::console
