// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/risk_desk.h"

#include <unistd.h>

#include "shm/clock.h"
#include "sidecar/process/risk_picture.h"

namespace bulwark::process {

static constexpr DurationNs show_interval = milliseconds(50);

static shm::Mapping<shm::RiskPage> make_page(const std::string& path, std::uint64_t generation, std::uint64_t words) {
  auto page = shm::create_segment<shm::RiskPage>(path, sizeof(shm::RiskPage) + words * 8, generation);
  page->capacity = words;
  return page.publish();
}

RiskDesk::RiskDesk(std::string path, std::uint64_t generation, const core::Engine& engine,
                   std::function<void(const std::string&)> tell)
    : path_(std::move(path)), tell_(std::move(tell)), page_(make_page(path_, generation, picture_words_max(engine))) {}

// Nobody is to take the last picture of a sidecar that has ended for one of now.
RiskDesk::~RiskDesk() { ::unlink(path_.c_str()); }

void RiskDesk::show_backing(std::shared_ptr<const model::Backing> backing) {
  const std::lock_guard lock(backing_lock_);
  backing_ = std::move(backing);
}

void RiskDesk::before(TimeNs, const core::Engine&) {}

void RiskDesk::look(const core::Engine& engine, std::uint64_t sequence) {
  const MonotonicNs now = shm::monotonic_now();
  if (now - shown_ < show_interval) return;
  shown_ = now;
  try {
    show(engine, sequence);
    failed_ = false;
  } catch (const std::exception& error) {
    if (!failed_) tell_(std::string("live risk cannot be worked out: ") + error.what());
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
  book_.follow(engine, backing);
  std::vector<std::uint64_t> words = picture_of(engine, book_, {});
  shm::RiskFigures figures;
  std::memcpy(&figures, words.data(), sizeof figures);
  figures.sequence = sequence;
  figures.computed_ns = shm::monotonic_now().ns;
  figures.took_ns = static_cast<std::uint64_t>(figures.computed_ns - begin.ns);
  std::memcpy(words.data(), &figures, sizeof figures);
  if (!shm::show_risk(*page_, words)) throw std::runtime_error("the risk page has no room for it");
}

}  // namespace bulwark::process
