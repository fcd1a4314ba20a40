// SIP messages as tests write them: each is said by the caller or the callee, and is real SIP text.
//
//   invite(sdp()), ringing(), ok(sdp()), ack(), bye(callee)
#pragma once

#include "dialog/observation.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace drachtio::test {

enum class Side { caller, callee };
inline constexpr Side caller = Side::caller;
inline constexpr Side callee = Side::callee;

inline Side other(Side side) { return side == caller ? callee : caller; }

// A message somebody says. Requests: `side` sends it; responses: `side` answers it.
struct Said {
  Side side = caller;
  std::string method = "INVITE";
  int status = 0;
  std::string phrase;
  std::uint32_t sequence = 1;
  std::string top_branch = "b1";
  std::string caller_tag = "caller-tag";
  std::string callee_tag;
  std::string request_uri = "sip:bob@callee.example";
  std::string contact_uri;
  std::string body;
  std::string body_type = "application/sdp";
  std::string more_headers;
  std::string from_address;  // instead of the usual ones
  std::string to_address;
  dialog::Channel channel = dialog::Channel::sip;
  std::string token;  // of a call record
  std::string transaction_id;
  bool by_server = false;

  Said cseq(std::uint32_t number) && { return sequence = number, std::move(*this); }
  Said branch(std::string name) && { return top_branch = std::move(name), std::move(*this); }
  Said uri(std::string name) && { return request_uri = std::move(name), std::move(*this); }
  Said tag(std::string name) && { return callee_tag = std::move(name), std::move(*this); }
  Said contact(std::string uri) && { return contact_uri = std::move(uri), std::move(*this); }
  Said header(const std::string& line) && {
    return more_headers += line + "\r\n", std::move(*this);
  }
  Said from(std::string address) && { return from_address = std::move(address), std::move(*this); }
  Said to(std::string address) && { return to_address = std::move(address), std::move(*this); }
  Said type(std::string name) && { return body_type = std::move(name), std::move(*this); }
  // Under which the server delivers it; else each branch has one of its own.
  Said transaction(std::string id) && { return transaction_id = std::move(id), std::move(*this); }
  Said unsolicited() && { return by_server = true, std::move(*this); }
  // As the call records have it: attempt, start with its role, stop with its reason.
  Said recorded(dialog::Channel how, std::string word = {}) && {
    channel = how;
    token = std::move(word);
    return std::move(*this);
  }

  [[nodiscard]] std::string text() const {
    const Side requester = status == 0 ? side : other(side);
    std::string ann = from_address.empty() ? "\"Ann\" <sip:ann@caller.example>" : from_address;
    std::string bob = to_address.empty() ? "<sip:bob@callee.example>" : to_address;
    if (!caller_tag.empty()) ann += ";tag=" + caller_tag;
    if (!callee_tag.empty()) bob += ";tag=" + callee_tag;
    std::string text = status == 0 ? method + " " + request_uri + " SIP/2.0\r\n"
                                   : "SIP/2.0 " + std::to_string(status) + " " + phrase + "\r\n";
    text += "Via: SIP/2.0/UDP host.example;branch=" + top_branch + "\r\n";
    text += "From: " + (requester == caller ? ann : bob) + "\r\n";
    text += "To: " + (requester == caller ? bob : ann) + "\r\n";
    text += "Call-ID: call-1@caller.example\r\n";
    text += "CSeq: " + std::to_string(sequence) + " " + method + "\r\n";
    if (!contact_uri.empty()) text += "Contact: <" + contact_uri + ">\r\n";
    text += more_headers;
    if (!body.empty()) text += "Content-Type: " + body_type + "\r\n";
    return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

// --- session descriptions ----------------------------------------------------------------------

inline std::string sdp(int version = 1, const std::string& attribute = "sendrecv",
                       const std::string& session = "7") {
  return "v=0\r\no=- " + session + " " + std::to_string(version) +
         " IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=" +
         attribute + "\r\n";
}

// --- what is said ------------------------------------------------------------------------------

inline Said request(Side side, const std::string& method, std::uint32_t cseq,
                    const std::string& body = {}) {
  Said said;
  said.side = side;
  said.method = method;
  said.sequence = cseq;
  said.top_branch = method + std::to_string(cseq) + (side == caller ? "a" : "b");
  said.callee_tag = "callee-tag";
  said.body = body;
  return said;
}

// The answer to a request, given by the other side.
inline Said answer(const Said& request, int status, const std::string& phrase = "OK",
                   const std::string& body = {}) {
  Said said = request;
  said.side = other(request.side);
  said.status = status;
  said.phrase = phrase;
  said.body = body;
  said.contact_uri.clear();
  said.more_headers.clear();
  if (said.callee_tag.empty() && status > 100) said.callee_tag = "callee-tag";
  return said;
}

inline Said invite(const std::string& body = {}) {
  Said said = request(caller, "INVITE", 1, body);
  said.top_branch = "b1";
  said.callee_tag.clear();
  return said;
}

// Answers to the first INVITE.
inline Said answered(int status, const std::string& phrase, const std::string& body = {}) {
  return answer(invite(), status, phrase, body);
}
inline Said ringing(const std::string& body = {}) {
  return answered(body.empty() ? 180 : 183, body.empty() ? "Ringing" : "Session Progress", body);
}
inline Said ok(const std::string& body = {}) { return answered(200, "OK", body); }

inline Said ack(const std::string& body = {}) {
  Said said = request(caller, "ACK", 1, body);
  said.top_branch = "ack1";
  return said;
}
inline Said ack_of(const Said& reinvite, const std::string& body = {}) {
  Said said = request(reinvite.side, "ACK", reinvite.sequence, body);
  said.top_branch += "-ack";
  return said;
}
inline Said cancel() {
  Said said = request(caller, "CANCEL", 1);
  said.top_branch = "b1";
  said.callee_tag.clear();
  return said;
}
inline Said prack(std::uint32_t cseq = 2, const std::string& body = {}) {
  return request(caller, "PRACK", cseq, body).header("RAck: 1 1 INVITE");
}
inline Said bye(Side side, std::uint32_t cseq = 99) { return request(side, "BYE", cseq); }

}  // namespace drachtio::test
