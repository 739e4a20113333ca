// SPDX-License-Identifier: Apache-2.0
// A stand-in for a whole instance: run folder, kill page, board, the real door, and a thread that answers lanes by a
// few simple rules. What it lacks is the engine, the journal and the watchdog: a test says what those would do.
//
// Known: symbols AAPL, MSFT; quotes AAPL, MSFT, EUR/USD; accounts ACC1, ACC2; strategy momo; limit size
// (order_quantity, at most 1000, resize on request). An order of 0 is bad_quantity. Reports of ids never accepted are
// UnknownOrder. A size is 100 by limits and 250 by kelly. An order of a liquidation that was offered may be taken by
// whoever asks first.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "shm/lane_server.h"
#include "shm/layout.h"
#include "shm/marks.h"
#include "sidecar/door/door.h"

namespace bulwark::test {

class EchoHot : public cold::HotSide {
public:
  EchoHot(shm::KillPage& page, shm::Board& board);
  ~EchoHot() override;

  ClientIndex client_index(const Name& name) override;
  bool admit(const shm::AttachReply& who, shm::Lane& lane) override;
  bool retire(ClientIndex client) override;
  bool admit_publisher(std::size_t place, shm::MarksTable& table, std::size_t quote_count) override;
  bool retire_publisher(std::size_t place) override;
  void control(const cold::Peer& peer, const shm::ControlRequest& request, shm::ControlReply& reply) override;

  void refuse_to_retire(int times) { retires_refused_ = times; }  // as a loop that gets no time
  void freeze(bool frozen) { frozen_.store(frozen, std::memory_order_seq_cst); }
  bool push_cancel(const std::string& client, const std::string& id, const std::string& cause);
  // To everybody; `taken_by`: to that client alone, which has had it before.
  bool push_liquidation(const std::string& id, const std::string& taken_by = {});
  std::vector<shm::Request> requests();  // all that were answered, in order
  std::size_t client_count();
  shm::Quote quote(std::uint32_t row);
  std::uint64_t malformed_count();

private:
  void run();
  bool serve_all();
  void sleep_a_little();
  shm::Answer answer_to(ClientIndex client, const shm::Request& request);
  shm::Answer answer_to_take(ClientIndex client, const Id& id);

  shm::KillPage& page_;
  shm::Board& board_;
  std::mutex mutex_;
  std::map<ClientIndex, shm::LaneServer> lanes_;
  std::map<std::size_t, shm::MarksReader> publishers_;
  std::map<std::uint32_t, shm::Quote> quotes_;
  std::vector<shm::Request> requests_;
  std::set<std::string> accepted_;
  std::map<std::string, ClientIndex> offered_;  // orders of liquidations, and who has taken each
  std::uint64_t malformed_of_gone_ = 0;
  std::atomic<int> retires_refused_{0};
  std::atomic<bool> frozen_{false}, ending_{false};
  std::thread thread_;
};

class EchoInstance {
public:
  EchoInstance(std::string run, std::string name);
  ~EchoInstance();

  void end_sidecar();    // the door closes, the lanes are dead; page and folder stay
  void start_sidecar();  // a new one, with a new board

  void stop(bool scoped = false);
  void resume();
  void lease(std::int64_t from_now_ms);

  EchoHot& hot() { return *hot_; }
  shm::KillPage& page() { return *page_; }
  shm::Board& board() { return *board_; }
  const std::string& folder() const { return folder_; }
  const shm::ClientFile* read_client_file(const std::string& client);  // nullptr: there is none

private:
  std::string folder_, name_;
  shm::MappedBytes page_memory_, board_memory_;
  shm::KillPage* page_ = nullptr;
  shm::Board* board_ = nullptr;
  std::unique_ptr<EchoHot> hot_;
  std::unique_ptr<cold::Door> door_;
  std::thread door_thread_;
  alignas(shm::ClientFile) std::byte client_file_[sizeof(shm::ClientFile)] = {};
};

}  // namespace bulwark::test
