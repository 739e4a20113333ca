// SPDX-License-Identifier: Apache-2.0
// What cold threads have the loop do between two events: lanes and publishers come and go, names, controls, new rules.
#include "sidecar/hot/loop.h"

namespace bulwark::hot {

void Loop::carry_out(Call& call) {
  Call::Stage waiting = Call::Stage::Waiting;
  if (!call.stage.compare_exchange_strong(waiting, Call::Stage::Running, std::memory_order_acq_rel)) return;
  call.work(*this);
  // Release: whoever waits for it sees what the work has written. The call is theirs again with this store.
  call.stage.store(Call::Stage::Done, std::memory_order_release);
}

ClientIndex Loop::client_index(const Name& name) {
  const ClientIndex known = engine_.names().clients.find(name.view());
  if (known != ClientIndex::None || !journal_open()) return known;
  event_ = {};
  event_.t = t_;
  event_.type = core::EventType::Client;
  event_.client.name = name;
  apply();
  publisher_.add_names(engine_);
  return engine_.names().clients.find(name.view());
}

bool Loop::admit(const Attached& who, shm::Lane& lane) {
  if (who.client == ClientIndex::None || lanes_.size() == lanes_.capacity() || lane_of(who.client) != nullptr)
    return false;
  LaneSlot slot;
  slot.who = who;
  fill_in_account(slot.who.account, slot.who.strategy);
  slot.server = shm::LaneServer(lane);
  lanes_.push_back(slot);
  ask_again_to_cancel(who.client);
  return true;
}

// What the client has reported still counts; what it has asked nobody waits for, and so it is refused unseen.
void Loop::retire(ClientIndex client) {
  LaneSlot* slot = lane_of(client);
  if (slot == nullptr) return;
  if (slot->unsaid != 0) slot->server.give_kept_answer();  // nobody reads it, and the next request stands behind it
  for (std::size_t i = 0; i < shm::lane_line_count && (slot->holds || slot->server.poll(slot->request)); ++i) {
    slot->holds = false;
    const bool asks = is_order(slot->request.kind) || is_question(slot->request.kind);
    if (asks) slot->server.answer(refusal(Reason::LeaseExpired, 0));
    else if (!serve_request(*slot, permission_.current())) break;
  }
  lanes_.erase(lanes_.begin() + (slot - lanes_.data()));
}

bool Loop::admit_publisher(std::size_t place, shm::MarksTable& table, std::size_t quote_count) {
  if (publishers_.size() == publishers_.capacity()) return false;
  publishers_.push_back({place, shm::MarksReader(table, quote_count)});
  return true;
}

void Loop::retire_publisher(std::size_t place) {
  std::erase_if(publishers_, [place](const Publisher& publisher) { return publisher.place == place; });
}

core::EventError Loop::apply_wish(const core::Event& wish) {
  if (!journal_open()) return core::EventError::NoRoom;
  event_ = wish;
  event_.t = t_;
  apply();
  return error_;
}

core::EventError Loop::control(const core::ControlEvent& wish) {
  core::Event event{};
  event.type = core::EventType::Control;
  event.control = wish;
  return apply_wish(event);
}

std::uint64_t Loop::remark(std::string_view operator_name, std::string_view text) {
  if (!journal_open()) return 0;
  ring_.append(journal::Remark{t_, Name::from(operator_name), Text<247>::from(text)});
  return ring_.next_sequence() - 1;
}

bool Loop::adopt(core::Adoption& adoption, std::uint64_t configuration) {
  if (!journal_open()) return false;
  engine_.adopt(adoption);
  note(journal::RecordType::Configuration, configuration);
  publisher_.add_names(engine_);
  publisher_.show_states(engine_);
  return true;
}

void Loop::note(journal::RecordType type, std::uint64_t a, std::uint64_t b) {
  ring_.append(type, journal::Note{t_, a, b});
}

// Where one is to be taken (0), or what became of it. Without room in the journal there is none this time.
void Loop::note_snapshot(std::uint64_t sequence, std::uint64_t digest) {
  if (journal_open()) note(journal::RecordType::Snapshot, sequence, digest);
}

// A name that nobody has is none of the journal's.
void Loop::note_client_stop(std::uint64_t epoch, std::string_view client, std::uint64_t delay_ns) {
  const journal::ClientStop stop{engine_.names().clients.find(client), delay_ns};
  if (stop.client != ClientIndex::None && journal_open()) note(journal::RecordType::ClientStop, epoch, stop.word());
}

void Loop::finish() {
  advance(shm::monotonic_now());
  if (journal_open()) note(journal::RecordType::End, 0);
  keep_house();
}

}  // namespace bulwark::hot
