// SPDX-License-Identifier: Apache-2.0
// What was sent last: for pages that come, and for who asks for all of it in one document. Used by the server's thread
// alone.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "sidecar/console/message.h"
#include "sidecar/console/series.h"

namespace bulwark::console {

class Scene {
public:
  static constexpr std::size_t feed_rows = 200;

  explicit Scene(const Series& series) : series_(series) {}
  void take(const Message& message);
  std::vector<Bytes> opening() const;
  std::string whole() const;

private:
  std::string feed() const;  // a JSON array

  const Series& series_;
  Bytes hello_, state_;
  std::shared_ptr<const Frame> frame_;
  std::deque<std::string> rows_;
};

}  // namespace bulwark::console
