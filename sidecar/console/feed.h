// SPDX-License-Identifier: Apache-2.0
// What happens, told to the pages as it comes. A thread of its own: the journal is read from its beginning, and a long
// one must not hold up the figures.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "sidecar/console/watch.h"
#include "sidecar/view/happenings.h"

namespace bulwark::console {

class Feed {
public:
  static constexpr std::size_t shown = 200;

  // `listener` is told each from record `from` on, the pages the last ones and those that come.
  Feed(std::string journal_directory, std::uint64_t from, const Listener& listener, Tell tell)
      : directory_(std::move(journal_directory)), from_(from), listener_(listener), tell_(std::move(tell)) {}
  void run(const std::atomic<bool>& ending);

private:
  bool follow();

  const std::string directory_;
  std::uint64_t from_;
  const Listener& listener_;
  const Tell tell_;
  std::optional<view::Happenings> happenings_;
};

}  // namespace bulwark::console
