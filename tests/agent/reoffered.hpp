// A far end that offers in a call, and a call in that is up and so offered anew.
#pragma once

#include "agent/scripted_server.hpp"

#include <optional>
#include <string>

namespace drachtio::test {

inline const Saying a_reinvite{.cseq = 2, .branch = "z9hG4bK-2", .body = our_sdp};

// A call in that is up, and whose far end has offered anew: the offer is the program's to answer.
struct Reoffered : Scripted {
  Reoffered() {
    call_up(server, program);
    program.dialog().on_modify([this](Request&, Response& res) { offer = res; });
    server.say(ScriptedServer::request("INVITE", "tx2", a_reinvite));
    REQUIRE(program.until([&] { return offer.has_value(); }));
  }
  std::optional<Response> offer;
};

// A request of the far end's in a call that the program has placed.
inline std::string in_placed(const std::string& method, const std::string& transaction,
                             const Saying& saying) {
  return created_by("ours", ScriptedServer::request(method, transaction, saying));
}

}  // namespace drachtio::test
