// SPDX-License-Identifier: Apache-2.0
// HTTP and SMTP by libcurl, all transfers in one thread. The others: commands, the system's log, Redis.
#include "sidecar/console/alerts/courier.h"

#include <curl/curl.h>

#include <cstring>
#include <fstream>
#include <list>
#include <stdexcept>

#include "sidecar/console/alerts/forms.h"
#include "sidecar/console/alerts/local.h"

namespace bulwark::alerts {

namespace {

using Kind = config::AlertTarget::Kind;

constexpr long connect_timeout_ms = 3'000;
constexpr long timeout_ms = 10'000;
constexpr int processes_look_ms = 20;

// The first line of the file, where a file has it: read each time, so that it may be changed.
std::string reveal(const config::Secret& secret) {
  if (secret.file.empty()) return secret.value;
  std::ifstream file(secret.file);
  std::string line;
  if (!std::getline(file, line) || line.empty()) throw std::runtime_error("cannot read " + secret.file);
  return line;
}

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// One message over HTTP or SMTP. It owns all that libcurl looks at meanwhile.
class Transfer {
public:
  Transfer(const config::AlertTarget& target, const Message& message, TimeNs now) : index(message.target) {
    set(CURLOPT_ERRORBUFFER, error_);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    set(CURLOPT_TIMEOUT_MS, timeout_ms);
    set(CURLOPT_NOPROXY, "*");  // the way is as configured, whatever the environment says
    set(CURLOPT_WRITEFUNCTION, ignore);
    if (target.kind == Kind::Email) mail(target, message, now);
    else post(target, message);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* easy() const { return easy_.get(); }
  std::string outcome(CURLcode code) const {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK) return error_[0] != '\0' ? error_ : curl_easy_strerror(code);
    return !http_ || (status >= 200 && status < 300) ? "" : "it answers with HTTP status " + std::to_string(status);
  }

  const std::size_t index;

private:
  template <class Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(easy_.get(), option, value) != CURLE_OK) throw std::runtime_error("libcurl refuses an option");
  }
  void add_line(const std::string& line) {
    curl_slist* longer = curl_slist_append(lines_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(lines_.release());  // it is a part of the longer one
    lines_.reset(longer);
  }

  void post(const config::AlertTarget& target, const Message& message) {
    http_ = true;
    text_ = target.kind == Kind::Slack ? slack_form(message.documents) : json_form(message.documents);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_URL, reveal(target.address).c_str());
    set(CURLOPT_POSTFIELDSIZE, static_cast<long>(text_.size()));
    set(CURLOPT_POSTFIELDS, text_.c_str());
    add_line("Content-Type: application/json");
    add_line("Expect:");
    set(CURLOPT_HTTPHEADER, lines_.get());
    set(CURLOPT_USERAGENT, "bulwark/" BULWARK_VERSION);
  }

  void mail(const config::AlertTarget& target, const Message& message, TimeNs now) {
    text_ = email_form(message.documents, target, now);
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_URL, target.server.c_str());
    set(CURLOPT_USE_SSL, target.starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE);
    if (!target.user.empty()) set(CURLOPT_USERNAME, target.user.c_str());
    if (target.password.given()) set(CURLOPT_PASSWORD, reveal(target.password).c_str());
    set(CURLOPT_MAIL_FROM, target.from.c_str());
    for (const std::string& to : target.to) add_line(to);
    set(CURLOPT_MAIL_RCPT, lines_.get());
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, read_more);
    set(CURLOPT_READDATA, this);
  }

  static std::size_t read_more(char* to, std::size_t size, std::size_t count, void* self) {
    auto& from = *static_cast<Transfer*>(self);
    const std::size_t bytes = std::min(size * count, from.text_.size() - from.read_);
    std::memcpy(to, from.text_.data() + from.read_, bytes);
    from.read_ += bytes;
    return bytes;
  }

  // The lines go after the transfer that looks at them; both also where a secret cannot be read.
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> lines_{nullptr, curl_slist_free_all};
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_{curl_easy_init(), curl_easy_cleanup};
  std::string text_;
  std::size_t read_ = 0;
  bool http_ = false;
  char error_[CURL_ERROR_SIZE] = "";
};

}  // namespace

struct Courier::Inside {
  std::vector<config::AlertTarget> targets;
  std::function<TimeNs()> clock;
  CURLM* multi = nullptr;
  std::list<Transfer> transfers;
  std::list<Process> processes;
};

Courier::Courier(std::vector<config::AlertTarget> targets, std::function<TimeNs()> clock)
    : inside_(std::make_unique<Inside>()) {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  inside_->targets = std::move(targets);
  inside_->clock = std::move(clock);
  inside_->multi = once == CURLE_OK ? curl_multi_init() : nullptr;
  if (inside_->multi == nullptr) throw std::runtime_error("libcurl cannot be used");
}

Courier::~Courier() {
  for (const Transfer& transfer : inside_->transfers) curl_multi_remove_handle(inside_->multi, transfer.easy());
  inside_->transfers.clear();
  curl_multi_cleanup(inside_->multi);
}

void Courier::wake() { curl_multi_wakeup(inside_->multi); }

bool Courier::busy() const { return !inside_->transfers.empty() || !inside_->processes.empty(); }

void Courier::send(const Message& message, const Done& done) {
  const config::AlertTarget& target = inside_->targets[message.target];
  try {
    switch (target.kind) {
      case Kind::Syslog: log_locally(target.socket, message.documents); break;
      case Kind::Redis: publish(reveal(target.address), message.documents); break;
      case Kind::Command:
        inside_->processes.emplace_back(message.target, target.command, json_form(message.documents));
        return;
      default:
        inside_->transfers.emplace_back(target, message, inside_->clock());
        if (curl_multi_add_handle(inside_->multi, inside_->transfers.back().easy()) == CURLM_OK) return;
        inside_->transfers.pop_back();
        throw std::runtime_error("libcurl cannot take it");
    }
  } catch (const std::exception& error) {
    return done(message.target, error.what());
  }
  done(message.target, "");
}

void Courier::work(int wait_ms, const Done& done) {
  int running = 0, left = 0;
  bool news_told = false;  // then it is to be kept at once, before anything is waited for
  curl_multi_perform(inside_->multi, &running);
  while (const CURLMsg* news = curl_multi_info_read(inside_->multi, &left)) {
    if (news->msg != CURLMSG_DONE) continue;
    const auto& easy = news->easy_handle;
    const auto found = std::find_if(inside_->transfers.begin(), inside_->transfers.end(),
                                    [&](const Transfer& transfer) { return transfer.easy() == easy; });
    const std::string outcome = found->outcome(news->data.result);
    const std::size_t index = found->index;
    curl_multi_remove_handle(inside_->multi, easy);
    inside_->transfers.erase(found);
    done(index, outcome);
    news_told = true;
  }
  for (auto process = inside_->processes.begin(); process != inside_->processes.end();) {
    if (const std::optional<std::string> outcome = process->outcome()) {
      const std::size_t index = process->index;
      process = inside_->processes.erase(process);
      done(index, *outcome);
      news_told = true;
    } else {
      ++process;
    }
  }
  if (news_told) return;
  const int most = inside_->processes.empty() ? wait_ms : std::min(wait_ms, processes_look_ms);
  curl_multi_poll(inside_->multi, nullptr, 0, most, nullptr);
}

}  // namespace bulwark::alerts
