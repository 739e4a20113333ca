// SPDX-License-Identifier: Apache-2.0
// What an attach means: who may have which name, what is made for whom, in which order it is sealed and handed over.
#include <poll.h>

#include <cstring>

#include "shm/attach.h"
#include "shm/board_reader.h"
#include "shm/clock.h"
#include "shm/fingerprint.h"
#include "shm/lane.h"
#include "shm/marks.h"
#include "shm/packet.h"
#include "shm/process.h"
#include "sidecar/door/door.h"

namespace bulwark::cold {

using shm::DoorKind;
using shm::DoorOutcome;

namespace {

// What every version of the protocol begins with.
struct Prefix {
  DoorKind kind;
  std::uint32_t version;
  std::uint64_t fingerprint;
};

bool printable(const Name& name) { return name.size == 0 || (name.size <= 32 && valid_name(name.view())); }
bool printable(const Sentence& text) { return text.size <= 127 && printable_ascii(text.view()); }

bool alive(const Connection& connection) {
  pollfd socket{connection.socket.get(), POLLIN, 0};
  return (::poll(&socket, 1, 0) <= 0 || (socket.revents & (POLLHUP | POLLERR)) == 0) &&
         shm::process_alive(connection.peer.pid, connection.peer.start_time);
}

}  // namespace

void Door::take_request(Connection& connection, const void* packet, std::size_t bytes) {
  if (connection.step == Connection::Step::AwaitMapped) {
    DoorKind kind{};
    if (bytes == sizeof kind) std::memcpy(&kind, packet, sizeof kind);
    return kind == DoorKind::Mapped ? take_mapped(connection) : retire(connection);
  }
  Prefix prefix{};
  if (connection.step != Connection::Step::AwaitRequest || bytes < sizeof prefix) return retire(connection);
  std::memcpy(&prefix, packet, sizeof prefix);
  connection.kind = prefix.kind;
  if (prefix.version != shm::layout_version || prefix.fingerprint != shm::fingerprint) {
    return refuse(connection, DoorOutcome::WrongVersion);
  }
  if (prefix.kind == DoorKind::Control && bytes == sizeof(shm::ControlRequest)) {
    shm::ControlRequest request;
    std::memcpy(&request, packet, sizeof request);
    return take_wish(connection, request);
  }
  if (bytes != sizeof(shm::AttachRequest)) return retire(connection);
  shm::AttachRequest request;
  std::memcpy(&request, packet, sizeof request);
  if (prefix.kind == DoorKind::Client) return take_client(connection, request);
  if (prefix.kind == DoorKind::Publisher) return take_publisher(connection);
  retire(connection);
}

void Door::refuse(Connection& connection, DoorOutcome outcome) {
  if (connection.kind == DoorKind::Control) {
    shm::ControlReply reply{};
    reply.outcome = outcome;
    shm::send_packet(connection.socket.get(), reply);
  } else {
    shm::AttachReply reply{};
    reply.outcome = outcome;
    reply.version = shm::layout_version;
    reply.fingerprint = shm::fingerprint;
    shm::send_packet(connection.socket.get(), reply);
  }
  retire(connection);
}

bool Door::name_taken(const std::string& name, const Peer& peer) {
  for (Connection& other : connections_) {
    if (other.step == Step::Ended || !other.is_client(name)) continue;
    if (other.step == Step::Leaving) let_go(other);
    else if (alive(other)) return true;
    else retire(other);  // it has died, and its end has not been served yet
    if (other.step != Step::Ended) return true;
  }
  // One that attached to an earlier sidecar, lives, and has not come back yet, keeps its name as well.
  const auto holder = files_.living_holder(name);
  return holder && (holder->pid != peer.pid || holder->start_time != peer.start_time);
}

DoorOutcome Door::judge_client(const shm::AttachRequest& request, const Peer& peer) {
  if (request.client.size == 0 || !printable(request.client)) return DoorOutcome::BadName;
  if (!printable(request.account) || !printable(request.strategy)) return DoorOutcome::BadName;
  const std::string_view account = request.account.view(), strategy = request.strategy.view();
  if (!account.empty() && shm::find_row(board_, board_.accounts, account) == 0) return DoorOutcome::UnknownAccount;
  if (!strategy.empty() && shm::find_row(board_, board_.strategies, strategy) == 0) {
    return DoorOutcome::UnknownStrategy;
  }
  if (name_taken(std::string(request.client.view()), peer)) return DoorOutcome::NameTaken;
  std::size_t clients = 0;
  for (const Connection& other : connections_) {
    if (other.kind == DoorKind::Client && other.holds_memory()) ++clients;
  }
  return clients < shm::client_count_max ? DoorOutcome::Ready : DoorOutcome::Full;
}

// The lane, its pages reserved and its size sealed, and the client file.
bool Door::make_lane(Connection& connection, shm::Descriptor& file) {
  connection.memfd = shm::create_memfd("bulwark-lane", shm::lane_segment_bytes);
  if (!connection.memfd) return false;
  connection.memory = shm::map_whole(connection.memfd.get(), PROT_READ | PROT_WRITE, shm::lane_segment_bytes);
  if (!connection.memory || !shm::seal_size(connection.memfd.get())) return false;
  auto& lane = shm::lane_in(connection.memory.get(), connection.reply.client);
  shm::fill_header(lane.header, shm::SegmentKind::Lane, sizeof(shm::Lane), board_.header.generation);
  lane.client = connection.reply.client;
  shm::make_ready(lane.header);
  file = files_.create(Name::from(connection.name), connection.peer, board_.header.generation);
  return static_cast<bool>(file);
}

void Door::take_client(Connection& connection, const shm::AttachRequest& request) {
  if (const DoorOutcome outcome = judge_client(request, connection.peer); outcome != DoorOutcome::Ready) {
    return refuse(connection, outcome);
  }
  connection.name = request.client.view();
  shm::AttachReply& reply = connection.reply;
  reply.client = hot_.client_index(request.client);
  if (reply.client == ClientIndex::None) return refuse(connection, DoorOutcome::Full);
  shm::Descriptor file;
  if (!make_lane(connection, file)) return refuse(connection, DoorOutcome::Failed);
  reply.outcome = DoorOutcome::Ready;
  reply.version = shm::layout_version;
  reply.fingerprint = shm::fingerprint;
  reply.generation = board_.header.generation;
  reply.account = static_cast<AccountIndex>(shm::find_row(board_, board_.accounts, request.account.view()));
  reply.strategy = static_cast<StrategyIndex>(shm::find_row(board_, board_.strategies, request.strategy.view()));
  connection.step = Step::AwaitMapped;
  connection.deadline_ns = shm::monotonic_now().ns + step_deadline_ns;
  const int handed[] = {connection.memfd.get(), file.get()};
  if (!shm::send_packet(connection.socket.get(), reply, handed)) retire(connection);
}

void Door::take_publisher(Connection& connection) {
  bool used[shm::publisher_count_max] = {};
  for (const Connection& other : connections_) {
    if (other.kind == DoorKind::Publisher && other.holds_memory()) {
      used[other.place] = true;
    }
  }
  while (connection.place < shm::publisher_count_max && used[connection.place]) ++connection.place;
  if (connection.place == shm::publisher_count_max) return refuse(connection, DoorOutcome::Full);
  connection.quote_count = shm::row_count(board_.quotes);
  const std::size_t bytes = shm::marks_bytes(connection.quote_count);
  connection.memfd = shm::create_memfd("bulwark-marks", bytes);
  if (connection.memfd) connection.memory = shm::map_whole(connection.memfd.get(), PROT_READ | PROT_WRITE, bytes);
  if (!connection.memory || !shm::seal_size(connection.memfd.get())) return refuse(connection, DoorOutcome::Failed);
  shm::make_marks(connection.memory.get(), connection.quote_count, board_.header.generation);
  shm::AttachReply reply{};
  reply.outcome = DoorOutcome::Ready;
  reply.version = shm::layout_version;
  reply.fingerprint = shm::fingerprint;
  reply.generation = board_.header.generation;
  connection.step = Step::AwaitMapped;
  connection.deadline_ns = shm::monotonic_now().ns + step_deadline_ns;
  const int handed[] = {connection.memfd.get()};
  if (!shm::send_packet(connection.socket.get(), reply, handed)) retire(connection);
}

// The other end has mapped it: nobody else will ever write it; then the hot loop may look at it.
void Door::take_mapped(Connection& connection) {
  const bool client = connection.kind == DoorKind::Client;
  bool admitted = shm::seal_writers(connection.memfd.get()) &&
                  shm::take_pages(connection.memfd.get(), connection.memory) &&
                  (!client || files_.publish(connection.name));
  if (admitted) {
    admitted = client ? hot_.admit(connection.reply, shm::lane_in(connection.memory.get(), connection.reply.client))
                      : hot_.admit_publisher(connection.place, *static_cast<shm::MarksTable*>(connection.memory.get()),
                                             connection.quote_count);
    if (!admitted && client) files_.remove(connection.name);
  }
  if (!admitted) return retire(connection);
  connection.step = Step::Admitted;
  connection.memfd = shm::Descriptor();
  if (!shm::send_packet(connection.socket.get(), DoorKind::Admitted)) retire(connection);
}

void Door::take_wish(Connection& connection, const shm::ControlRequest& request) {
  shm::ControlReply reply{};
  reply.outcome = DoorOutcome::BadName;
  bool fit = printable(request.reason);
  for (const Name* name : {&request.symbol, &request.sector, &request.account, &request.strategy, &request.client,
                           &request.limit, &request.operator_name}) {
    fit = fit && printable(*name);
  }
  if (fit) hot_.control(connection.peer, request, reply);
  // Another wish may follow on the same connection, within the time of a step.
  connection.deadline_ns = shm::monotonic_now().ns + step_deadline_ns;
  if (!shm::send_packet(connection.socket.get(), reply)) retire(connection);
}

}  // namespace bulwark::cold
