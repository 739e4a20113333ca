// SPDX-License-Identifier: Apache-2.0
// The C++ trader's line to the demo's venue: lines of words over a Unix socket, and lines from the director on standard
// input. Real wires are faster; this one shows where an order leaves the machine.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace demo {

using Words = std::vector<std::string>;

// Bytes that arrived on a descriptor, taken out a line at a time.
class LineReader {
public:
  explicit LineReader(int descriptor) : descriptor_(descriptor) {}

  // False: the other end is gone.
  bool receive() {
    std::array<char, 65536> bytes;
    const ssize_t count = ::read(descriptor_, bytes.data(), bytes.size());
    if (count > 0) pending_.append(bytes.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && errno == EINTR);
  }

  bool next(Words& words) {
    const std::size_t end = pending_.find('\n', read_);
    if (end == std::string::npos) {
      pending_.erase(0, read_);
      read_ = 0;
      return false;
    }
    std::istringstream line(pending_.substr(read_, end - read_));
    read_ = end + 1;
    words.clear();
    for (std::string word; line >> word;) words.push_back(word);
    return true;
  }

private:
  int descriptor_;
  std::string pending_;
  std::size_t read_ = 0;
};

class Wire {
public:
  explicit Wire(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), venue_(socket_) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error("the venue's path is too long: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      throw std::runtime_error("no venue at " + path + ": " + std::strerror(errno));
    }
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() { ::close(socket_); }

  void say(const std::string& line) {
    const std::string bytes = line + "\n";
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) throw std::runtime_error("the market is closed");
      sent += static_cast<std::size_t>(count);
    }
  }

  // Waits at most `wait_ms` and hands each line to whom it is for. False: the venue or the director is gone.
  template <class FromVenue, class FromDirector>
  bool turn(int wait_ms, FromVenue&& from_venue, FromDirector&& from_director) {
    std::array<pollfd, 2> ready{{{socket_, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    if (::poll(ready.data(), ready.size(), wait_ms) < 0) return errno == EINTR;
    Words words;
    if (ready[0].revents != 0) {
      if (!venue_.receive()) return false;
      while (venue_.next(words)) from_venue(words);
    }
    if (ready[1].revents != 0) {
      if (!director_.receive()) return false;
      while (director_.next(words)) from_director(words);
    }
    return true;
  }

private:
  int socket_;
  LineReader venue_;
  LineReader director_{STDIN_FILENO};
};

}  // namespace demo
