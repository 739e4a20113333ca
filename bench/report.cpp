// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

namespace bulwark::bench {

namespace {

using Json = nlohmann::ordered_json;

constexpr Case every_case(std::size_t k) { return static_cast<Case>(k); }
constexpr struct {
  double percentile;
  const char *key, *title;
} percentiles[] = {{50, "p50_ns", "p50"},
                   {90, "p90_ns", "p90"},
                   {99, "p99_ns", "p99"},
                   {99.9, "p99_9_ns", "p99.9"},
                   {99.99, "p99_99_ns", "p99.99"}};

template <class... Values>
void print(std::string& text, const char* format, Values... values) {
  char line[256];
  std::snprintf(line, sizeof line, format, values...);
  text += line;
}

void print_percentiles(std::string& text, const Results& results) {
  print(text, "\n%-16s %9s", "ns", "count");
  for (const auto& p : percentiles) print(text, " %8s", p.title);
  print(text, " %10s\n", "max");
  for (std::size_t k = 0; k < case_count; ++k) {
    const Histogram& histogram = results.histogram(every_case(k));
    print(text, "%-16s %9llu", case_names[k].data(), static_cast<unsigned long long>(histogram.count()));
    for (const auto& p : percentiles) {
      print(text, " %8llu", static_cast<unsigned long long>(histogram.at_percentile(p.percentile)));
    }
    print(text, " %10llu  %s\n", static_cast<unsigned long long>(histogram.max()), case_sentences[k].data());
  }
}

void print_regimes(std::string& text, const Results& results) {
  print(text, "\n%-16s %35s   %35s\n", "medians of", "near: raw p50 up to 250 ns", "far: above");
  print(text, "%-16s %11s %11s %11s   %11s %11s %11s\n", "chunks, ns", "chunks", "p50", "p99", "chunks", "p50", "p99");
  for (std::size_t k = 1; k < case_count; ++k) {
    const auto near = results.typical(every_case(k), Regime::Near), far = results.typical(every_case(k), Regime::Far);
    print(text, "%-16s %11zu %11.1f %11.1f   %11zu %11.1f %11.1f\n", case_names[k].data(), near.chunks, near.median.p50,
          near.median.p99, far.chunks, far.median.p50, far.median.p99);
  }
}

void print_ratios(std::string& text, const Results& results) {
  print(text, "\n%-48s %8s %8s %8s %8s\n", "within chunks (medians)", "near", "far", "all", "at most");
  for (const Ratio& ratio : results.ratios()) {
    print(text, "%-48s", ratio.sentence.c_str());
    for (const std::vector<double>* values : {&ratio.near, &ratio.far}) {
      if (values->empty()) print(text, " %8s", "-");
      else print(text, " %8.2f", median_of(*values));
    }
    print(text, " %8.2f", ratio.median());
    if (ratio.at_most) print(text, " %8.2f  %s", *ratio.at_most, ratio.passes() ? "passed" : "FAILED");
    text += "\n";
  }
}

Json case_json(Case which, const Histogram& histogram) {
  Json result{{"name", case_names[at(which)]}, {"count", histogram.count()}};
  for (const auto& p : percentiles) result[p.key] = histogram.at_percentile(p.percentile);
  result["max_ns"] = histogram.max();
  return result;
}

Json regime_json(Regime regime, const Results& results) {
  Json result = Json::object();
  for (std::size_t k = 1; k < case_count; ++k) {
    const auto typical = results.typical(every_case(k), regime);
    result[std::string(case_names[k])] = {
        {"chunks", typical.chunks}, {"p50_ns", typical.median.p50}, {"p99_ns", typical.median.p99}};
  }
  return result;
}

Json ratios_json(const Results& results) {
  Json result{{"near", Json::object()}, {"far", Json::object()}, {"all", Json::object()}};
  for (const Ratio& ratio : results.ratios()) {
    if (!ratio.near.empty()) result["near"][ratio.name] = median_of(ratio.near);
    if (!ratio.far.empty()) result["far"][ratio.name] = median_of(ratio.far);
    if (!ratio.near.empty() || !ratio.far.empty()) result["all"][ratio.name] = ratio.median();
  }
  return result;
}

Json bars_json(const Results& results) {
  Json result = Json::array();
  for (const Ratio& ratio : results.ratios()) {
    if (!ratio.at_most) continue;
    result.push_back({{"name", ratio.name},
                      {"what", ratio.sentence},
                      {"value", ratio.median()},
                      {"at_most", *ratio.at_most},
                      {"passed", ratio.passes()}});
  }
  return result;
}

}  // namespace

std::string table(const Run& run, const Results& results) {
  std::string text;
  for (const auto& [name, what] : run.host) print(text, "%-22s %s\n", name.c_str(), what.c_str());
  print(text, "%-22s %llu trips a chunk, chunks of all cases in turn, a raw ping-pong between each two\n", "measured",
        static_cast<unsigned long long>(run.chunk_trips));
  print(text, "%-22s %llu orders a second\n", "open loop", static_cast<unsigned long long>(run.open_loop_rate));
  print_percentiles(text, results);
  print_regimes(text, results);
  print_ratios(text, results);
  return text;
}

std::string json(const Run& run, const Results& results) {
  Json document{{"schema", 1}, {"host", Json::object()}, {"cases", Json::array()}};
  for (const auto& [name, what] : run.host) document["host"][name] = what;
  for (std::size_t k = 0; k < case_count; ++k) {
    document["cases"].push_back(case_json(every_case(k), results.histogram(every_case(k))));
  }
  document["chunk_trips"] = run.chunk_trips;
  document["open_loop_rate"] = run.open_loop_rate;
  document["regimes"] = {{"near", regime_json(Regime::Near, results)}, {"far", regime_json(Regime::Far, results)}};
  document["ratios"] = ratios_json(results);
  document["bars"] = bars_json(results);
  return document.dump(2) + "\n";
}

void write_percentile_tables(const std::string& directory, const Results& results) {
  std::filesystem::create_directories(directory);
  for (std::size_t k = 0; k < case_count; ++k) {
    const std::string path = directory + "/" + std::string(case_names[k]) + ".hgrm";
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (file == nullptr) throw std::system_error(errno, std::generic_category(), "cannot write " + path);
    results.histogram(every_case(k)).write_hgrm(file);
    if (std::fclose(file) != 0) throw std::system_error(errno, std::generic_category(), "cannot write " + path);
  }
}

bool every_bar_passed(const Results& results) {
  for (const Ratio& ratio : results.ratios()) {
    if (!ratio.passes()) return false;
  }
  return true;
}

}  // namespace bulwark::bench
