// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/feed.h"

#include <algorithm>
#include <deque>
#include <iterator>

#include "shm/clock.h"

namespace bulwark::console {

using Json = nlohmann::ordered_json;

static Message message_of(std::deque<std::string>& rows) {
  std::string bytes = R"({"type":"feed","rows":[)";
  for (const std::string& row : rows) bytes += (&row == &rows.front() ? "" : ",") + row;
  bytes += "]}";
  return {MessageKind::Feed,
          std::make_shared<const std::string>(std::move(bytes)),
          nullptr,
          {std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end())}};
}

// False: the journal cannot be followed now.
bool Feed::follow() {
  std::deque<std::string> rows;
  bool good = false;
  try {
    if (!happenings_) happenings_.emplace(directory_, from_);
    good = happenings_->follow([&](const Json& row) {
      listener_.happening(row);
      rows.push_back(row.dump(-1, ' ', false, Json::error_handler_t::replace));
      if (rows.size() > shown) rows.pop_front();
    });
    from_ = std::max(from_, happenings_->sequence() + 1);
    if (good) listener_.caught_up();
  } catch (const std::exception&) {  // there is no journal yet
    good = false;
  }
  if (!good) happenings_.reset();
  if (!rows.empty()) tell_(message_of(rows));
  return good;
}

void Feed::run(const std::atomic<bool>& ending) {
  while (!ending.load(std::memory_order_relaxed)) {
    const bool good = follow();
    for (int tenths = good ? 1 : 20; tenths > 0 && !ending.load(std::memory_order_relaxed); --tenths)
      shm::nap(milliseconds(100));
  }
}

}  // namespace bulwark::console
