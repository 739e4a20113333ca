// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/top.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string_view>

#include "killswitch/refusal.h"
#include "shm/clock.h"
#include "sidecar/operator/command.h"
#include "sidecar/operator/picture.h"
#include "sidecar/view/happenings.h"
#include "sidecar/view/risk.h"
#include "sidecar/view/state.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t happenings_kept = 200;
constexpr std::uint64_t records_a_look = 200'000;         // of a long journal: the screen is not to wait for all of it
constexpr DurationNs patience_once = milliseconds(5000);  // with a long journal, where there is only one look
constexpr std::size_t columns_without_a_screen = 100;

// Looks at an instance, which may end and come again meanwhile: its name is what lasts.
class Looker {
public:
  explicit Looker(const kill::Instance& instance)
      : name_(instance.name),
        journal_(shm::journal_directory(*instance.page)),
        watcher_(journal_),
        happenings_(journal_, 1) {}

  // False: more of the journal is to be read until it is known what has happened last.
  bool look() {
    seen_.remark.clear();
    seen_.state = seen_.symbols = nullptr;
    try {
      const kill::Instance instance = kill::open_instance(name_);
      watcher_.follow();
      seen_.state = view::state_json(instance, watcher_, shm::wall_now());
      if (seen_.state["status"]["processes"].empty()) seen_.remark = "\"" + name_ + "\" IS NOT RUNNING; so it was left";
      if (!seen_.state["risk"].is_null()) see_risk(instance);
    } catch (const kill::Refusal& refusal) {
      seen_.remark = refusal.what();
    }
    return follow_happenings();
  }
  const Seen& seen() const { return seen_; }

private:
  // All of one picture: the symbols, and what they add up to.
  void see_risk(const kill::Instance& instance) {
    Json risk = view::risk_json(instance);
    seen_.symbols = std::move(risk["symbols"]);
    risk.erase("symbols");
    seen_.state["risk"] = std::move(risk);
  }

  bool follow_happenings() {
    const std::uint64_t before = happenings_.sequence();
    const bool followed = happenings_.follow(
        [&](const Json& row) {
          seen_.happened.push_back(row);
          if (seen_.happened.size() > happenings_kept) seen_.happened.pop_front();
        },
        records_a_look);
    const bool all = !followed || happenings_.sequence() - before < records_a_look;
    if (!seen_.remark.empty()) return all;
    if (!followed) seen_.remark = "what has happened cannot be read: " + happenings_.why_not();
    if (!all) seen_.remark = "what has happened is read up to record " + std::to_string(happenings_.sequence());
    return all;
  }

  const std::string name_, journal_;
  view::Watcher watcher_;
  view::Happenings happenings_;
  Seen seen_;
};

}  // namespace

static bool wants_colour(const TopOptions& options) {
  const char* none = std::getenv("NO_COLOR");  // no-color.org: set and not empty
  return !options.no_colour && (none == nullptr || *none == '\0');
}

static bool draws() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
}

static int show_once(Looker& looker, const TopOptions& options) {
  for (const MonotonicNs end = shm::monotonic_now() + patience_once; !looker.look() && shm::monotonic_now() < end;) {
  }
  if (options.json) {
    std::cout << looker.seen().state.dump() << std::endl;
    return done;
  }
  ScreenSize size{columns_without_a_screen, 0};
  if (::isatty(STDOUT_FILENO) != 0) size.columns = screen_size(STDOUT_FILENO).columns;
  std::cout << text_of(picture(looker.seen(), size), size.columns, false) << std::endl;
  return done;
}

int top(const TopOptions& options) {
  Looker looker(open_ready(options.instance, options.config));
  if (options.once || options.json || !draws()) return show_once(looker, options);
  const bool coloured = wants_colour(options);
  Terminal terminal;
  for (auto said = Terminal::Said::Nothing; said != Terminal::Said::End;) {
    const bool all = looker.look();
    do {
      const ScreenSize size = terminal.size();
      terminal.draw(text_of(picture(looker.seen(), size), size.columns, coloured));
      said = terminal.wait(milliseconds(all ? options.interval_ms : 0));
    } while (said == Terminal::Said::Resized);
  }
  return done;
}

void add_top_command(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<TopOptions>();
  CLI::App* command = app.add_subcommand("top", "how a running instance stands, in the terminal, until q or Ctrl-C");
  command->add_option("--config", options->config, "the configuration file")->envname("BULWARK_CONFIG");
  command->add_option("--instance", options->instance, "the instance's name, instead of its configuration");
  command->add_flag("--once", options->once, "one picture, as plain text");
  command->add_flag("--json", options->json, "what the picture is made of, as one JSON document");
  command->add_flag("--no-color", options->no_colour, "no colours; so does NO_COLOR in the environment");
  command->add_option("--interval", options->interval_ms, "milliseconds between two looks; 500 if not given")
      ->check(CLI::Range(50, 60'000));
  command->callback([&chosen, options] { chosen = [options] { return top(*options); }; });
}

}  // namespace bulwark::command
