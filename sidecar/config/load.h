// SPDX-License-Identifier: Apache-2.0
// The door of the configuration: a TOML file and the environment become `Settings`, or a list of all mistakes.
// Nothing here throws, and nothing is half taken over: settings are good only where there is no mistake.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/config/settings.h"

namespace bulwark::config {

// Where something was written: FILE:LINE, or an environment variable. Neither: it is a default.
struct Place {
  std::string file;
  int line = 0;
  std::string variable;
};

enum class Kind : std::uint8_t { Table, Array, String, Integer, Float, Boolean, Time };
enum class From : std::uint8_t { Default, File, Environment };

// One effective value. `value_text` is the content itself of a String and Time, and valid JSON for the other kinds.
struct Origin {
  std::string key;  // "limit.aapl-size.max"
  std::string value_text;
  Kind kind = Kind::String;
  From from = From::Default;
  Place place;
};

// Something that has to be put right, in words. `key` is empty where the file as a whole is meant.
struct Mistake {
  Place place;
  std::string key;
  std::string message;
};

struct LoadResult {
  Settings settings;
  std::vector<Origin> values;
  std::vector<Mistake> mistakes;  // none: `settings` are good
  model::Closes closes;           // that the model was estimated from
  bool model_files_only = false;  // that is all that the mistakes are in: only the model is missing
  bool good() const { return mistakes.empty(); }
  // For who makes no use of the model, or has another one.
  bool good_but_model() const { return good() || model_files_only; }
};

struct Variable {
  std::string name, value;
};
using Environment = std::vector<Variable>;

// The variables of this process that override keys (BULWARK__...), from `environ`.
Environment read_environment(const char* const* environ);

LoadResult load(const std::string& path, const Environment& environment);

// Everything that the settings say as one TOML document (instruments and time zone included), for the journal; and
// back again, on any machine and at any later time, with the same result.
std::string freeze(const Settings& settings);
LoadResult load_frozen(std::string_view text);

// FILE:LINE: KEY: MESSAGE
std::string format(const Mistake& mistake);

// One line for each value, ending in where it came from; the text is TOML again.
std::string print_values(const std::vector<Origin>& values);

}  // namespace bulwark::config
