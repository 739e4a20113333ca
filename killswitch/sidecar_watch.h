// SPDX-License-Identifier: Apache-2.0
// The watchdog's eye on the sidecar: its board, and its death by pidfd. Never by silence: a frozen one is not dead, its
// lease just runs out.
#pragma once

#include <optional>
#include <string>

#include "killswitch/lease.h"
#include "shm/mapping.h"

namespace bulwark::kill {

class SidecarWatch {
public:
  explicit SidecarWatch(std::string board_path) : path_(std::move(board_path)) {}
  ~SidecarWatch() { drop(); }
  SidecarWatch(const SidecarWatch&) = delete;
  SidecarWatch& operator=(const SidecarWatch&) = delete;

  // Looks for a sidecar where there is none yet. The result: why everything must stop now, if it must.
  std::optional<Sentence> look();

  SidecarFacts facts() const;

private:
  bool attach();
  bool gone() const;
  void drop();

  std::string path_;
  shm::Mapping<const shm::Board> board_;
  std::uint64_t generation_ = 0;
  std::uint64_t request_ = 0;  // the last one honoured
  int pidfd_ = -1;
};

}  // namespace bulwark::kill
