// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "killswitch/door.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <sstream>

#include "shm/clock.h"
#include "shm/fingerprint.h"
#include "shm/latch.h"

namespace bulwark::kill {

using shm::Descriptor;

static constexpr timeval patience{5, 0};
// Less, so that what is begun in time is also answered in time.
static constexpr DurationNs time_to_begin = milliseconds(3'000);

// A path in a socket address has 107 characters at most; through the folder's descriptor it is always short enough.
static bool connect_to(int socket_fd, const std::string& run_folder) {
  const Descriptor folder(::open(run_folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return false;
  const std::string path = "/proc/self/fd/" + std::to_string(folder.get()) + "/attach.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return ::connect(socket_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

shm::ControlRequest control_request(shm::Wish wish) {
  shm::ControlRequest request{};
  request.kind = shm::DoorKind::Control;
  request.version = shm::layout_version;
  request.fingerprint = shm::fingerprint;
  request.wish = wish;
  return request;
}

static std::string why_refused(shm::DoorOutcome outcome) {
  switch (outcome) {
    case shm::DoorOutcome::WrongVersion: return "the sidecar is of another version of Bulwark";
    case shm::DoorOutcome::BadName: return "a name or a text in it is too long or not printable";
    case shm::DoorOutcome::Full: return "too many are at the sidecar's door; ask again";
    default: return "the sidecar refused and did not say why";
  }
}

DoorAnswer ask_sidecar(const std::string& run_folder, shm::ControlRequest request) {
  request.wanted_until_ns = (shm::monotonic_now() + time_to_begin).ns;
  const Descriptor door(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!door) return {false, false, 0, {"cannot make a socket"}};
  ::setsockopt(door.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(door.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (!connect_to(door.get(), run_folder)) return {false, false, 0, {"the sidecar's door is shut (attach.sock)"}};
  const auto reply = std::make_unique<shm::ControlReply>();
  if (::send(door.get(), &request, sizeof request, MSG_NOSIGNAL) != static_cast<ssize_t>(sizeof request) ||
      ::recv(door.get(), reply.get(), sizeof *reply, 0) < static_cast<ssize_t>(offsetof(shm::ControlReply, text))) {
    return {false, false, 0, {"the sidecar does not answer"}};
  }
  DoorAnswer answer{true, reply->outcome == shm::DoorOutcome::Ready, reply->proposal, {}};
  std::istringstream text(std::string(reply->text, std::min<std::size_t>(reply->text_bytes, sizeof reply->text)));
  for (std::string line; std::getline(text, line);) {
    if (!line.empty()) answer.lines.push_back(shm::printable(line));
  }
  if (!answer.done && answer.lines.empty()) answer.lines.push_back(why_refused(reply->outcome));
  return answer;
}

}  // namespace bulwark::kill
