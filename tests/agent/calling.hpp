// Calls out to the stand-in's far ends, and what is done in them.
#pragma once

#include "agent/agent_program.hpp"

#include <optional>
#include <string>

namespace drachtio::test {

inline Outcome call_out(Program& program, const std::string& user, RequestOptions options = {}) {
  Outcome outcome;
  if (options.body.empty() && !options.late_offer) options.body = our_sdp;
  program.agent->siprequest("sip:" + user + "@127.0.0.1:5070", std::move(options),
                            outcome.call_handler());
  REQUIRE(program.until([&] { return outcome.told; }));
  return outcome;
}

// The status of an operation in a dialog; -1: an error.
template <typename Start>
int status_of(Program& program, const Start& start) {
  std::optional<int> status;
  start([&](boost::system::error_code error, const SipMessage& answer) {
    status = error ? -1 : answer.status;
  });
  REQUIRE(program.until([&] { return status.has_value(); }));
  return *status;
}

}  // namespace drachtio::test
