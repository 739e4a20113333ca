// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/risk_desk.h"

#include <unistd.h>

#include "shm/clock.h"
#include "sidecar/process/backtest.h"
#include "sidecar/process/risk_picture.h"

namespace bulwark::process {

static constexpr DurationNs show_interval = milliseconds(40), tighten_interval = milliseconds(2'000);

static shm::Mapping<shm::RiskPage> make_page(const std::string& path, std::uint64_t generation, std::uint64_t words) {
  auto page = shm::create_segment<shm::RiskPage>(path, sizeof(shm::RiskPage) + words * 8, generation);
  page->capacity = words;
  return page.publish();
}

RiskDesk::RiskDesk(Wiring wiring, const core::Engine& engine)
    : wiring_(std::move(wiring)), page_(make_page(wiring_.path, wiring_.generation, picture_words_max(engine))) {
  try {
    sessions_.emplace(wiring_.journal_directory, wiring_.session);
    backtest_ = backtest_of(sessions_->observations());
  } catch (const std::exception& error) {
    forget_sessions(error);
  }
}

// Nobody is to take the last picture of a sidecar that has ended for one of now.
RiskDesk::~RiskDesk() { ::unlink(wiring_.path.c_str()); }

void RiskDesk::forget_sessions(const std::exception& error) {
  sessions_.reset();
  backtest_ = {};
  backtest_.why_not = Text<247>::from(error.what());
  wiring_.tell(std::string("no back-test of the VaR until the next start: ") + error.what());
}

void RiskDesk::show_backing(std::shared_ptr<const model::Backing> backing) {
  const std::lock_guard lock(backing_lock_);
  backing_ = std::move(backing);
}

void RiskDesk::before(TimeNs t, const core::Engine& engine) {
  if (!sessions_) return;
  try {
    if (sessions_->rolls(t, engine)) {
      sessions_->roll(t, engine, book_, wiring_.source().closes);
      backtest_ = backtest_of(sessions_->observations());
    }
    session_end_ = sessions_->end();
  } catch (const std::exception& error) {
    forget_sessions(error);
  }
}

// For the session that runs, and again until it is done: the loop may be held up, or the journal full.
void RiskDesk::tighten() {
  const double times = tightening_of(backtest_);
  if (!sessions_ || !(times > 1) || session_end_ <= tightened_until_) return;
  const MonotonicNs now = shm::monotonic_now();
  if (now - tightened_ < tighten_interval || !wiring_.source().backtest_tightens) return;
  const bool done = wiring_.tighten(times, session_end_);
  if (done) tightened_until_ = session_end_;
  else if (!loose_) wiring_.tell("the limits that the back-test asks for are not in force yet; it is tried again");
  loose_ = !done;
  tightened_ = shm::monotonic_now();
}

void RiskDesk::look(const core::Engine& engine, std::uint64_t sequence) {
  const MonotonicNs now = shm::monotonic_now();
  if (now - shown_ < show_interval) return;
  shown_ = now;
  try {
    tighten();
    show(engine, sequence);
    failed_ = false;
  } catch (const std::exception& error) {
    if (!failed_) wiring_.tell(std::string("live risk cannot be worked out: ") + error.what());
    failed_ = true;
  }
}

void RiskDesk::show(const core::Engine& engine, std::uint64_t sequence) {
  const MonotonicNs begin = shm::monotonic_now();
  std::shared_ptr<const model::Backing> backing;
  {
    const std::lock_guard lock(backing_lock_);
    backing = backing_;
  }
  book_.follow(engine, std::move(backing));
  if (sessions_) backtest_.var = sessions_->var();
  std::vector<std::uint64_t> words = picture_of(engine, book_, backtest_);
  shm::RiskFigures figures;
  std::memcpy(&figures, words.data(), sizeof figures);
  figures.sequence = sequence;
  figures.computed_ns = shm::monotonic_now().ns;
  figures.took_ns = static_cast<std::uint64_t>(figures.computed_ns - begin.ns);
  std::memcpy(words.data(), &figures, sizeof figures);
  if (!shm::show_risk(*page_, words)) throw std::runtime_error("the risk page has no room for it");
}

}  // namespace bulwark::process
