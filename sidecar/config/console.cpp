// SPDX-License-Identifier: Apache-2.0
// The table [console]: where the console listens, by which names it is reached, and who may do what.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sidecar/config/reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

constexpr std::string_view listen_words = "ADDRESS:PORT, as \"127.0.0.1:0\" or \"[::1]:8443\"";
constexpr std::string_view origin_words = "an origin, as \"https://risk.example.com\" or \"https://10.0.0.5:8443\"";
constexpr std::string_view digest_words = "the SHA-256 of a token, 64 hex digits";

bool is_address(const std::string& text) {
  in6_addr bytes{};
  return ::inet_pton(AF_INET, text.c_str(), &bytes) == 1 || ::inet_pton(AF_INET6, text.c_str(), &bytes) == 1;
}

// ADDRESS:PORT, the address in brackets where it has colons itself.
bool take_listen(std::string_view text, Console& console) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string_view address = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  if (bracketed != (address.find(':') != std::string_view::npos)) return false;
  console.address = address == "localhost" ? "127.0.0.1" : address;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), console.port);
  return is_address(console.address) && !port.empty() && error == std::errc{} && end == port.data() + port.size();
}

// A browser writes an origin in lower case, and without a port that is the scheme's own.
bool is_origin(std::string_view text) {
  const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  const std::string_view host = text.substr(scheme);
  const bool own_port = scheme == 8 ? host.ends_with(":443") : host.ends_with(":80");
  return scheme != 0 && !host.empty() && host.size() <= 255 && !own_port &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == std::string_view::npos;
}

Role role_of(const std::string& text) {
  constexpr std::array<std::string_view, 4> names{"", "view", "operate", "configure"};
  const auto found = std::find(names.begin() + 1, names.end(), text);
  return found == names.end() ? Role::None : static_cast<Role>(found - names.begin());
}

class ConsoleReader {
public:
  ConsoleReader(Section& section, const std::string& directory, Report& report)
      : section_(section), directory_(directory), report_(report) {}

  Console read() {
    console_.used = section_.present();
    if (!console_.used) return {};
    const std::string listen = section_.text("listen", "127.0.0.1:0");
    const bool known = take_listen(listen, console_);
    if (!known) section_.mistake("listen", fmt::format("found {}; allowed is {}", shown(listen), listen_words));
    read_certificate(known);
    read_origins(known);
    if (const Node* persons = section_.table("person")) read_persons(*persons);
    section_.finish();
    return std::move(console_);
  }

private:
  void read_certificate(bool known) {
    for (const auto& [key, member] :
         {std::pair{"tls_certificate", &Console::tls_certificate}, std::pair{"tls_key", &Console::tls_key}}) {
      const auto path = section_.text(key);
      if (path && path->empty()) section_.mistake(key, "found \"\"; allowed is the path of a PEM file");
      else if (path) console_.*member = absolute_path(*path, directory_);
    }
    if (console_.tls_certificate.empty() != console_.tls_key.empty()) {
      section_.mistake(console_.tls_key.empty() ? "tls_key" : "tls_certificate", "is missing; TLS needs both");
    } else if (known && !console_.loopback() && !console_.tls()) {
      section_.mistake("listen",
                       "an address that others reach needs tls_certificate and tls_key; without them allowed "
                       "is a loopback address, as \"127.0.0.1:0\"");
    }
  }

  void read_origins(bool known) {
    console_.origins = section_.texts("origins");
    for (const std::string& origin : console_.origins) {
      if (!is_origin(origin))
        section_.mistake("origins", fmt::format("found {}; allowed is {}", shown(origin), origin_words));
    }
    const bool everywhere = console_.address == "0.0.0.0" || console_.address == "::";
    if (known && everywhere && console_.origins.empty())
      section_.mistake("origins", fmt::format("is missing; a console that listens everywhere has to know how it is "
                                              "reached: {}",
                                              origin_words));
  }

  void read_persons(const Node& persons) {
    Section tables(report_, &persons, "console.person", persons.place);
    for (const Node& child : tables.children()) {
      if (!usable_name(child.key))
        tables.mistake(child.key, fmt::format("found {}; allowed is {}", shown(child.key), name_words));
      const Node* table = tables.table(child.key);
      if (table != nullptr) read_person(child.key, Section(report_, table, tables.path_of(child.key), table->place));
    }
  }

  void read_person(const std::string& name, Section section) {
    Person person{name, Role::None, {}};
    const std::vector<std::string> roles{"view", "operate", "configure"};
    section.require("role", "one of " + listed(roles));
    if (const auto role = section.text("role")) {
      person.role = role_of(*role);
      if (person.role == Role::None)
        section.mistake(
            "role", fmt::format("found {}; allowed are {}{}", shown(*role), listed(roles), suggestion(*role, roles)));
    }
    section.require("token_sha256", digest_words);
    if (const auto digest = section.text("token_sha256")) read_digest(section, *digest, person);
    section.finish();
    console_.persons.push_back(std::move(person));
  }

  void read_digest(Section& section, const std::string& digest, Person& person) {
    for (const char c : digest) person.token_sha256 += static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    if (digest.size() != 64 || person.token_sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
      // It may be the token itself: what is not a digest is not shown.
      return section.mistake("token_sha256", fmt::format("is not {}", digest_words));
    }
    for (const Person& other : console_.persons) {
      if (other.token_sha256 == person.token_sha256)
        section.mistake("token_sha256", fmt::format("is {}'s too; each person needs a token of their own", other.name));
    }
  }

  Section& section_;
  const std::string& directory_;
  Report& report_;
  Console console_;
};

}  // namespace

bool Console::loopback() const { return address.starts_with("127.") || address == "::1"; }

Console read_console(Section& section, const std::string& directory, Report& report) {
  return ConsoleReader(section, directory, report).read();
}

}  // namespace bulwark::config
