// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/series.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <system_error>

#include "shm/clock.h"
#include "shm/whole_file.h"

namespace bulwark::console {

using Json = nlohmann::ordered_json;

static constexpr DurationNs between_saves = milliseconds(15'000);

static Json list_of(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(std::isfinite(value) ? Json(value) : Json(nullptr));
  return list;
}

Series::Series(std::string path, const core::Session& session, TimeNs now)
    : path_(std::move(path)), clock_(session), end_s_(clock_.next_start_after(now).ns / 1'000'000'000) {
  try {
    load();
  } catch (const Json::exception&) {  // it is begun anew
    t_.clear();
    for (auto& values : values_) values.clear();
  }
}

void Series::load() {
  std::ifstream file(path_);
  const Json said = Json::parse(file, nullptr, false);
  if (!said.is_object() || said.value("end", std::int64_t{0}) != end_s_) return;
  t_ = said.at("t").get<std::vector<std::int64_t>>();
  bool whole = t_.size() <= point_count_max && std::is_sorted(t_.begin(), t_.end());
  for (std::size_t k = 0; k < names_.size(); ++k) {
    for (const Json& value : said.at(std::string(names_[k])))
      values_[k].push_back(value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
    whole = whole && values_[k].size() == t_.size();
  }
  step_s_ = std::clamp<std::int64_t>(said.at("step_s").get<std::int64_t>(), 1, 3'600);
  if (whole) return;
  t_.clear();
  for (auto& values : values_) values.clear();
}

// Every other point goes.
void Series::thin() {
  const auto halve = [](auto& values) {
    for (std::size_t k = 0; 2 * k < values.size(); ++k) values[k] = values[2 * k];
    values.resize((values.size() + 1) / 2);
  };
  halve(t_);
  for (auto& values : values_) halve(values);
  step_s_ *= 2;
}

void Series::add(const Frame& frame, TimeNs now) {
  const std::scoped_lock lock(mutex_);
  const std::int64_t now_s = now.ns / 1'000'000'000;
  if (now_s >= end_s_) {
    t_.clear();
    for (auto& values : values_) values.clear();
    step_s_ = 1;
    end_s_ = clock_.next_start_after(now).ns / 1'000'000'000;
  }
  if (!t_.empty() && now_s < t_.back() + step_s_) return;
  if (t_.size() >= point_count_max) thin();
  t_.push_back(now_s);
  for (std::size_t k = 0; k < names_.size(); ++k) {
    const auto place = std::find(scalar_names.begin(), scalar_names.end(), names_[k]);
    values_[k].push_back(frame.scalars[static_cast<std::size_t>(place - scalar_names.begin())]);
  }
}

Json Series::json() const {
  const std::scoped_lock lock(mutex_);
  Json document{{"type", "series"}, {"step_s", step_s_}, {"t", t_}};
  for (std::size_t k = 0; k < names_.size(); ++k) document[std::string(names_[k])] = list_of(values_[k]);
  return document;
}

void Series::save() const {
  Json document = json();
  {
    const std::scoped_lock lock(mutex_);
    document["end"] = end_s_;
  }
  try {
    shm::write_whole(path_, document.dump() + "\n");
  } catch (const std::system_error&) {  // what stood there stays; nobody trades by the rest
  }
}

void Series::run(const std::atomic<bool>& ending) const {
  MonotonicNs again = shm::monotonic_now() + between_saves;
  while (!ending.load(std::memory_order_relaxed)) {
    shm::nap(milliseconds(100));
    if (shm::monotonic_now() < again) continue;
    save();
    again = shm::monotonic_now() + between_saves;
  }
  save();
}

}  // namespace bulwark::console
