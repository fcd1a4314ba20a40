// A far end's request goes on to others, as the program says: the stand-in plays them, too. Of an
// answered call the program hears nothing more; the call records tell the rest, leg by leg.
#include "sim/clock.hpp"
#include "sim/server.hpp"
#include "sim/text.hpp"

#include <fmt/core.h>

namespace drachtio::sim {

namespace {

struct Answer {
  int status;
  const char* reason;
};

// By the user it is sent to; nothing: it rings for ever.
std::optional<Answer> answer_of(const std::string& uri) {
  const std::string user = parse_address(uri).user;
  if (user == "silent" || user == "ring") return std::nullopt;
  if (user == "busy") return Answer{486, "Busy Here"};
  if (user == "notfound") return Answer{404, "Not Found"};
  if (user == "redirect") return Answer{302, "Moved Temporarily"};
  return Answer{200, "OK"};
}

std::string own_via(const std::string& branch) {
  return "SIP/2.0/UDP 127.0.0.1:5060;rport;branch=" + branch;
}

constexpr const char* record_route = "<sip:127.0.0.1:5060;lr>";

// The request as it goes on (RFC 3261 16.6), with what the program adds.
std::string passed_on(const SipMessage& request, const std::string& uri, const std::string& branch,
                      bool remains, const Headers& more) {
  Headers headers;
  headers.add("Via", own_via(branch));
  headers.add("Via", std::string{request.headers["Via"]});
  if (remains) headers.add("Record-Route", record_route);
  headers.add("Max-Forwards", "69");
  for (const auto& [name, value] : request.headers) {
    if (name != "Via" && name != "Max-Forwards" && name != "Content-Length") {
      headers.add(name, value);
    }
  }
  for (const auto& [name, value] : more) {
    if (name != "Content-Length") headers.set(name, value);
  }
  return message_text(request.method + ' ' + uri + " SIP/2.0", headers, request.body);
}

std::string answer_text(const SipMessage& request, const std::string& uri, const Answer& answer,
                        const std::string& via, const std::string& tag, bool remains) {
  Headers headers;
  headers.add("Via", via);
  headers.add("From", std::string{request.headers["From"]});
  headers.add("To", std::string{request.headers["To"]} + ";tag=" + tag);
  for (const char* name : {"Call-ID", "CSeq"})
    headers.add(name, std::string{request.headers[name]});
  if (remains) headers.add("Record-Route", record_route);
  const bool moved = answer.status == 302;
  headers.add("Contact", '<' + (moved ? "sip:answer@127.0.0.1:5070" : uri) + '>');
  const bool answers_offer = answer.status == 200 && request.method == "INVITE";
  return message_text(fmt::format("SIP/2.0 {} {}", answer.status, answer.reason), headers,
                      answers_offer ? far_sdp(1, "sendrecv") : "");
}

}  // namespace

// <transactionId>|remainInDialog|fullResponse|followRedirects|simultaneous|<timeout>|<timeout>|
// <destination>|...: one destination after the other, for all of them answer at once.
void Server::proxy(Link& link, std::string_view id, const std::vector<std::string_view>& tokens,
                   const Headers& more) {
  constexpr std::size_t options = 7;
  const auto found = tokens.empty() ? asked_.end() : asked_.find(tokens[0]);
  // Once the program has rung, it is no longer the server's to hand on.
  if (found == asked_.end() || tokens.size() < options ||
      (found->second.dialog && found->second.dialog->rung)) {
    return reply(link, id,
                 fmt::format("NOK|Unknown transaction id: {}", tokens.empty() ? "" : tokens[0]));
  }
  const Transaction asked = found->second;
  const SipMessage& request = asked.request;
  const bool is_invite = request.method == "INVITE";
  asked_.erase(found);
  if (counts_.unanswered > 0) --counts_.unanswered;
  const bool remains = tokens[1] == "remainInDialog";
  const bool full = tokens[2] == "fullResponse";
  const bool follows = tokens[3] == "followRedirects";
  std::vector<std::string> targets{tokens.begin() + options, tokens.end()};
  if (!full) reply(link, id, "OK|done");
  const std::string caller_via{request.headers["Via"]};
  std::string best;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const std::string uri = targets[i];
    const std::string branch = make_branch();
    if (is_invite) {
      record("cdr:attempt", "application", "", passed_on(request, uri, branch, remains, more));
    }
    const auto answer = answer_of(uri);
    if (!answer) return;
    const std::string tag = make_tag();
    const std::string as_it_came =
        answer_text(request, uri, *answer, own_via(branch) + ", " + caller_via, tag, remains);
    const std::string as_it_goes = answer_text(request, uri, *answer, caller_via, tag, remains);
    if (is_invite && answer->status == 200) {
      record("cdr:start", "network", "proxy-uac", as_it_came);
      record("cdr:start", "application", "proxy-uas", as_it_goes);
    } else if (is_invite) {
      record("cdr:stop", "network", "call-rejected", as_it_came);
    }
    if (full) {
      reply(link, id,
            fmt::format("OK|network|{}|udp|127.0.0.1|5070|{}|||continue\r\n{}", as_it_came.size(),
                        time_of_day(), as_it_came));
    }
    if (answer->status == 200) {
      if (full) reply(link, id, "OK|done");
      if (is_invite) proxied_call_is_up(asked.dialog, uri, tag, remains);
      return;
    }
    if (follows && answer->status == 302) targets.emplace_back("sip:answer@127.0.0.1:5070");
    best = as_it_goes;
  }
  if (is_invite) {
    record("cdr:stop", "application", "call-rejected", best);
    ++counts_.refused;
  }
  if (full) reply(link, id, "OK|done");
}

// The caller hangs up after the talk. The server hears of it if it has remained in the dialog.
void Server::proxied_call_is_up(const DialogPtr& dialog, const std::string& uri,
                                const std::string& tag, bool remains) {
  ++counts_.answered;
  later(options_.talk, [this, dialog, uri, tag, remains] {
    ++counts_.ended;
    if (!remains) return;
    const std::string via = "SIP/2.0/UDP 127.0.0.1:5070;branch=" + make_branch() + ";rport=5070";
    Headers headers;
    headers.add("Via", via);
    headers.add("From", dialog->far_party + ";tag=" + dialog->far_tag);
    headers.add("To", dialog->program_party + ";tag=" + tag);
    headers.add("Call-ID", dialog->call_id);
    headers.add("CSeq", std::to_string(++dialog->far_cseq) + " BYE");
    headers.add("Max-Forwards", "70");
    const std::string start_line = "BYE " + uri + " SIP/2.0";
    record("cdr:stop", "network", "normal-release", message_text(start_line, headers, {}));
    headers.set("Via", own_via(make_branch()) + ", " + via);
    record("cdr:stop", "application", "normal-release", message_text(start_line, headers, {}));
  });
}

}  // namespace drachtio::sim
