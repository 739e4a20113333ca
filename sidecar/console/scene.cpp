// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/scene.h"

namespace bulwark::console {

void Scene::take(const Message& message) {
  switch (message.kind) {
    case MessageKind::Hello: hello_ = message.bytes; break;
    case MessageKind::State: state_ = message.bytes; break;
    case MessageKind::Frame: frame_ = message.frame; break;
    case MessageKind::Feed:
      rows_.insert(rows_.end(), message.rows.begin(), message.rows.end());
      while (rows_.size() > feed_rows) rows_.pop_front();
      break;
  }
}

std::string Scene::feed() const {
  std::string rows = "[";
  for (const std::string& row : rows_) rows += (rows.size() == 1 ? "" : ",") + row;
  return rows + "]";
}

std::vector<Bytes> Scene::opening() const {
  std::vector<Bytes> messages;
  if (hello_) messages.push_back(hello_);
  if (!rows_.empty())
    messages.push_back(std::make_shared<const std::string>(R"({"type":"feed","rows":)" + feed() + "}"));
  messages.push_back(std::make_shared<const std::string>(series_.json().dump()));
  if (state_) messages.push_back(state_);
  return messages;
}

std::string Scene::whole() const {
  const auto text = [](const Bytes& bytes) { return bytes ? *bytes : "null"; };
  return R"({"hello":)" + text(hello_) + R"(,"state":)" + text(state_) + R"(,"series":)" + series_.json().dump() +
         R"(,"feed":)" + feed() + R"(,"frame":)" + (frame_ ? frame_json(*frame_).dump() : "null") + "}\n";
}

}  // namespace bulwark::console
