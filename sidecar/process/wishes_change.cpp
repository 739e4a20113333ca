// SPDX-License-Identifier: Apache-2.0
// Wishes that change the rules: a reload, and what waits for a second operator first.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "core/adoption.h"
#include "core/risk_model.h"
#include "shm/decimal.h"
#include "sidecar/config/load.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/model/validate.h"
#include "sidecar/process/rules_change.h"
#include "sidecar/process/wish_words.h"
#include "sidecar/process/wishes.h"

namespace bulwark::process {

// The rules are durable beside the journal before any decision is made by them.
Answer Wishes::put_into_force(const shm::ControlRequest& request, const config::Settings& settings) {
  std::string failure = no_room;
  std::uint64_t hash = 0;
  std::optional<core::Adoption> adoption;  // made and freed by this thread: the loop has no time for either
  const auto work = [&](hot::Loop& loop) {
    try {
      const std::string_view who = request.operator_name.view();
      const std::string what = "reload: " + std::string(request.reason.view());
      if (!who.empty() && loop.remark(who, what) == 0) return;
      if (loop.adopt(*adoption, hash)) failure.clear();
    } catch (const std::exception& error) {
      failure = error.what();
    }
  };
  const core::Names* names = nullptr;  // of symbols none comes while the loop runs: they may be read beside it
  if (!calls_.carry_out([&](hot::Loop& loop) { names = &loop.engine().names(); })) return Answer::refused(no_answer);
  try {
    adoption.emplace(settings.rules, names->symbols);
    hash = journal::save_configuration(settings_.journal_directory, config::freeze(settings));
  } catch (const std::exception& error) {
    return Answer::refused(error.what());
  }
  if (!calls_.carry_out(work)) return Answer::refused(no_answer);
  if (!failure.empty()) return Answer::refused(std::move(failure));
  const RulesChange change = compare(settings_, settings);
  settings_ = settings;
  return {true, 0, {describe(change)}};
}

Answer Wishes::take_over(const shm::ControlRequest& request, const config::Settings& settings) {
  Answer answer = put_into_force(request, settings);
  if (answer.done) changed_();
  return answer;
}

std::optional<std::string> Wishes::take_over_model(const config::Settings& made_by, core::Model model,
                                                   model::Facts facts) {
  const std::lock_guard lock(one_at_a_time_);
  if (!(settings_ == made_by)) return std::nullopt;
  config::Settings settings = settings_;
  settings.rules.model = std::move(model);
  settings.model_facts = std::move(facts);
  const Answer answer = put_into_force(shm::ControlRequest{}, settings);
  return answer.done ? std::string{} : answer.lines.front();
}

bool Wishes::tighten(double times, TimeNs until) {
  const auto share = static_cast<std::int64_t>(static_cast<double>(unit) / times);
  const std::string why = "the back-test of the VaR asks for " +
                          format_decimal(std::llround(times * 100) * (unit / 100)) + " times as much";
  bool all = true;
  const auto work = [&](hot::Loop& loop) {
    const core::Limits& limits = loop.engine().limits();
    for (const std::uint32_t k : limits.dynamics) {
      const core::CompiledLimit& limit = limits.all[k];
      const auto slots = std::span(limits.slots).subspan(limit.slot_base, limit.slot_count);
      const bool held =
          std::any_of(slots.begin(), slots.end(), [](const core::Slot& slot) { return slot.override_until_ns != 0; });
      if (held) continue;
      const int128 max = round8(limit.configured_max, share);
      core::ControlEvent wish{};
      wish.command = core::Command::Override;
      wish.whole_limit = true;
      wish.limit = limit.index;
      wish.max_low = static_cast<std::uint64_t>(max);
      wish.max_high = static_cast<std::uint64_t>(static_cast<uint128>(max) >> 64);
      wish.until = until;
      wish.operator_name = Name::from("back-test");
      wish.reason = Sentence::from(why);
      const core::EventError error = loop.control(wish);
      if (error != core::EventError::None && error != core::EventError::UntilPast) all = false;
    }
  };
  return calls_.carry_out(work) && all;
}

void Wishes::remark(const std::string& text) {
  calls_.carry_out([&](hot::Loop& loop) { loop.remark({}, text); });
}

config::Settings Wishes::settings() {
  const std::lock_guard lock(one_at_a_time_);
  return settings_;
}

// A model that changes wildly comes of a bad file sooner than of the market: it takes a person who says that it is
// meant.
static std::vector<std::string> wild_model(const config::Settings& before, const config::LoadResult& loaded) {
  const config::Settings& after = loaded.settings;
  if (!before.rules.model || !after.rules.model) return {};
  const auto wild =
      model::why_not(*before.rules.model, before.model_facts, {*after.rules.model, after.model_facts, loaded.closes},
                     core::to_model(after.model_source.change_max));
  if (wild.empty()) return {};
  return {"model: " + model::some_of(wild), "model: where that is meant, reload with --operator and --reason"};
}

Answer Wishes::reload() {
  const std::lock_guard lock(one_at_a_time_);
  return reload(shm::ControlRequest{});
}

Answer Wishes::reload(const shm::ControlRequest& request) {
  config::LoadResult loaded = config::load(config_path_, config::read_environment(environ));
  Answer answer;
  for (const config::Mistake& mistake : loaded.mistakes) answer.lines.push_back(config::format(mistake));
  if (!loaded.good()) return answer;
  if (!named(request)) model::keep_accepted(settings_.model_facts, loaded.settings.model_facts);
  const RulesChange change = compare(settings_, loaded.settings);
  for (const std::string& key : change.needs_restart) answer.lines.push_back(key + ": this change needs a restart");
  if (!answer.lines.empty()) return answer;
  if (!named(request)) answer.lines = wild_model(settings_, loaded);
  if (!answer.lines.empty()) return answer;
  if (!change.any()) {
    settings_.model_source = loaded.settings.model_source;
    changed_();
    return {true, 0, {describe(change)}};
  }
  if (!four_eyes_ || change.loosened.empty()) return take_over(request, loaded.settings);
  Proposal proposal;
  proposal.request = request;
  proposal.request.wish = shm::Wish::Reload;
  proposal.before = settings_;
  proposal.after = loaded.settings;
  for (const std::string& each : change.loosened) proposal.what += (proposal.what.empty() ? "" : "; ") + each;
  return propose(std::move(proposal));
}

Answer Wishes::propose(Proposal proposal) {
  const std::string_view who = proposal.request.operator_name.view(), why = proposal.request.reason.view();
  if (who.empty() || why.empty()) {
    return Answer::refused("this loosens limits (" + proposal.what +
                           "), which takes two operators: propose it with --operator and --reason");
  }
  if (waiting_.full()) return Answer::refused("too many proposals wait already; they lapse after 10 minutes");
  std::uint64_t number = 0;
  const auto work = [&](hot::Loop& loop) {
    number = loop.remark(who, "proposes: " + std::string(why) + "; " + proposal.what);
  };
  if (!calls_.carry_out(work)) return Answer::refused(no_answer);
  if (number == 0) return Answer::refused(no_room);
  Answer answer{false, number, {proposal.what + ": waits for a second operator, for 10 minutes"}};
  proposal.number = number;
  waiting_.add(std::move(proposal), shm::monotonic_now());
  return answer;
}

Answer Wishes::confirm(const shm::ControlRequest& request) {
  const std::string_view who = request.operator_name.view(), why = request.reason.view();
  if (who.empty() || why.empty()) return Answer::refused(words_for(core::EventError::NameNeeded));
  std::string why_not;
  std::optional<Proposal> proposal = waiting_.take(request.proposal, who, shm::monotonic_now(), why_not);
  const std::string number = std::to_string(request.proposal);
  bool written = false;
  const auto work = [&](hot::Loop& loop) {
    const std::string what = proposal ? "confirms " + number : "may not confirm " + number;
    written = loop.remark(who, what + ": " + std::string(why)) != 0;
  };
  if (!calls_.carry_out(work)) return Answer::refused(no_answer);
  if (!proposal) return Answer::refused(std::move(why_not));
  if (!written) return Answer::refused(no_room);
  proposal->request.wanted_until_ns = request.wanted_until_ns;
  return carry_out(*proposal);
}

Answer Wishes::carry_out(const Proposal& proposal) {
  if (proposal.request.wish == shm::Wish::Override) return apply(proposal.request, core::Command::Override, true);
  if (proposal.before == settings_) return take_over(proposal.request, proposal.after);
  return Answer::refused("the configuration has changed since that was proposed; reload again");
}

void Wishes::drop_expired() {
  const std::lock_guard lock(one_at_a_time_);
  for (const Proposal& proposal : waiting_.take_expired(shm::monotonic_now())) {
    const std::string what = "lapsed, nobody confirmed it: " + std::to_string(proposal.number);
    calls_.carry_out([&](hot::Loop& loop) { loop.remark(proposal.request.operator_name.view(), what); });
  }
}

}  // namespace bulwark::process
