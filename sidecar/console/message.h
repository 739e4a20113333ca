// SPDX-License-Identifier: Apache-2.0
// What pages are sent: made once, by whoever knows it, and shared by all who send it.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace bulwark::console {

using Bytes = std::shared_ptr<const std::string>;

struct Frame;

enum class MessageKind { Hello, State, Feed, Frame };

struct Message {
  MessageKind kind;
  Bytes bytes;                         // as they go over the WebSocket: a frame is binary, all others are JSON
  std::shared_ptr<const Frame> frame;  // of a frame
  std::vector<std::string> rows{};     // of a feed: each row's JSON
};

}  // namespace bulwark::console
