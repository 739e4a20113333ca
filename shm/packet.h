// SPDX-License-Identifier: Apache-2.0
// Packets over the door's Unix socket (SOCK_SEQPACKET), with descriptors handed over beside them. Both ends. Cold;
// failures are false or -1, and errno says why.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>

#include "shm/memfd.h"

namespace bulwark::shm {

inline constexpr std::size_t handed_over_max = 2;  // a lane and a client file

struct Packet {
  ssize_t bytes = -1;  // 0: the other end has gone; -1: errno
  std::array<Descriptor, handed_over_max> descriptors;
};

// The address of `folder`/attach.sock. Where the path is longer than an address may be, by way of `held`, which must
// then live until bind or connect has been called.
inline bool door_address(const std::string& folder, sockaddr_un& address, Descriptor& held) {
  address = {};
  address.sun_family = AF_UNIX;
  std::string path = folder + "/attach.sock";
  if (path.size() >= sizeof address.sun_path) {
    held = Descriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!held) return false;
    path = "/proc/self/fd/" + std::to_string(held.get()) + "/attach.sock";
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return true;
}

template <class Message>
bool send_packet(int socket, const Message& message, std::span<const int> descriptors = {}) {
  Message copy = message;
  iovec data{&copy, sizeof copy};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * handed_over_max)] = {};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  if (!descriptors.empty()) {
    header.msg_control = control;
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* beside = CMSG_FIRSTHDR(&header);
    beside->cmsg_level = SOL_SOCKET;
    beside->cmsg_type = SCM_RIGHTS;
    beside->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(beside), descriptors.data(), descriptors.size_bytes());
  }
  return ::sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(sizeof copy);
}

// The next packet, without waiting. What was handed over beside it belongs to the result, wanted or not.
inline Packet receive_packet(int socket, void* to, std::size_t bytes_max) {
  iovec data{to, bytes_max};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * handed_over_max)];
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  Packet packet;
  packet.bytes = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (packet.bytes < 0) return packet;
  for (cmsghdr* beside = CMSG_FIRSTHDR(&header); beside != nullptr; beside = CMSG_NXTHDR(&header, beside)) {
    if (beside->cmsg_level != SOL_SOCKET || beside->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (beside->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count && i < handed_over_max; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(beside) + i * sizeof fd, sizeof fd);
      packet.descriptors[i] = Descriptor(fd);
    }
  }
  return packet;
}

}  // namespace bulwark::shm
