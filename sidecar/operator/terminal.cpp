// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

namespace bulwark::command {

namespace {

constexpr std::string_view to_other_screen = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view to_own_screen = "\x1b[?25h\x1b[?1049l";
constexpr int crashes[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
constexpr int patience_ms = 200;  // with a terminal that takes nothing, at the end

// What a crash needs, where nothing else can be relied on.
int crashed_fd = -1;
termios as_it_was{};

void give_back_at_crash(int signal) {
  [[maybe_unused]] const ssize_t written = ::write(crashed_fd, to_own_screen.data(), to_own_screen.size());
  ::tcsetattr(crashed_fd, TCSANOW, &as_it_was);
  ::raise(signal);  // the handler is gone: this ends the program, as it would have
}

sigset_t heeded() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGPIPE}) ::sigaddset(&set, signal);
  return set;
}

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

ScreenSize screen_size(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

// A description of its own: what is set on it holds for nobody else who has this terminal.
Terminal::Terminal() {
  fd_ = ::open("/proc/self/fd/1", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd_ < 0) fail("the terminal cannot be opened");
  if (::tcgetattr(fd_, &as_it_was) != 0) fail("the terminal cannot be asked");
  const sigset_t set = heeded();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals_ < 0) fail("signals cannot be waited for");
  crashed_fd = fd_;
  struct sigaction action {};
  action.sa_handler = give_back_at_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int crash : crashes) ::sigaction(crash, &action, nullptr);
  enter();
}

Terminal::~Terminal() {
  leave();
  for (const int crash : crashes) ::signal(crash, SIG_DFL);
  ::close(signals_);
  ::close(fd_);
}

void Terminal::enter() {
  termios keys = as_it_was;
  keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  keys.c_iflag &= ~static_cast<tcflag_t>(IXON);  // Ctrl-S would hold the program
  keys.c_cc[VMIN] = 0;
  keys.c_cc[VTIME] = 0;
  ::tcsetattr(fd_, TCSANOW, &keys);
  write_all(std::string(to_other_screen), true);
}

void Terminal::leave() {
  write_all(std::string(to_own_screen), false);
  ::tcsetattr(fd_, TCSANOW, &as_it_was);
}

bool Terminal::write_all(const std::string& text, bool heed_signals) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t written = ::write(fd_, text.data() + done, text.size() - done);
    if (written > 0) {
      done += static_cast<std::size_t>(written);
      continue;
    }
    if (written < 0 && errno != EAGAIN && errno != EINTR) return false;
    pollfd ready[] = {{fd_, POLLOUT, 0}, {signals_, POLLIN, 0}};
    const int answers = ::poll(ready, heed_signals ? 2 : 1, heed_signals ? -1 : patience_ms);
    if (answers == 0 || ready[1].revents != 0) return false;
  }
  return true;
}

// Each line is cleared before it is written, not after: behind a full one the cursor still stands on its last sign.
void Terminal::draw(const std::string& text) {
  std::string drawn = "\x1b[H\x1b[K";
  for (const char c : text) {
    if (c == '\n') drawn += "\r\n\x1b[K";
    else drawn += c;
  }
  write_all(drawn, true);
}

Terminal::Said Terminal::take_key() const {
  char keys[64];
  const ssize_t count = ::read(fd_, keys, sizeof keys);
  if (count < 0) return errno == EAGAIN || errno == EINTR ? Said::Nothing : Said::End;
  const std::string_view typed(keys, static_cast<std::size_t>(count));
  return typed.find_first_of("qQ\x03") != std::string_view::npos ? Said::End : Said::Nothing;
}

Terminal::Said Terminal::take_signal() {
  signalfd_siginfo info{};
  Said said = Said::Nothing;
  while (::read(signals_, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGWINCH) said = std::max(said, Said::Resized);
    else if (info.ssi_signo == SIGTSTP) {
      leave();
      ::raise(SIGSTOP);
      enter();
      said = std::max(said, Said::Resized);
    } else {
      said = Said::End;
    }
  }
  return said;
}

Terminal::Said Terminal::wait(DurationNs at_most) {
  pollfd said[] = {{fd_, POLLIN, 0}, {signals_, POLLIN, 0}};
  const auto ms = static_cast<int>(std::clamp<std::int64_t>(at_most.ns / 1'000'000, 0, 3'600'000));
  if (::poll(said, 2, ms) <= 0) return Said::Nothing;
  if (said[1].revents != 0) return take_signal();
  if ((said[0].revents & (POLLHUP | POLLERR)) != 0) return Said::End;
  return take_key();
}

}  // namespace bulwark::command
