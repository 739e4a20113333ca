// SPDX-License-Identifier: Apache-2.0
// One attachment to a running instance: the segments that everybody reads, the connection to the door, and the memory
// that the door handed over. Made whole, or an Error that says what is wrong. It ends with its sidecar.
#pragma once

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>

#include "client/error.hpp"
#include "shm/board_reader.h"
#include "shm/clock.h"
#include "shm/fingerprint.h"
#include "shm/lane.h"
#include "shm/layout.h"
#include "shm/packet.h"
#include "shm/process.h"
#include "shm/run_folder.h"

namespace bulwark::client {

struct Link {
  shm::ReadOnly<shm::KillPage> page;
  shm::ReadOnly<shm::Board> board;
  shm::Descriptor socket;
  shm::AttachReply reply{};
  shm::MappedBytes memory;  // of a client its lane, of a publisher its marks table
  shm::MappedBytes file;    // of a client

  shm::Lane& lane() const { return shm::lane_in(memory.get(), reply.client); }
  shm::ClientFile& client_file() const { return *static_cast<shm::ClientFile*>(file.get()); }

  // Has the sidecar that we are attached to shown a sign of life, no longer ago than a lease lasts? Acquire: pairs with
  // its store, so that what it says is not older than its beat.
  bool sidecar_beats() const {
    const std::int64_t beat_ns = board->beat_ns.load(std::memory_order_acquire);
    return shm::monotonic_now().ns < beat_ns + static_cast<std::int64_t>(page->lease_ms) * 1'000'000;
  }

  // Has the other end gone? One system call: not for the path of an order.
  bool hung_up() const {
    pollfd look{socket.get(), POLLIN, 0};
    return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
  }
};

// Not yet, but perhaps soon: the sidecar is starting, or starting again.
class NotYet : public Unavailable {
public:
  using Unavailable::Unavailable;
};

struct LinkRequest {
  shm::DoorKind kind = shm::DoorKind::Client;
  std::string instance, client, account, strategy;
};

namespace link_details {

inline std::string versions(std::uint32_t version, std::uint64_t fingerprint) {
  char text[80];
  std::snprintf(text, sizeof text, "layout version %u (fingerprint %016llx)", version,
                static_cast<unsigned long long>(fingerprint));
  return text;
}

inline std::string wrong_version(const std::string& instance, std::uint32_t version, std::uint64_t fingerprint) {
  return "instance: " + in_quotes(instance) + " speaks " + versions(version, fingerprint) + ", this program speaks " +
         versions(shm::layout_version, shm::fingerprint) + "; both must come from the same build of Bulwark";
}

template <class Segment>
shm::ReadOnly<Segment> open_segment(const LinkRequest& wanted, const std::string& path, shm::SegmentKind kind) {
  auto segment = shm::map_read_only<Segment>(path, kind);
  switch (segment.status) {
    case shm::AttachStatus::Ready: return segment;
    case shm::AttachStatus::Absent:
    case shm::AttachStatus::NotReady:
      throw NotYet("instance: " + in_quotes(wanted.instance) + " is not ready: " + path + ": " +
                   std::string(shm::explain(segment.status)));
    case shm::AttachStatus::WrongVersion:
      throw Error(wrong_version(wanted.instance, segment.header()->version, segment.header()->fingerprint));
    default:
      throw Error("instance: " + in_quotes(wanted.instance) + " cannot be used: " + path + ": " +
                  std::string(shm::explain(segment.status)));
  }
}

inline shm::Descriptor knock(const LinkRequest& wanted, const std::string& folder) {
  shm::Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address;
  shm::Descriptor held;
  if (!socket || !shm::door_address(folder, address, held)) {
    throw Error("attach: this process has no descriptor left: " + std::string(std::strerror(errno)));
  }
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  const std::string why = std::strerror(errno);
  if (errno == EACCES || errno == EPERM) {
    throw Error("instance: " + in_quotes(wanted.instance) + ": this user may not attach: " + folder +
                "/attach.sock: " + why);
  }
  throw NotYet("instance: " + in_quotes(wanted.instance) + ": the sidecar is not running: " + folder +
               "/attach.sock: " + why);
}

// The next packet of the door, of exactly that type.
template <class Message>
shm::Packet hear(const shm::Descriptor& socket, Message& message, MonotonicNs deadline) {
  for (;;) {
    shm::Packet packet = shm::receive_packet(socket.get(), &message, sizeof message);
    if (packet.bytes == static_cast<ssize_t>(sizeof message)) return packet;
    if (packet.bytes >= 0 || (errno != EAGAIN && errno != EINTR)) throw NotYet("attach: the sidecar closed the door");
    const std::int64_t left_ns = deadline.ns - shm::monotonic_now().ns;
    if (left_ns <= 0) throw NotYet("attach: the sidecar did not answer in time");
    pollfd look{socket.get(), POLLIN, 0};
    ::poll(&look, 1, static_cast<int>(left_ns / 1'000'000) + 1);
  }
}

[[noreturn]] inline void refused(const LinkRequest& wanted, const shm::AttachReply& reply) {
  switch (reply.outcome) {
    case shm::DoorOutcome::WrongVersion:
      throw Refused(wrong_version(wanted.instance, reply.version, reply.fingerprint));
    case shm::DoorOutcome::BadName:
      throw Refused("client: " + in_quotes(wanted.client) +
                    " is no name; names are 1 to 32 printable ASCII characters");
    case shm::DoorOutcome::NameTaken:
      throw Refused("client: " + in_quotes(wanted.client) +
                    " is attached already, by a process that lives; each name is for one process at a time");
    case shm::DoorOutcome::UnknownAccount:
      throw Refused("account: " + in_quotes(wanted.account) + " is not configured in instance " +
                    in_quotes(wanted.instance));
    case shm::DoorOutcome::UnknownStrategy:
      throw Refused("strategy: " + in_quotes(wanted.strategy) + " is not configured in instance " +
                    in_quotes(wanted.instance));
    case shm::DoorOutcome::Full:
      throw Refused("instance: " + in_quotes(wanted.instance) + " has no room for another one (" +
                    std::to_string(shm::client_count_max) + " clients, " + std::to_string(shm::publisher_count_max) +
                    " publishers)");
    case shm::DoorOutcome::NotPermitted:
      throw Refused("instance: " + in_quotes(wanted.instance) + ": this user may not attach");
    default:
      throw Refused("instance: " + in_quotes(wanted.instance) +
                    ": the sidecar could not make the memory for this attach");
  }
}

inline shm::MappedBytes take_memory(const shm::Descriptor& memory, std::size_t at_least) {
  shm::MappedBytes mapped = shm::map_whole(memory.get(), PROT_READ | PROT_WRITE, at_least);
  if (!mapped) throw Error("attach: cannot map what the sidecar handed over: " + std::string(std::strerror(errno)));
  ::madvise(mapped.get(), mapped.bytes(), MADV_DONTFORK);  // a child has no business here
  return mapped;
}

inline shm::AttachRequest request_of(const LinkRequest& wanted) {
  shm::AttachRequest request{};
  request.kind = wanted.kind;
  request.version = shm::layout_version;
  request.fingerprint = shm::fingerprint;
  request.client = Name::from(wanted.client);
  request.account = Name::from(wanted.account);
  request.strategy = Name::from(wanted.strategy);
  request.start_time = shm::process_stat(::getpid()).start_time;
  return request;
}

}  // namespace link_details

// One try. NotYet: worth another; any other Error: not.
inline std::unique_ptr<Link> open_link(const LinkRequest& wanted, MonotonicNs deadline) {
  using namespace link_details;
  const std::string folder = shm::find_run_folder(wanted.instance);
  if (folder.empty()) {
    std::string places;
    for (const std::string& run : shm::run_folder_candidates()) places += (places.empty() ? "" : ", ") + run;
    throw Unavailable("instance: " + in_quotes(wanted.instance) + " is not running (looked for it in " + places + ")");
  }
  auto link = std::make_unique<Link>();
  link->page = open_segment<shm::KillPage>(wanted, folder + "/kill", shm::SegmentKind::KillPage);
  link->board = open_segment<shm::Board>(wanted, folder + "/board", shm::SegmentKind::Board);
  if (!shm::tables_fit(*link->board))
    throw Error("instance: the board of " + in_quotes(wanted.instance) + " is damaged");
  link->socket = knock(wanted, folder);
  if (!shm::send_packet(link->socket.get(), request_of(wanted))) throw NotYet("attach: the sidecar closed the door");
  shm::Packet handed = hear(link->socket, link->reply, deadline);
  if (link->reply.outcome != shm::DoorOutcome::Ready) refused(wanted, link->reply);
  if (link->reply.generation != link->board->header.generation)
    throw NotYet("attach: the sidecar has just been replaced");
  if (wanted.kind == shm::DoorKind::Client) {
    link->memory = take_memory(handed.descriptors[0], shm::lane_segment_bytes);
    link->file = take_memory(handed.descriptors[1], sizeof(shm::ClientFile));
  } else {
    link->memory = take_memory(handed.descriptors[0], sizeof(shm::MarksTable));
  }
  shm::DoorKind step = shm::DoorKind::Mapped;
  if (!shm::send_packet(link->socket.get(), step)) throw NotYet("attach: the sidecar closed the door");
  hear(link->socket, step, deadline);
  if (step != shm::DoorKind::Admitted) throw NotYet("attach: the sidecar did not admit this process");
  return link;
}

// Tries until it is there, or the deadline.
inline std::unique_ptr<Link> open_link_within(const LinkRequest& wanted, MonotonicNs deadline) {
  for (;;) {
    try {
      return open_link(wanted, deadline);
    } catch (const NotYet&) {
      if (shm::monotonic_now() >= deadline) throw;
    }
    shm::nap({5'000'000});
  }
}

}  // namespace bulwark::client
