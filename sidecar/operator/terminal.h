// SPDX-License-Identifier: Apache-2.0
// The terminal while `bulwark top` has it: another screen, keys one by one, no cursor. It is given back as it was
// however the program ends, also by a signal or a crash; only SIGKILL cannot be answered.
#pragma once

#include <string>

#include "shm/units.h"

namespace bulwark::command {

struct ScreenSize {
  std::size_t columns = 80, lines = 24;
};

// Of the terminal behind a descriptor; 80 x 24 where there is none.
ScreenSize screen_size(int fd);

class Terminal {
public:
  enum class Said { Nothing, Resized, End };

  Terminal();  // throws std::system_error
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  ScreenSize size() const { return screen_size(fd_); }
  // The screen anew, with as many lines as it has. A terminal that takes nothing is not waited for once a signal comes.
  void draw(const std::string& text);
  // Until something is said or the time has passed: q, an interrupt or an end of the terminal mean End.
  Said wait(DurationNs at_most);

private:
  void enter();
  void leave();
  bool write_all(const std::string& text, bool heed_signals);
  Said take_key() const;
  Said take_signal();

  int fd_ = -1, signals_ = -1;
};

}  // namespace bulwark::command
