// SPDX-License-Identifier: Apache-2.0
// By which names the console is reached: a request to any other host is somebody's trick (DNS rebinding), and one from
// another origin is another page's.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "sidecar/config/settings.h"

namespace bulwark::console {

class Origins {
public:
  Origins(const config::Console& console, std::uint16_t port) : all_(console.origins) {
    const std::string scheme = console.tls() ? "https://" : "http://";
    const bool own_port = port == (console.tls() ? 443 : 80);
    const std::string end = own_port ? "" : ":" + std::to_string(port);
    const bool six = console.address.find(':') != std::string::npos;
    const bool everywhere = console.address == "0.0.0.0" || console.address == "::";
    const std::string host = everywhere ? (six ? "[::1]" : "127.0.0.1")
                             : six      ? "[" + console.address + "]"
                                        : console.address;
    all_.push_back(scheme + host + end);
    if (console.loopback() || everywhere) all_.push_back(scheme + "localhost" + end);
    url_ = scheme + host + end + "/";
  }

  const std::string& url() const { return url_; }  // of this machine's own
  bool knows(const std::string& origin) const { return std::find(all_.begin(), all_.end(), origin) != all_.end(); }
  bool knows_host(const std::string& host) const {
    return std::any_of(all_.begin(), all_.end(), [&](const std::string& one) { return host_of(one) == lower(host); });
  }

private:
  static std::string host_of(const std::string& origin) { return origin.substr(origin.find("://") + 3); }
  static std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return text;
  }

  std::vector<std::string> all_;
  std::string url_;
};

}  // namespace bulwark::console
