// SPDX-License-Identifier: Apache-2.0
// The thread of the door: the socket, the connections, their deadlines and their ends. What an attach means is in
// attach.cpp.
#include "sidecar/door/door.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "shm/clock.h"
#include "shm/packet.h"
#include "shm/process.h"

namespace bulwark::cold {

namespace {

constexpr std::size_t connection_count_max = shm::client_count_max + shm::publisher_count_max + 64;
constexpr std::int64_t liveness_interval_ns = 250'000'000;

Peer peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return {};
  return {credentials.pid, credentials.uid, credentials.gid, shm::process_stat(credentials.pid).start_time};
}

}  // namespace

Door::Door(const std::string& run_folder, const shm::Board& board, HotSide& hot)
    : board_(board), hot_(hot), files_(run_folder), socket_path_(run_folder + "/attach.sock") {
  wake_ = shm::Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  files_.remove_dead();
  listen_at(run_folder);
}

Door::~Door() { ::unlink(socket_path_.c_str()); }

void Door::listen_at(const std::string& run_folder) {
  listener_ = shm::Descriptor(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address;
  shm::Descriptor held;
  ::unlink(socket_path_.c_str());  // of a sidecar that died
  // Nobody can connect before listen(), so the permissions are right from the first connection on.
  if (!wake_ || !listener_ || !shm::door_address(run_folder, address, held) ||
      ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(socket_path_.c_str(), 0660) != 0 || ::listen(listener_.get(), 64) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot open the door " + socket_path_);
  }
}

void Door::stop() {
  const std::uint64_t one = 1;
  if (::write(wake_.get(), &one, sizeof one) < 0) return;  // EAGAIN: it has been told already
}

void Door::run() {
  std::vector<pollfd> polled;
  for (;;) {
    polled.assign({{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}});
    for (const Connection& connection : connections_) polled.push_back({connection.socket.get(), POLLIN, 0});
    if (::poll(polled.data(), polled.size(), wait_ms(shm::monotonic_now().ns)) < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "the door cannot wait at " + socket_path_);
    }
    if (polled[0].revents != 0) break;
    std::size_t i = 2;
    for (Connection& connection : connections_) {
      const short events = polled[i++].revents;
      if (events != 0) serve(connection, (events & POLLIN) != 0, (events & (POLLHUP | POLLERR)) != 0);
    }
    end_overdue_and_dead(shm::monotonic_now().ns);
    connections_.remove_if([](const Connection& connection) { return connection.step == Step::Ended; });
    if (polled[1].revents != 0) accept_one();
  }
  // The clients live on and go on acknowledging stops: their files stay.
  for (Connection& connection : connections_) {
    let_go(connection);
    if (connection.step == Step::Leaving) connection.memory.release();  // stays mapped until the process ends
  }
  connections_.clear();
}

int Door::wait_ms(std::int64_t now_ns) const {
  std::int64_t until_ns = now_ns + liveness_interval_ns;
  for (const Connection& connection : connections_) {
    if (connection.step < Step::Admitted) until_ns = std::min(until_ns, connection.deadline_ns);
  }
  return static_cast<int>(std::max<std::int64_t>(until_ns - now_ns, 0) / 1'000'000 + 1);
}

void Door::accept_one() {
  shm::Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket) {
    // Out of descriptors: the one who waits goes on waiting. A short rest, so that this does not become a busy loop.
    if (errno == EMFILE || errno == ENFILE) shm::nap({10'000'000});
    return;
  }
  Connection connection;
  connection.peer = peer_of(socket.get());
  connection.socket = std::move(socket);
  connection.deadline_ns = shm::monotonic_now().ns + step_deadline_ns;
  connections_.push_back(std::move(connection));
  if (connections_.size() > connection_count_max) refuse(connections_.back(), shm::DoorOutcome::Full);
}

void Door::serve(Connection& connection, bool readable, bool hung_up) {
  if (connection.step == Step::Ended) return;  // by an earlier one of this round, which took its name
  if (readable) {
    // One byte more than the largest message, so that a longer one is seen to be longer.
    alignas(8) unsigned char packet[sizeof(shm::ControlRequest) + 1];
    static_assert(sizeof(shm::ControlRequest) >= sizeof(shm::AttachRequest));
    const shm::Packet received = shm::receive_packet(connection.socket.get(), packet, sizeof packet);
    if (received.bytes > 0) return take_request(connection, packet, static_cast<std::size_t>(received.bytes));
    if (received.bytes == 0 || (errno != EAGAIN && errno != EINTR)) return retire(connection);
  }
  if (hung_up) retire(connection);
}

void Door::end_overdue_and_dead(std::int64_t now_ns) {
  const bool look_for_dead = now_ns >= liveness_due_ns_;
  if (look_for_dead) liveness_due_ns_ = now_ns + liveness_interval_ns;
  for (Connection& connection : connections_) {
    if (connection.step == Step::Ended) continue;
    if (connection.step == Step::Leaving) {
      if (look_for_dead) let_go(connection);
      continue;
    }
    const bool overdue = connection.step != Step::Admitted && now_ns >= connection.deadline_ns;
    // A forked child may hold the connection of a dead client open: the process itself is looked at too.
    const bool dead = look_for_dead && !shm::process_alive(connection.peer.pid, connection.peer.start_time);
    if (overdue || dead) retire(connection);
  }
}

// The other end has gone, or is shown out: nothing of it remains, its client file included.
void Door::retire(Connection& connection) {
  if (connection.kind == shm::DoorKind::Client && connection.step == Step::AwaitMapped) files_.discard(connection.name);
  if (connection.kind == shm::DoorKind::Client && connection.step == Step::Admitted) files_.remove(connection.name);
  let_go(connection);
}

// Where the hot loop does not let go (it has no time), it is asked again and again; its memory stays mapped until then.
void Door::let_go(Connection& connection) {
  const bool held = (connection.step == Step::Admitted || connection.step == Step::Leaving) && connection.memory;
  connection.socket = shm::Descriptor();
  connection.step = Step::Ended;
  if (!held) return;
  const bool client = connection.kind == shm::DoorKind::Client;
  if (client ? hot_.retire(connection.reply.client) : hot_.retire_publisher(connection.place)) return;
  connection.step = Step::Leaving;
}

}  // namespace bulwark::cold
