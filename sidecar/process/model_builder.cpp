// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/model_builder.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/risk_model.h"
#include "shm/clock.h"
#include "sidecar/config/build_model.h"
#include "sidecar/model/validate.h"

namespace bulwark::process {

static constexpr DurationNs round_interval = milliseconds(100);

// Tells one state of the files from another without reading them.
static std::string state_of(const model::Source& source) {
  std::string state;
  for (const std::string* path : {&source.prices, &source.scenarios, &source.closes, &source.regime}) {
    struct stat file {};
    if (path->empty() || ::stat(path->c_str(), &file) != 0) {
      state += *path + ";";
      continue;
    }
    for (const auto number : {std::int64_t{file.st_mtim.tv_sec}, std::int64_t{file.st_mtim.tv_nsec},
                              std::int64_t{file.st_size}, static_cast<std::int64_t>(file.st_ino)}) {
      state += std::to_string(number) + ",";
    }
    state += *path + ";";
  }
  return state;
}

void ModelBuilder::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "bw-model");
    ::setpriority(PRIO_PROCESS, 0, 15);  // of this thread: nobody waits for it
    while (!stopping_.load(std::memory_order_relaxed)) {
      work();
      shm::nap(round_interval);
    }
  });
}

void ModelBuilder::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  if (thread_.joinable()) thread_.join();
}

void ModelBuilder::work() {
  const MonotonicNs now = shm::monotonic_now();
  const bool asked = woken_.exchange(false, std::memory_order_relaxed);
  if (!asked && now - looked_ < milliseconds(1'000)) return;
  const config::Settings settings = wiring_.settings();
  const std::int64_t refresh_s = settings.model_source.refresh_s;
  if (!asked && (refresh_s == 0 || now - looked_ < milliseconds(1'000 * refresh_s))) return;
  looked_ = now;
  std::string state = state_of(settings.model_source);
  if (!asked && state == looked_at_) return;
  looked_at_ = std::move(state);
  if (settings.rules.model) follow(*settings.rules.model, settings.model_source);
  try {
    build(settings);
  } catch (const std::exception& error) {
    refuse(error.what());
  }
}

// Whatever becomes of the next one, what is told is of the model in force: its confidence above all.
void ModelBuilder::follow(const core::Model& model, const model::Source& source) {
  if (told_.version == core::version_of(model)) return;
  model::Backing backing = model::backing_of(model, {}, source);
  backing.built = told_.built;
  backing.refused = told_.refused;
  backing.built_ns = told_.built_ns;
  backing.refusal = told_.refusal;
  told_ = std::move(backing);
  wiring_.show(std::make_shared<model::Backing>(told_));
}

void ModelBuilder::build(const config::Settings& settings) {
  const model::Source& source = settings.model_source;
  if (!settings.rules.model) return wiring_.show(std::make_shared<model::Backing>());
  const core::Model& before = *settings.rules.model;
  config::BuiltModel built = config::build_model(source, settings.rules);
  if (!built.mistakes.empty()) return refuse(config::format(built.mistakes.front()));
  if (const auto faults = model::faults(built.model); !faults.empty()) return refuse(model::some_of(faults));
  for (const std::string& remark : built.remarks) {
    if (remarked_.insert(remark).second) wiring_.alert(remark);
  }
  model::Backing backing = model::backing_of(built.model, built.closes, source);
  model::keep_accepted(settings.model_facts, built.facts);
  const bool another = backing.version != core::version_of(before);
  const std::vector<std::string> oddities = built.facts.oddities;
  if (another || !(built.facts == settings.model_facts)) {
    const auto why_not = model::why_not(before, settings.model_facts, {built.model, built.facts, built.closes},
                                        core::to_model(source.change_max));
    if (!why_not.empty()) return refuse(model::some_of(why_not));
    const auto failure = wiring_.take_over(settings, std::move(built.model), std::move(built.facts));
    if (!failure) return;  // whoever changed the settings wakes this thread: the next round has the new ones
    if (!failure->empty()) {
      looked_at_.clear();  // nothing is wrong with the files: they are new again at the next refresh
      return refuse(*failure);
    }
  }
  const bool held_against_none = told_.built_ns == 0 || settings.model_facts.dates == 0;
  if (held_against_none && !oddities.empty())
    wiring_.alert("the prices of the model want a look: " + model::some_of(oddities));
  backing.built = told_.built + (another ? 1 : 0);
  backing.refused = told_.refused;
  backing.built_ns = shm::wall_now().ns;
  told_ = std::move(backing);
  wiring_.show(std::make_shared<model::Backing>(told_));
}

void ModelBuilder::refuse(const std::string& why) {
  const bool news = why != told_.refusal;
  ++told_.refused;
  told_.refusal = why;
  wiring_.show(std::make_shared<model::Backing>(told_));
  if (news) wiring_.alert("a new model was refused, the old one stays: " + why);
}

}  // namespace bulwark::process
