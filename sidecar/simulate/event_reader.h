// SPDX-License-Identifier: Apache-2.0
// A line of the contract's event format (section 3) becomes events of the engine, or words about what is wrong with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/engine.h"
#include "sidecar/simulate/json_line.h"

namespace bulwark::simulate {

class EventReader {
public:
  explicit EventReader(const core::Engine& engine) : engine_(engine) {}

  // The events of one line, in order: a name that is new comes first, and a pair of currencies that is an instrument
  // too is marked as both. Empty: the line is no valid event, and `error()` says why.
  const std::vector<core::Event>& read(std::string_view line);
  const std::string& error() const { return error_; }
  // Of the line read last, where it could be read; else that of the last valid event.
  TimeNs t() const { return t_; }

private:
  void read_mark(core::Event& event);
  void read_intent(core::Event& event);
  void read_replace(core::Event& event);
  void read_order(core::Event& event, core::EventType type);
  void read_fill(core::Event& event);
  void read_equity(core::Event& event);
  void read_size(core::Event& event);  // size_reader.cpp
  void read_control(core::Event& event);
  void read_override(core::ControlEvent& control);
  Scope read_scope();

  // Each notes the first mistake in `error_` and then gives back something harmless.
  void wrong(std::string_view name, std::string_view what);
  std::string_view text(std::string_view name, bool required, std::size_t size_max);
  bool flag(std::string_view name, bool& given);
  int128 decimal(std::string_view name, bool required, int128 raw_max);
  std::int64_t integer(std::string_view name);
  Side side(bool required);
  ClientIndex client(bool required);
  ClientIndex client_of(std::string_view name);
  ClientIndex known_client();
  Id id(std::string_view name);
  bool has(std::string_view name) const { return line_.find(name) != nullptr; }

  const core::Engine& engine_;
  JsonLine line_;
  std::vector<core::Event> events_;
  std::string error_;
  TimeNs t_{0};
};

// What an error of the engine means, in words.
std::string_view describe(core::EventError error);

}  // namespace bulwark::simulate
