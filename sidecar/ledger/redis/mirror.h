// SPDX-License-Identifier: Apache-2.0
// Keeps Redis at the picture: what differs is written, after a flush or a restart everything. A mirror: nothing is ever
// read from it but whether it is still ours, and without it nothing but the view is lost.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "sidecar/ledger/redis/connection.h"
#include "sidecar/ledger/redis/picture.h"
#include "sidecar/ledger/status.h"

namespace bulwark::ledger::redis {

class Mirror {
public:
  Mirror(const Source& source, std::string url, Status& status);

  // Until `ending`; then once more.
  void run(const std::atomic<bool>& ending);

private:
  void wait(DurationNs pause, const std::atomic<bool>& ending);
  void start_over();
  void follow();
  void round();
  void write_hashes();
  void write_entries();
  void write_heartbeat();
  void add_hash(const std::string& key, const Hash& hash);
  void publish();
  void tell(const char* state, const std::string& error);

  const Source& source_;
  const std::string url_;
  const std::string token_;  // of this process
  Status& status_;
  std::unique_ptr<Follower> follower_;
  std::unique_ptr<Picture> picture_;
  std::optional<Connection> redis_;
  std::map<std::string, Hash> written_;  // what Redis has, as far as we know
  std::uint64_t entries_written_ = 0, published_ = 0;
  TimeNs begun_{};              // what happened before, nobody is called for
  std::uint64_t mirrored_ = 0;  // the last record that Redis shows for certain
  MonotonicNs written_whole_{0};
};

}  // namespace bulwark::ledger::redis
