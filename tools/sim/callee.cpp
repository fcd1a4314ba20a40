// The far end is called: what it answers to an INVITE, by its name.
#include "sim/server.hpp"
#include "sim/text.hpp"
#include "sip/digest_auth.hpp"

#include <fmt/core.h>

namespace drachtio::sim {

namespace {

constexpr const char* user_name = "alice";
constexpr const char* password = "secret";

// The value of cnonce="..." in an Authorization header.
std::string cnonce_of(std::string_view authorization) {
  const std::size_t at = authorization.find("cnonce=\"");
  if (at == std::string_view::npos) return {};
  const std::string_view rest = authorization.substr(at + 8);
  return std::string{rest.substr(0, rest.find('"'))};
}

struct Asked {
  int status = 407;
  std::string algorithm = "MD5";
  bool stale_at_first = false;
};

std::optional<Asked> challenge_of(const std::string& user) {
  if (user == "challenge") return Asked{};
  if (user == "challenge401") return Asked{401, "SHA-256", false};
  if (user == "challenge512") return Asked{407, "SHA-512-256", false};
  if (user == "stale") return Asked{407, "MD5", true};
  return std::nullopt;
}

bool is_right(const std::string& challenge, const SipMessage& invite, std::string_view given) {
  const auto parsed = sip::parse_challenge(challenge);
  const std::string cnonce = cnonce_of(given);
  sip::DigestRequest answer;
  answer.method = "INVITE";
  answer.uri = invite.uri;
  answer.username = user_name;
  answer.password = password;
  answer.cnonce = cnonce;
  return parsed && sip::authorization(*parsed, answer) == given;
}

}  // namespace

void Server::ring(const DialogPtr& dialog, const SipMessage& invite) {
  const std::string& user = dialog->user;
  if (const auto asked = challenge_of(user)) {
    const bool by_proxy = asked->status == 407;
    const auto given = invite.headers[by_proxy ? "Proxy-Authorization" : "Authorization"];
    // One nonce for all: the retry is a call of its own to this server.
    const bool second = given.find("nonce-one") == std::string_view::npos && !given.empty();
    const std::string challenge =
        fmt::format(R"(Digest realm="sim", nonce="{}", algorithm={}, qop="auth")",
                    second ? "nonce-two" : "nonce-one", asked->algorithm);
    const char* header = by_proxy ? "Proxy-Authenticate" : "WWW-Authenticate";
    const char* reason = by_proxy ? "Proxy Authentication Required" : "Unauthorized";
    if (given.empty()) return respond(dialog, asked->status, reason, {{header, challenge}});
    if (asked->stale_at_first && given.find("nonce-one") != std::string_view::npos) {
      return respond(
          dialog, asked->status, reason,
          {{header,
            R"(Digest realm="sim", nonce="nonce-two", algorithm=MD5, qop="auth", stale=true)"}});
    }
    if (!is_right(challenge, invite, given)) return respond(dialog, 403, "Forbidden");
    return accept_call(dialog);
  }
  if (user == "silent") return;
  if (user == "busy") return respond(dialog, 486, "Busy Here");
  if (user == "notfound") return respond(dialog, 404, "Not Found");
  if (user == "redirect") {
    return respond(dialog, 302, "Moved Temporarily", {{"Contact", "<sip:answer@127.0.0.1:5070>"}});
  }
  if (user == "fork") {
    respond(dialog, 183, "Session Progress", {}, far_sdp(1, "sendrecv"), "fork1");
    respond(dialog, 180, "Ringing", {}, {}, "fork2");
    dialog->far_tag = "fork1";
    return accept_call(dialog);
  }
  if (user == "prack" || user == "early") {
    return respond(dialog, 180, "Ringing", {{"Require", "100rel"}, {"RSeq", "1"}});
  }
  if (user != "fast") respond(dialog, 180, "Ringing");
  if (user == "ring" || user == "crossing" || user == "tardy") return;
  accept_call(dialog);
}

// From the far end to the program. A refusal ends the INVITE's transaction, a 2xx when its ACK has
// been sent.
void Server::respond(const DialogPtr& dialog, int status, const std::string& reason,
                     const Headers& more, const std::string& body, const std::string& tag) {
  Headers headers;
  headers.add("Via", "SIP/2.0/UDP 127.0.0.1:5060;rport;branch=" + dialog->invite_branch);
  headers.add("From", dialog->program_party + ";tag=" + dialog->program_tag);
  headers.add("To", dialog->far_party + ";tag=" + (tag.empty() ? dialog->far_tag : tag));
  headers.add("Call-ID", dialog->call_id);
  headers.add("CSeq", std::to_string(dialog->invite_cseq) + " INVITE");
  if (!more.has("Contact")) headers.add("Contact", '<' + dialog->far_contact + '>');
  for (const auto& [name, value] : more) headers.add(name, value);
  const std::string text =
      message_text(fmt::format("SIP/2.0 {} {}", status, reason), headers, body);
  if (Link* link = link_of(*dialog)) {
    show(*link, "network", dialog->invite_transaction, dialog->id(), text);
  }
  if (status < 200) return;
  if (status >= 300) {
    calls_out_.erase(dialog->invite_transaction);
    record("cdr:stop", "network", status == 487 ? "call-canceled" : "call-rejected", text);
    return;
  }
  record("cdr:start", "network", "uac", text);
}

void Server::accept_call(const DialogPtr& dialog) {
  dialog->answered = true;
  dialogs_.insert_or_assign(dialog->id(), dialog);
  ++counts_.answered;
  respond(dialog, 200, "OK", {}, far_sdp(dialog->far_version, "sendrecv"));
}

}  // namespace drachtio::sim
