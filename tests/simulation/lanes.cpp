// SPDX-License-Identifier: Apache-2.0
// The clients and the publisher of the simulated system: what they put into shared memory, and what they hear back.
#include "tests/simulation/system.h"

namespace bulwark::test {

using core::EventType;
using shm::MessageKind;

static shm::Request request_of(const core::Event& event) {
  shm::Request request;
  switch (event.type) {
    case EventType::Intent: {
      const core::IntentEvent& e = event.intent;
      request.kind = MessageKind::Intent;
      request.side = e.side;
      request.no_price = e.market;
      request.reduce_only = e.reduce_only;
      request.resize = e.resize;
      request.account = e.account;
      request.strategy = e.strategy;
      request.symbol = e.symbol;
      request.quantity = e.quantity;
      request.price = e.price;
      request.id = e.id;
      break;
    }
    case EventType::Replace:
      request.kind = MessageKind::Replace;
      request.no_price = event.replace.keep_price;
      request.quantity = event.replace.quantity;
      request.price = event.replace.price;
      request.id = event.replace.id;
      request.other = event.replace.new_id;
      break;
    case EventType::Fill: {
      const core::FillEvent& e = event.fill;
      request.kind = MessageKind::Fill;
      request.side = e.side;
      request.account = e.account;
      request.strategy = e.strategy;
      request.symbol = e.symbol;
      request.quantity = e.quantity;
      request.price = e.price;
      request.fee = {core::join(e.fee_low, e.fee_high)};
      request.id = e.id;
      request.other = e.exec_id;
      break;
    }
    default:
      request.kind = event.type == EventType::Ack      ? MessageKind::Ack
                     : event.type == EventType::Cancel ? MessageKind::Cancel
                                                       : MessageKind::Done;
      request.id = event.order.id;
      request.why = event.order.why;
  }
  return request;
}

void System::send(int k, const core::Event& event) {
  Client& client = clients_[static_cast<std::size_t>(k)];
  if (!client.memory) return;
  const auto ticket = client.lane.send(request_of(event), true);
  if (!ticket) return;  // a full lane: the client is told so at once
  if (event.type == EventType::Intent) client.orders.emplace_back(*ticket, event.intent.id);
  if (event.type == EventType::Replace) client.orders.emplace_back(*ticket, event.replace.new_id);
}

// Whatever a client may write into its own lane.
void System::send_garbage(int k, std::uint64_t word) {
  Client& client = clients_[static_cast<std::size_t>(k)];
  if (!client.memory) return;
  shm::LaneLine& line = (*client.memory)->lines[word % shm::lane_line_count];
  line.words[word / 64 % 7].store(word * 0x9e3779b97f4a7c15ULL);
  line.state.store(word ^ (word << 31));
  client.confused = true;
}

// What is told to a client is what was journaled, and nothing that was not.
void System::poll(int k) {
  Client& client = clients_[static_cast<std::size_t>(k)];
  while (client.lane.next_command()) {
  }
  while (!client.orders.empty() && !client.confused) {
    const auto& [ticket, id] = client.orders.front();
    const auto answer = client.lane.poll(ticket);
    if (!answer) return;
    if (answer->reason != Reason::JournalFull) {
      auto& decided = decided_[{client.index, std::string(id.view())}];
      if (decided.empty()) broken("an answer to " + std::string(id.view()) + " that is in no journal");
      if (decided.front() != answer->decision)
        broken("another answer to " + std::string(id.view()) + " than journaled");
      decided.pop_front();
    }
    client.orders.pop_front();
  }
}

void System::mark(const core::Event& event) {
  if (!sidecar_lives()) return;
  const auto& quotes = life_->board->quotes();
  for (std::uint32_t k = 1; k < quotes.size(); ++k) {
    const bool wanted = event.type == EventType::Mark
                            ? at(quotes[k].symbol) == event.mark.symbol
                            : quotes[k].symbol == SymbolIndex::None && at(quotes[k].currency) == event.mark.symbol;
    if (!wanted) continue;
    const shm::Quote quote{event.mark.bid, event.mark.ask, event.mark.last};
    publisher_.write(static_cast<shm::QuoteIndex>(k), quote, shm::monotonic_now());
  }
}

}  // namespace bulwark::test
