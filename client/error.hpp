// SPDX-License-Identifier: Apache-2.0
// What a client call throws: a sentence that names the argument, what was found and what is allowed.
#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bulwark {

class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// The instance does not run, or does not answer: the same call may succeed later.
class Unavailable : public Error {
public:
  using Error::Error;
};

// It was said, and the sidecar said no.
class Refused : public Error {
public:
  using Error::Error;
};

namespace client {

inline std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

// Why the sidecar refused a report whole, in the order of core's EventError. 0: it could not even be read.
inline constexpr std::array<std::string_view, 17> event_error_sentences{
    "the sidecar could not read the message",
    "its time lies before that of the last event",
    "the symbol is not known",
    "the mark is not one: a bid needs an ask, prices are positive",
    "no order of this client has that id",
    "several orders have that id",
    "the account is not known",
    "the quantity and the price of a fill are positive",
    "no order of this client has that id, and a fill of such an order needs symbol, side and account",
    "the number is too large",
    "there is no room for it",
    "operator and reason are needed",
    "the limit is not known",
    "the scope is not known",
    "the time lies in the past",
    "a limit is still breached",
    "the command is not known"};

inline std::string_view event_error_sentence(std::size_t error) {
  return error < event_error_sentences.size() ? event_error_sentences[error] : "the sidecar refused it";
}

}  // namespace client
}  // namespace bulwark
