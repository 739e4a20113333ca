// SPDX-License-Identifier: Apache-2.0
// Ships a journal into PostgreSQL: every block and every row exactly once, whatever dies meanwhile, because the
// progress stands in the same transaction as the data. While the server works on one batch, the next one is read.
// Nothing that happens here is ever felt by a trading process.
#pragma once

#include <atomic>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sidecar/ledger/follow.h"
#include "sidecar/ledger/postgres/batch.h"
#include "sidecar/ledger/postgres/connection.h"
#include "sidecar/ledger/status.h"

namespace bulwark::ledger::postgres {

class Shipper {
public:
  Shipper(const Source& source, std::string url, Status& status)
      : source_(source), url_(std::move(url)), status_(status), follower_(std::in_place, source) {}

  // Ships as the journal grows, until `ending`; then what is there still, where the server takes it.
  void run(const std::atomic<bool>& ending);

private:
  // The ledger's own, with a time of its own: shipped twice, it is there once.
  struct Alert {
    TimeNs t;
    std::uint64_t sequence;
    std::string message;
  };

  bool work(const std::atomic<bool>& ending);
  void wait(DurationNs pause, const std::atomic<bool>& ending);
  bool next_block(Follower& follower);
  void connect();
  void find_position();
  void start_over(std::uint64_t sequence, std::string_view hash);
  void look_at_earlier_life(std::uint64_t sequence);
  void look_at_anchor();
  bool round();
  void fill(Batch& batch);
  void forget();
  void make_partitions(const std::set<std::int64_t>& days);
  void ship();
  void send();
  void confirm();
  void anchor();
  void write_alerts();
  void tell(const char* state, const std::string& error);

  const Source& source_;
  const std::string url_;
  Status& status_;
  std::optional<Follower> follower_;
  std::optional<Connection> database_;
  std::int32_t stream_ = 0;
  std::optional<Batch> batch_;  // empty, or waiting to be confirmed
  std::optional<Batch> next_;   // what comes behind it
  std::uint64_t shipped_ = 0;   // the last record that the server has confirmed
  std::set<std::int64_t> partitions_;
  std::vector<Alert> alerts_;  // that are not shipped yet
  MonotonicNs anchored_{0}, partitioned_{0};
};

}  // namespace bulwark::ledger::postgres
