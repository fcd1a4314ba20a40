// What a program sends: answers to far ends' requests, requests of its own.
#include "sim/clock.hpp"
#include "sim/server.hpp"
#include "sim/text.hpp"
#include "sip/header_value.hpp"

#include <fmt/core.h>

namespace drachtio::sim {

namespace {

constexpr std::chrono::milliseconds tardy_by{5000};

// What the real server fills in, in its order; the rest is the program's.
bool is_the_servers(std::string_view name) {
  const Headers one{{std::string{name}, ""}};
  for (const char* own :
       {"Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Length"}) {
    if (one.has(own)) return true;
  }
  return false;
}

// As the server writes names it knows: "proxy-authenticate" as "Proxy-Authenticate".
std::string canonical(std::string name) {
  for (const char* known : {"RAck", "RSeq", "WWW-Authenticate"}) {
    if (sip::same_ignoring_case(name, known)) return known;
  }
  bool first = true;
  for (char& c : name) {
    if (first && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    first = c == '-';
  }
  return name;
}

// A party as the server writes it: in brackets, without its tag.
std::string in_brackets(std::string party) {
  party = party.substr(0, party.find(";tag="));
  return party.find('<') == std::string::npos ? '<' + party + '>' : party;
}

void add_the_programs(Headers& headers, const SipMessage& message) {
  for (const auto& [name, value] : message.headers) {
    if (!is_the_servers(name)) headers.add(canonical(name), value);
  }
}

// That of the call's own INVITE, once; after that as the last request, but for what it is told.
std::uint32_t number_of_ack(const Dialog& dialog, const SipMessage& ack) {
  if (ack.headers.has("CSeq")) return ack.cseq();
  const bool first = dialog.program_calls && !dialog.acknowledged;
  return first ? dialog.invite_cseq : dialog.program_cseq;
}

std::string shown(std::string_view transaction, std::string_view dialog, const std::string& text,
                  std::string_view protocol = "udp") {
  return fmt::format("OK|application|{}|{}|127.0.0.1|5070|{}|{}|{}Msg sent:|\r\n{}", text.size(),
                     protocol, time_of_day(), transaction, dialog, text);
}

}  // namespace

void Server::sip(Link& link, std::string_view id, std::string_view transaction,
                 std::string_view dialog_id, std::string_view text) {
  const SipMessage message = parse_sip_message(text);
  if (!message.is_request()) return answer(link, id, std::string{transaction}, message);
  ++counts_.requests;
  if (message.method == "CANCEL") return cancel(link, id, std::string{transaction}, message);
  if (dialog_id.empty()) return call_out(link, id, message);
  in_dialog(link, id, std::string{dialog_id}, message);
}

void Server::answer(Link& link, std::string_view id, const std::string& transaction,
                    const SipMessage& response) {
  auto found = asked_.find(transaction + ' ' + response.method);
  if (found == asked_.end()) found = asked_.find(transaction);
  if (found == asked_.end()) {
    return reply(link, id, "NOK|Response not sent due to unknown transaction");
  }
  found->second.touched = true;
  const Transaction asked = found->second;
  const DialogPtr& dialog = asked.dialog;
  const std::string& method = asked.request.method;
  const bool initial = method == "INVITE" && dialog && !dialog->answered;
  Headers headers;
  headers.add("Via", std::string{asked.request.headers["Via"]});
  headers.add("From", std::string{asked.request.headers["From"]});
  std::string to{asked.request.headers["To"]};
  if (asked.request.to().tag.empty()) to += ";tag=" + (dialog ? dialog->program_tag : make_tag());
  headers.add("To", to);
  headers.add("Call-ID", std::string{asked.request.headers["Call-ID"]});
  headers.add("CSeq", std::string{asked.request.headers["CSeq"]});
  const bool reliable = initial && response.status < 200 && response.headers["Require"] == "100rel";
  if (method == "INVITE" && (reliable || response.status / 100 == 2)) {
    headers.add("Contact", "<sip:127.0.0.1:5060>");
  }
  if (reliable) headers.add("RSeq", std::to_string(265'288'839 + dialog->far_cseq));
  add_the_programs(headers, response);
  const std::string text = message_text(
      fmt::format("SIP/2.0 {} {}", response.status, response.reason), headers, response.body);
  // The reply to the answer of a BYE names no dialog.
  const std::string dialog_id = method == "BYE" || !dialog ? "" : dialog->id();
  const bool in_call = dialog && method != "INVITE";
  if (initial) dialog->rung = true;
  if (response.status >= 200) {
    asked_.erase(found);
    if (counts_.unanswered > 0) --counts_.unanswered;
  }
  reply(link, id, shown(transaction, dialog_id + "||", text, in_call ? "" : "udp"));
  if (dialog) program_answered(dialog, transaction, parse_sip_message(text), text);
}

void Server::cancel(Link& link, std::string_view id, const std::string& transaction,
                    const SipMessage& request) {
  const auto found = calls_out_.find(transaction);
  if (found == calls_out_.end()) {
    return reply(link, id, "NOK|unable to cancel unknown transaction id: " + transaction);
  }
  const DialogPtr dialog = found->second;
  if (dialog->cancelled || dialog->answered) {
    return reply(link, id, "NOK|internal server error canceling transaction id: " + transaction);
  }
  dialog->cancelled = true;
  Headers headers;
  headers.add("Via", "SIP/2.0/UDP 127.0.0.1:5060;rport;branch=" + dialog->invite_branch);
  headers.add("Max-Forwards", "70");
  headers.add("From", dialog->program_party + ";tag=" + dialog->program_tag);
  headers.add("To", dialog->far_party);
  headers.add("Call-ID", dialog->call_id);
  headers.add("CSeq", std::to_string(dialog->invite_cseq) + " CANCEL");
  add_the_programs(headers, request);
  const std::string text =
      message_text("CANCEL " + dialog->invite_uri + " SIP/2.0", headers, request.body);
  reply(link, id, shown(make_uuid(), "", text));
  if (dialog->user == "crossing") return accept_call(dialog);
  if (dialog->user == "tardy") return later(tardy_by, [this, dialog] { accept_call(dialog); });
  respond(dialog, 487, "Request Terminated");
}

// A request out of dialog: an INVITE rings at the far end, others are answered 200.
void Server::call_out(Link& link, std::string_view id, const SipMessage& request) {
  const auto dialog = std::make_shared<Dialog>();
  dialog->program_calls = true;
  dialog->link = link.weak_from_this();
  dialog->call_id = request.headers.has("Call-ID") ? std::string{request.call_id()} : make_uuid();
  dialog->program_tag = make_tag();
  dialog->program_party = "<sip:127.0.0.1:5060>";
  if (request.headers.has("From")) {
    if (const std::string tag = request.from().tag; !tag.empty()) dialog->program_tag = tag;
    dialog->program_party = in_brackets(std::string{request.headers["From"]});
  }
  dialog->invite_uri = request.uri;
  dialog->far_party =
      in_brackets(request.headers.has("To") ? std::string{request.headers["To"]} : request.uri);
  dialog->far_tag = make_tag();
  dialog->far_contact = request.uri;
  dialog->user = parse_address(request.uri).user;
  dialog->invite_cseq = request.cseq() != 0 ? request.cseq() : next_cseq_++;
  dialog->program_cseq = dialog->invite_cseq;
  dialog->invite_branch = make_branch();
  dialog->invite_transaction = make_uuid();

  Headers headers;
  headers.add("Via", "SIP/2.0/UDP 127.0.0.1:5060;rport;branch=" + dialog->invite_branch);
  headers.add("Max-Forwards", "70");
  headers.add("From", dialog->program_party + ";tag=" + dialog->program_tag);
  headers.add("To", dialog->far_party);
  headers.add("Call-ID", dialog->call_id);
  headers.add("CSeq", std::to_string(dialog->invite_cseq) + ' ' + request.method);
  if (request.method == "INVITE") headers.add("Contact", "<sip:127.0.0.1:5060>");
  add_the_programs(headers, request);
  const std::string text =
      message_text(request.method + ' ' + request.uri + " SIP/2.0", headers, request.body);
  // The record comes before the reply, on the real server, too.
  if (request.method == "INVITE") record("cdr:attempt", "application", "", text);
  reply(link, id, shown(dialog->invite_transaction, "", text));
  const SipMessage sent = parse_sip_message(text);
  if (request.method == "INVITE") {
    calls_out_.emplace(dialog->invite_transaction, dialog);
    return ring(dialog, sent);
  }
  Headers answer;
  answer.add("Via", std::string{sent.headers["Via"]});
  answer.add("From", std::string{sent.headers["From"]});
  answer.add("To", std::string{sent.headers["To"]} + ";tag=" + dialog->far_tag);
  answer.add("Call-ID", dialog->call_id);
  answer.add("CSeq", std::string{sent.headers["CSeq"]});
  show(link, "network", dialog->invite_transaction, "", message_text("SIP/2.0 200 OK", answer, {}));
}

std::string Server::as_sent(Dialog& dialog, const SipMessage& request, std::uint32_t cseq,
                            const std::string& branch) {
  Headers headers;
  headers.add("Via", "SIP/2.0/UDP 127.0.0.1:5060;rport;branch=" + branch);
  headers.add("Max-Forwards", "70");
  headers.add("From", dialog.program_party + ";tag=" + dialog.program_tag);
  headers.add("To", dialog.far_party + ";tag=" + dialog.far_tag);
  headers.add("Call-ID", dialog.call_id);
  headers.add("CSeq", std::to_string(cseq) + ' ' + request.method);
  if (request.method == "INVITE" || request.method == "UPDATE") {
    headers.add("Contact", "<sip:127.0.0.1:5060>");
  }
  add_the_programs(headers, request);
  return message_text(request.method + ' ' + dialog.far_contact + " SIP/2.0", headers,
                      request.body);
}

void Server::in_dialog(Link& link, std::string_view id, const std::string& dialog_id,
                       const SipMessage& request) {
  DialogPtr dialog;
  if (const auto found = dialogs_.find(dialog_id); found != dialogs_.end()) dialog = found->second;
  // PRACK, UPDATE and the ACK come before the dialog is answered, too.
  for (const auto& [transaction, call] : calls_out_) {
    const auto owner = call->link.lock();
    if (!dialog && call->id() == dialog_id && owner && owner.get() == &link) dialog = call;
  }
  const bool is_ack = request.method == "ACK";
  if (!dialog || (is_ack && !dialog->answered)) {
    return reply(link, id,
                 is_ack ? "NOK|Server error: ACK for non-success final response is automatically "
                          "generated by server"
                        : "NOK|Server error: unable to find dialog for dialog id provided");
  }
  const std::uint32_t cseq = is_ack ? number_of_ack(*dialog, request) : ++dialog->program_cseq;
  const std::string branch = make_branch();
  const std::string transaction = make_uuid();
  const std::string text = as_sent(*dialog, request, cseq, branch);
  if (request.method == "BYE") record("cdr:stop", "application", "normal-release", text);
  reply(link, id, shown(transaction, "", text));
  if (!is_ack) {
    return far_end_answers(link, dialog, transaction, parse_sip_message(text), cseq, branch);
  }
  if (dialog->acknowledged) return;
  dialog->acknowledged = true;
  calls_out_.erase(dialog->invite_transaction);
  if (dialog->cancelled) {
    return server_bye(dialog, "ACK-BYE due to cancel race condition",
                      "system-initiated-termination");
  }
  call_is_up(dialog);
}

// Answers go to whoever asked; what the far end asks, to the connection that set the call up.
void Server::far_end_answers(Link& link, const DialogPtr& dialog, const std::string& transaction,
                             const SipMessage& request, std::uint32_t cseq,
                             const std::string& branch) {
  const std::string& method = request.method;
  if (method == "INVITE") return reinvited(link, dialog, transaction, request, cseq, branch);
  Headers headers;
  headers.add("Via", "SIP/2.0/UDP 127.0.0.1:5060;rport;branch=" + branch);
  headers.add("From", std::string{request.headers["From"]});
  headers.add("To", std::string{request.headers["To"]});
  headers.add("Call-ID", dialog->call_id);
  headers.add("CSeq", std::to_string(cseq) + ' ' + method);
  headers.add("Contact", '<' + dialog->far_contact + '>');
  const bool offered = method == "UPDATE" && !request.body.empty();
  const std::string body =
      offered ? far_sdp(++dialog->far_version, answering_direction(request.body)) : "";
  const std::string text =
      message_text(method == "REFER" ? "SIP/2.0 202 Accepted" : "SIP/2.0 200 OK", headers, body);
  if (dialog->user == "mute" && method == "OPTIONS") return;  // a far end that is gone
  if (dialog->user == "deaf" && method == "BYE") return;
  if (dialog->user == "picky" && !request.headers.has("Proxy-Authorization")) {
    headers.add("Proxy-Authenticate", R"(Digest realm="sim", nonce="in-dialog", qop="auth")");
    return show(link, "network", transaction, dialog->id(),
                message_text("SIP/2.0 407 Proxy Authentication Required", headers, {}));
  }
  show(link, "network", transaction, dialog->id(), text);
  if (method == "PRACK" && !dialog->answered && dialog->user != "early") {
    return accept_call(dialog);
  }
  if (method != "BYE") return;
  dialogs_.erase(dialog->id());
  ++counts_.ended;
}

void Server::reinvited(Link& link, const DialogPtr& dialog, const std::string& transaction,
                       const SipMessage& request, std::uint32_t cseq, const std::string& branch) {
  Headers headers;
  headers.add("Via", "SIP/2.0/UDP 127.0.0.1:5060;rport;branch=" + branch);
  headers.add("From", std::string{request.headers["From"]});
  headers.add("To", std::string{request.headers["To"]});
  headers.add("Call-ID", dialog->call_id);
  headers.add("CSeq", std::to_string(cseq) + " INVITE");
  headers.add("Contact", '<' + dialog->far_contact + '>');
  if (dialog->user == "glare" && !dialog->refused_once) {
    dialog->refused_once = true;
    return show(link, "network", transaction, dialog->id(),
                message_text("SIP/2.0 491 Request Pending", headers, {}));
  }
  if (dialog->user == "deaf") return;
  if (dialog->user == "clash" && !dialog->refused_once) {  // offers in its turn, before it answers
    dialog->refused_once = true;
    this->request(dialog, "INVITE", {}, far_sdp(++dialog->far_version, "sendrecv"));
  }
  if (dialog->user == "stubborn") {
    return show(link, "network", transaction, dialog->id(),
                message_text("SIP/2.0 488 Not Acceptable Here", headers, {}));
  }
  show(link, "network", transaction, dialog->id(),
       message_text("SIP/2.0 200 OK", headers,
                    far_sdp(++dialog->far_version, answering_direction(request.body))));
}

}  // namespace drachtio::sim
