// The far end calls; and what any far end sends in a call that is up.
#include "sim/server.hpp"
#include "sim/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace drachtio::sim {

namespace {

constexpr std::chrono::milliseconds pause{20};    // between one thing a far end does and the next
constexpr std::chrono::seconds look_interval{1};  // for what is to be forgotten

std::string via(const std::string& branch) {
  return "SIP/2.0/UDP 127.0.0.1:5070;branch=" + branch + ";rport=5070";
}

}  // namespace

void Server::place_calls(std::uint64_t count, double rate, const std::string& user) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto delay = rate > 0 ? std::chrono::microseconds{static_cast<std::int64_t>(
                                      static_cast<double>(i) * 1e6 / rate)}
                                : std::chrono::microseconds{0};
    later(std::chrono::duration_cast<std::chrono::milliseconds>(delay),
          [this, user] { place_call(user); });
  }
}

void Server::place_call(const std::string& user) {
  const std::uint64_t number = ++last_call_;
  const auto dialog = std::make_shared<Dialog>();
  dialog->user = user;
  dialog->call_id = fmt::format("{}-{}@127.0.0.1", number, make_tag());
  dialog->far_tag = fmt::format("{}A{}", number, make_tag());
  dialog->program_tag = make_tag();
  dialog->far_party = fmt::format("\"{}\" <sip:{}@127.0.0.1:5070>", user, user);
  dialog->program_party = "<sip:service@127.0.0.1:5060>";
  dialog->far_contact = fmt::format("sip:{}@127.0.0.1:5070;transport=UDP", user);
  ++counts_.placed;
  invite(dialog, {});
}

void Server::invite(const DialogPtr& dialog, const Headers& more) {
  Link* link = program_for("invite");
  if (link == nullptr) {  // 503, that no program sees
    ++counts_.refused;
    return;
  }
  dialog->link = link->weak_from_this();
  dialog->invite_branch = make_branch();
  dialog->invite_transaction = make_uuid();
  dialog->invite_cseq = ++dialog->far_cseq;
  Headers headers;
  headers.add("Via", via(dialog->invite_branch));
  headers.add("From", dialog->far_party + ";tag=" + dialog->far_tag);
  headers.add("To", dialog->program_party);
  headers.add("Call-ID", dialog->call_id);
  headers.add("CSeq", std::to_string(dialog->invite_cseq) + " INVITE");
  headers.add("Contact", '<' + dialog->far_contact + '>');
  headers.add("Max-Forwards", "70");
  for (const auto& [name, value] : more) headers.add(name, value);
  const bool reliably = dialog->user == "prack" || dialog->user == "update";
  if (reliably) headers.add("Supported", "100rel");
  const std::string text =
      message_text("INVITE sip:service@127.0.0.1:5060 SIP/2.0", headers,
                   dialog->user == "late" ? "" : far_sdp(dialog->far_version, "sendrecv"));
  ask(dialog->invite_transaction, dialog, text);
  show(*link, "network", dialog->invite_transaction, "", text, true);
  record("cdr:attempt", "network", "", text);
  if (dialog->user != "hasty") return;
  later(pause, [this, dialog] { cancel_call(dialog); });
}

// The program is to answer.
void Server::ask(const std::string& transaction, const DialogPtr& dialog, const std::string& text) {
  asked_[transaction] = {dialog, parse_sip_message(text)};
  ++counts_.unanswered;
  if (std::exchange(forgetting_, true)) return;
  later(look_interval, [this] { forget_unanswered(); });
}

// What nothing is answered to is forgotten without a word.
void Server::forget_unanswered() {
  const auto since = std::chrono::steady_clock::now() - options_.forget_after;
  const auto forgotten = std::erase_if(
      asked_, [&](const auto& one) { return !one.second.touched && one.second.asked_at <= since; });
  counts_.unanswered -= std::min<std::uint64_t>(forgotten, counts_.unanswered);
  forgetting_ = !asked_.empty();
  if (forgetting_) later(look_interval, [this] { forget_unanswered(); });
}

// The caller gives up; the server answers for the program.
void Server::cancel_call(const DialogPtr& dialog) {
  const auto found = asked_.find(dialog->invite_transaction);
  if (found == asked_.end()) return;
  const SipMessage invite = found->second.request;
  asked_.erase(found);
  if (counts_.unanswered > 0) --counts_.unanswered;
  Headers headers;
  headers.add("Via", via(dialog->invite_branch));
  headers.add("From", dialog->far_party + ";tag=" + dialog->far_tag);
  headers.add("To", dialog->program_party);
  headers.add("Call-ID", dialog->call_id);
  headers.add("CSeq", std::to_string(dialog->invite_cseq) + " CANCEL");
  headers.add("Reason", "SIP;cause=200;text=\"Call completed elsewhere\"");
  const std::string text = message_text("CANCEL " + invite.uri + " SIP/2.0", headers, {});
  if (dialog->rung) {  // a call that nothing was answered to has no cdr:stop
    record("cdr:stop", "network", "call-canceled",
           message_text("INVITE " + invite.uri + " SIP/2.0", invite.headers, invite.body));
  }
  if (Link* link = link_of(*dialog)) {
    show(*link, "network", dialog->invite_transaction, dialog->id(), text);
  }
}

void Server::program_answered(const DialogPtr& dialog, const std::string& transaction,
                              const SipMessage& response, const std::string& text) {
  const bool initial = response.method == "INVITE" && transaction == dialog->invite_transaction;
  if (!initial && response.status >= 200) act_next(dialog);
  if (response.method == "PRACK" && dialog->user == "update") {
    later(pause, [this, dialog] {
      request(dialog, "UPDATE", {}, far_sdp(++dialog->far_version, "sendonly"));
    });
  }
  if (response.method != "INVITE") return;
  if (!initial) {
    if (response.status >= 200 && response.status < 300) {
      acknowledge(dialog, response.cseq(), transaction, {});
    }
    return;
  }
  if (response.status < 200) {
    if (response.headers.has("RSeq")) {
      request(
          dialog, "PRACK",
          {{"RAck", fmt::format("{} {} INVITE", response.headers["RSeq"], dialog->invite_cseq)}});
    }
    if (dialog->user == "cancel") later(pause, [this, dialog] { cancel_call(dialog); });
    return;
  }
  if (response.status >= 300) {
    record("cdr:stop", "application", "call-rejected", text);
    const bool challenge = response.status == 401 || response.status == 407;
    if (challenge && dialog->user == "auth" && !dialog->refused_once) {
      dialog->refused_once = true;
      return invite(dialog, {{"Proxy-Authorization", R"(Digest username="alice", response="0")"}});
    }
    ++counts_.refused;
    return;
  }
  dialog->answered = true;
  dialogs_.insert_or_assign(dialog->id(), dialog);
  ++counts_.answered;
  record("cdr:start", "application", "uas", text);
  if (dialog->user == "noack") {
    return later(options_.ack_timeout, [this, dialog] { server_bye(dialog, "ACK timeout"); });
  }
  dialog->acknowledged = true;
  acknowledge(dialog, dialog->invite_cseq, transaction,
              dialog->user == "late" ? far_sdp(dialog->far_version, "sendrecv") : "");
  call_is_up(dialog);
}

void Server::acknowledge(const DialogPtr& dialog, std::uint32_t cseq,
                         const std::string& transaction, const std::string& body) {
  Link* link = link_of(*dialog);
  if (link == nullptr) return;
  Headers headers;
  headers.add("Via", via(make_branch()));
  headers.add("From", dialog->far_party + ";tag=" + dialog->far_tag);
  headers.add("To", dialog->program_party + ";tag=" + dialog->program_tag);
  headers.add("Call-ID", dialog->call_id);
  headers.add("CSeq", std::to_string(cseq) + " ACK");
  headers.add("Max-Forwards", "70");
  show(*link, "network", transaction, dialog->id(),
       message_text("ACK sip:service@127.0.0.1:5060 SIP/2.0", headers, body), false, "");
}

// From the far end to the program, in the dialog. A program that has gone never gets it.
std::string Server::request(const DialogPtr& dialog, const std::string& method, const Headers& more,
                            const std::string& body) {
  const std::uint32_t cseq = ++dialog->far_cseq;
  Headers headers;
  headers.add("Via", via(make_branch()));
  headers.add("From", dialog->far_party + ";tag=" + dialog->far_tag);
  headers.add("To", dialog->program_party + ";tag=" + dialog->program_tag);
  headers.add("Call-ID", dialog->call_id);
  headers.add("CSeq", std::to_string(cseq) + ' ' + method);
  if (method == "INVITE" || method == "UPDATE") {
    headers.add("Contact", '<' + dialog->far_contact + '>');
  }
  headers.add("Max-Forwards", "70");
  for (const auto& [name, value] : more) headers.add(name, value);
  std::string text = message_text(method + " sip:service@127.0.0.1:5060 SIP/2.0", headers, body);
  Link* link = link_of(*dialog);
  if (link == nullptr) return text;
  const bool early_update = method == "UPDATE" && !dialog->answered;
  const std::string transaction = early_update ? dialog->invite_transaction : make_uuid();
  ask(early_update ? transaction + " UPDATE" : transaction, dialog, text);
  show(*link, "network", transaction, dialog->id(), text);
  return text;
}

// What the far end does once the call is up: each a pause after the answer to the one before.
void Server::call_is_up(const DialogPtr& dialog) {
  using Act = Dialog::Act;
  const std::string& user = dialog->user;
  const auto reoffer = [this](const char* direction) -> Act {
    return [this, direction](const DialogPtr& of) {
      request(of, "INVITE", {}, far_sdp(++of->far_version, direction));
    };
  };
  const auto say = [this](const std::string& method, Headers more, std::string body = {}) -> Act {
    return [this, method, more = std::move(more), body = std::move(body)](const DialogPtr& of) {
      request(of, method, more, body);
    };
  };
  const Act hang_up = [this](const DialogPtr& of) { bye(of); };
  if (user == "hold") {
    dialog->acts = {reoffer("sendonly"), reoffer("sendrecv"), say("UPDATE", {}), hang_up};
  } else if (user == "refreshes") {
    const Act again = [this](const DialogPtr& of) {
      request(of, "INVITE", {}, far_sdp(of->far_version, "sendrecv"));
    };
    dialog->acts = {reoffer("sendonly"), reoffer("sendrecv"), again, hang_up};
  } else if (user == "chatty") {
    dialog->acts = {say("INFO", {{"Content-Type", "application/dtmf-relay"}}, "Signal=5\r\n"),
                    say("MESSAGE", {{"Content-Type", "text/plain"}}, "hello"),
                    say("OPTIONS", {}),
                    say("NOTIFY", {{"Event", "refer"}, {"Subscription-State", "active"}}),
                    say("REFER", {{"Refer-To", "<sip:carol@127.0.0.1>"}}),
                    say("UPDATE", {}),
                    hang_up};
  } else if (user == "updates") {
    dialog->acts = {say("UPDATE", {}, far_sdp(++dialog->far_version, "sendonly")), hang_up};
  } else if (user == "latereinvite") {
    dialog->acts = {say("INVITE", {})};
  } else if (user == "hangup" || user == "late") {
    return later(options_.talk, [this, dialog] { bye(dialog); });
  } else if (user == "expires") {  // a session timer (RFC 4028) that nobody refreshes
    return later(options_.talk, [this, dialog] {
      server_bye(dialog, "Session timer expired", "session-expired");
    });
  }
  act_next(dialog);
}

void Server::act_next(const DialogPtr& dialog) {
  if (dialog->acts.empty()) return;
  later(pause, [dialog, act = std::move(dialog->acts.front())] { act(dialog); });
  dialog->acts.pop_front();
}

void Server::bye(const DialogPtr& dialog) {
  if (dialogs_.erase(dialog->id()) == 0) return;
  ++counts_.ended;
  record("cdr:stop", "network", "normal-release", request(dialog, "BYE"));
}

// The server hangs up in the program's name.
void Server::server_bye(const DialogPtr& dialog, const std::string& why,
                        const std::string& recorded_as) {
  if (dialogs_.erase(dialog->id()) == 0) return;
  ++counts_.ended;
  SipMessage request;
  request.method = "BYE";
  request.headers.add("Reason", "SIP;cause=200;text=\"" + why + '"');
  const std::string text = as_sent(*dialog, request, ++dialog->program_cseq, make_branch());
  if (Link* link = link_of(*dialog)) {
    show(*link, "application", "unsolicited", dialog->id(), text);
  }
  if (!recorded_as.empty()) record("cdr:stop", "application", recorded_as, text);
}

}  // namespace drachtio::sim
