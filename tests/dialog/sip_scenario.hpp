// Call flows as tests write them: messages are said by the caller or the callee, a Flow hears them.
//
//   Flow flow{Role::uas};
//   flow << invite(sdp()) << ringing() << ok(sdp()) << ack() << bye(callee);
//   CHECK(flow.story() == "invited progressed answered confirmed terminated");
//
// Messages are real SIP text, parsed as those of a server are. A Flow of role uac hears what the
// program sees that placed the call, one of role uas what the program sees that takes it.
#pragma once

#include "catch.hpp"
#include "dialog/apply.hpp"
#include "dialog/identity.hpp"
#include "dialog/observe.hpp"
#include "projection/fold.hpp"

#include <string>
#include <vector>

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

// --- who hears it ------------------------------------------------------------------------------

inline Direction direction_of(Role role, Side side) {
  return (role == Role::uac) == (side == caller) ? Direction::out : Direction::in;
}

inline dialog::Observation observation_of(Role role, const Said& said, const std::string& text,
                                          Instant at) {
  dialog::Observation seen;
  seen.channel = said.channel;
  seen.occurred_at = at;
  seen.direction = direction_of(role, said.side);
  seen.unsolicited = said.by_server;
  seen.server = "sip.example";
  if (said.channel == dialog::Channel::sip) {
    seen.transaction_id =
        said.transaction_id.empty() ? "tx-" + said.top_branch : said.transaction_id;
  }
  seen.call_record_token = said.token;
  std::string why;
  auto message = sip::parse_message(text, why);
  INFO(why << " in:\n" << text);
  REQUIRE(message);
  seen.message = std::move(*message);
  seen.key = dialog::message_key(seen.channel, seen.message);
  return seen;
}

// One dialog as its writer keeps it; a message a second. Beside the live state it folds what would
// have been stored, and insists that the two are equal.
class Flow {
 public:
  explicit Flow(Role role) : role_(role) {}

  Flow& operator<<(const Said& said) {
    now_ += std::chrono::seconds{1};
    const std::string text = said.text();
    const dialog::Observation seen = observation_of(role_, said, text, now_);
    const dialog::Placement placed = place(seen);
    began_another_ = known_ && placed.kind == dialog::Placement::Kind::begins;
    heard(began_another_ ? std::nullopt : dialog::observe(placed, seen));
    return *this;
  }

  Flow& wait(Microseconds time) {
    now_ += time;
    return *this;
  }

  // The server acknowledged the program's `proxy`.
  Flow& proxied() {
    now_ += std::chrono::seconds{1};
    heard(known_ ? dialog::observe_proxied(state_, now_) : std::nullopt);
    return *this;
  }

  // Nothing was heard of it for too long.
  Flow& lost() {
    now_ += std::chrono::hours{1};
    Event event;
    event.type = EventType::lost;
    event.occurred_at = now_;
    event.cause = Cause::lost;
    event.reason = "not heard of for 3600 s";
    heard(event);
    return *this;
  }

  Flow& patched(const std::string& patch) {
    Event event;
    event.type = EventType::session_set;
    event.occurred_at = now_;
    event.patch = patch;
    heard(event);
    return *this;
  }

  const DialogState& operator*() const { return state_; }
  const DialogState* operator->() const { return &state_; }
  [[nodiscard]] bool known() const { return known_; }
  [[nodiscard]] Instant now() const { return now_; }
  // The latest event; `heard_nothing` says that the latest message was none.
  [[nodiscard]] const Event& last() const { return events_.back(); }
  [[nodiscard]] bool heard_nothing() const { return nothing_; }
  // The latest message was the first of another leg, which a Flow does not follow.
  [[nodiscard]] bool began_another() const { return began_another_; }
  // The types of all events, in order.
  [[nodiscard]] std::string story() const {
    std::string types;
    for (const Event& event : events_) {
      types += (types.empty() ? "" : " ") + std::string{to_string(event.type)};
    }
    return types;
  }

 private:
  [[nodiscard]] dialog::Placement place(const dialog::Observation& seen) const {
    std::vector<dialog::Leg> legs;
    if (known_) legs.push_back({&state_});
    return dialog::place(legs, seen);
  }

  void heard(std::optional<Event> event) {
    nothing_ = !event;
    if (!event) return;
    event->position = static_cast<std::int64_t>(events_.size()) + 11;
    event->dialog = 11;
    event->version = static_cast<std::int64_t>(events_.size()) + 1;
    event->recorded_at = now_;
    dialog::apply(state_, *event);
    known_ = true;
    const Event stored = projection::to_event(projection::to_row(*event));
    CHECK(stored == *event);
    dialog::apply(folded_, stored);
    CHECK(folded_ == state_);
    events_.push_back(std::move(*event));
  }

  Role role_;
  Instant now_ = to_instant(1'800'000'000'000'000);
  DialogState state_;
  DialogState folded_;
  bool known_ = false;
  bool nothing_ = false;
  bool began_another_ = false;
  std::vector<Event> events_;
};

// The caller's end of it, and the callee's.
inline const Endpoint& ann(const Flow& flow) {
  return flow->role == Role::uac ? flow->local : flow->remote;
}
inline const Endpoint& bob(const Flow& flow) {
  return flow->role == Role::uac ? flow->remote : flow->local;
}

// A call that is up: the caller offered, the callee answered.
inline Flow established(Role role) {
  Flow flow{role};
  flow << invite(sdp(1, "sendrecv", "caller")) << ok(sdp(1, "sendrecv", "callee")) << ack();
  return flow;
}

}  // namespace drachtio::test
