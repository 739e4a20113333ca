// SPDX-License-Identifier: Apache-2.0
// A trading process that may be killed at any instant: crash_client NAME LOG SEED. What it is about to say stands in
// its log before it says it, what it was answered right after; the log is what crash.py holds the journal against. Its
// next life reads the log, asks what became of an order that was not answered, and says an unanswered report again.
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <vector>

#include "client/client.hpp"

using namespace bulwark;

namespace {

constexpr std::size_t working_max = 8;
constexpr DurationNs hung = milliseconds(60'000);

std::atomic<bool> ending{false};

struct Working {
  std::string side;
  std::int64_t remaining;
};

// Lines of the log: a statement, then what came of it. A line is one write: a kill leaves it whole or out.
//
//   intent ID SYMBOL SIDE QUANTITY PRICE    verdict ID DECISION QUANTITY REASON
//   fill ID EXEC QUANTITY PRICE             ok
//   done ID WHY | ack ID | cancel ID        ok
//   status ID                               order ID STATE QUANTITY FILLED REMAINING
class Log {
public:
  explicit Log(const char* path) : fd_(::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}

  template <class... Words>
  void line(const Words&... words) const {
    std::ostringstream text;
    ((text << words << ' '), ...);
    const std::string whole = text.str() + "\n";
    if (::write(fd_, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size()))
      throw Error("log: cannot write");
  }

private:
  int fd_;
};

class Trader {
public:
  Trader(const std::string& name, const char* path, unsigned seed) : name_(name), log_(path), random_(seed) {
    remember(path);
    attach();
    if (!pending_.empty()) settle();
  }

  void trade_until_told() {
    while (!ending) {
      for (std::int64_t burst = below(64); burst > 0 && !ending; --burst) act();
      shm::nap({below(40'000'000)});
    }
    for (const std::string& id : unanswered_) ask(id);
    client_->detach();
  }

private:
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(end));
  }

  void remember(const char* path) {
    std::ifstream lines(path);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::vector<std::string> said;
      for (std::string word; words >> word;) said.push_back(word);
      if (said.empty()) throw Error("log: an empty line");
      if (said[0] == "life") continue;
      const bool answer = said[0] == "verdict" || said[0] == "ok" || said[0] == "order";
      if (answer) hear(said);
      else pending_ = said;
      if (said[0] == "intent") ++orders_;
      if (said[0] == "intent") sides_[said[1]] = said[3];
      if (said[0] == "fill") ++fills_;
    }
    log_.line("life");
  }

  // What an answer means for the orders that work.
  void hear(const std::vector<std::string>& answer) {
    const std::string& id = answer[0] == "ok" ? pending_[1] : answer[1];
    if (answer[0] == "verdict" && answer[2] != "rejected") working_[id] = {sides_[id], std::stoll(answer[3])};
    if (answer[0] == "verdict" && answer[4] == "lease_expired") unanswered_.push_back(id);
    if (answer[0] == "order" && answer[2] == "working" && !working_.contains(id))
      working_[id] = {sides_[id], std::stoll(answer[5])};
    if (answer[0] == "ok" && pending_[0] == "done") working_.erase(id);
    const bool fill = answer[0] == "ok" && pending_[0] == "fill" && executions_.insert(pending_[2]).second;
    if (fill && (working_[id].remaining -= std::stoll(pending_[3])) == 0) working_.erase(id);
    pending_.clear();
  }

  // The name is free when the door has seen the end of the life before; the sidecar may be away.
  void attach() {
    const MonotonicNs until = shm::monotonic_now() + hung;
    while (!client_) {
      try {
        client_.emplace(Client::attach({.instance = "ctl", .client = name_, .strategy = "momo"}));
      } catch (const Error&) {
        if (shm::monotonic_now() > until) throw;
        shm::nap(milliseconds(2));
      }
    }
  }

  // What the life before had begun.
  void settle() {
    const std::vector<std::string> begun = pending_;
    if (begun[0] == "intent") unanswered_.push_back(begun[1]);
    if (begun[0] == "intent" || begun[0] == "status") ask(begun[1]);
    else report(begun);
  }

  void act() {
    if (working_.empty() || (working_.size() < working_max && below(2) == 0)) return check();
    auto order = working_.begin();
    std::advance(order, below(static_cast<std::int64_t>(working_.size())));
    const std::string id = order->first;
    const std::int64_t what = below(20);
    if (what < 10) {
      const std::int64_t quantity = below(order->second.remaining) + 1;
      const std::vector<std::string> fill{"fill", id, "e" + std::to_string(++fills_), std::to_string(quantity),
                                          what < 5 ? "100" : "100.25"};
      report(fill);
      if (below(16) == 0) report(fill);  // as after a reconnect; it counts once
    } else if (what < 15) {
      report({"done", id, what < 12 ? "canceled" : "expired"});
    } else {
      report({what < 18 ? "ack" : "cancel", id});
    }
  }

  void check() {
    const std::string id = "o" + std::to_string(++orders_), side = below(2) == 0 ? "buy" : "sell";
    const std::int64_t quantity = below(16) == 0 ? 1'000 : below(9) + 1;
    sides_[id] = side;
    log_.line("intent", id, "AAPL", side, quantity, 100);
    const Verdict said = client_->check(
        {.id = id, .symbol = "AAPL", .side = std::string_view(side), .quantity = quantity, .price = 100});
    tell({"verdict", id, std::string(name_of(decision_names, said.decision)), to_text(said.quantity),
          said.reason.empty() ? "-" : std::string(said.reason)});
    if (said.reason == "lease_expired") ask(id);
    if (said.reason == "lease_expired" || said.reason == "halted") shm::nap(milliseconds(3));
  }

  // An order that was accepted although its verdict was not heard is this client's all the same.
  void ask(const std::string& id) {
    log_.line("status", id);
    OrderStatus said;
    until_heard([&] { said = client_->order_status(id); });
    tell({"order", id, std::string(said.state), to_text(said.quantity), to_text(said.filled), to_text(said.remaining)});
  }

  void report(const std::vector<std::string>& what) {
    const std::string &kind = what[0], &id = what[1];
    pending_ = what;
    until_heard([&] {
      if (kind == "fill") log_.line(kind, id, what[2], what[3], what[4]);
      else log_.line(kind, id, what.size() > 2 ? what[2] : "");
      if (kind == "fill") client_->fill({.id = id, .exec_id = what[2], .quantity = what[3], .price = what[4]});
      if (kind == "done") client_->done(id, what[2]);
      if (kind == "ack") client_->ack(id);
      if (kind == "cancel") client_->cancel(id);
    });
    tell({"ok"});
  }

  void tell(const std::vector<std::string>& answer) {
    std::string line;
    for (const std::string& word : answer) line += (line.empty() ? "" : " ") + word;
    log_.line(line);
    hear(answer);
  }

  template <class Call>
  static void until_heard(const Call& call) {
    const MonotonicNs until = shm::monotonic_now() + hung;
    for (;;) {
      try {
        return call();
      } catch (const Unavailable&) {
        if (shm::monotonic_now() > until) throw;
        shm::nap(milliseconds(3));
      }
    }
  }

  const std::string name_;
  const Log log_;
  std::mt19937 random_;
  std::optional<Client> client_;
  std::map<std::string, Working> working_;
  std::map<std::string, std::string> sides_;
  std::vector<std::string> unanswered_, pending_;  // ids whose check was cut off; the statement without an answer
  std::set<std::string> executions_;
  std::uint64_t orders_ = 0, fills_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGTERM, [](int) { ending = true; });
  if (argc != 4) return std::fprintf(stderr, "usage: crash_client NAME LOG SEED\n"), 2;
  try {
    Trader(argv[1], argv[2], static_cast<unsigned>(std::stoul(argv[3]))).trade_until_told();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "crash_client %s: %s\n", argv[1], error.what());
    return 1;
  }
}
