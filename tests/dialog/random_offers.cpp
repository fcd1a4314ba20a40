// How a call made up at random negotiates: what each side describes, offers and answers.
#include "dialog/random_call.hpp"
#include "properties/property.hpp"

namespace drachtio::test {

namespace {

// RFC 3264 6.1.
std::string allowed_answer(const std::string& offered) {
  if (offered == "sendonly") return pick_text({"recvonly", "recvonly", "inactive"});
  if (offered == "recvonly") return pick_text({"sendonly", "sendonly", "sendonly", "inactive"});
  if (offered == "inactive" || offered == "off") return offered;
  if (offered == "null") return pick_text({"sendrecv", "inactive"});
  return pick_text({"sendrecv", "sendrecv", "sendonly", "recvonly", "inactive", "off"});
}

}  // namespace

Side RandomCall::any_side() { return pick_bool() ? caller : callee; }

std::string RandomCall::written(Side side, const std::vector<std::string>& streams) {
  Described& described = of(side);
  if (streams != described.streams || pick(4) == 3) ++described.version;
  described.streams = streams;
  std::string text = "v=0\r\no=- " + std::string{side == caller ? "7" : "8"} + " " +
                     std::to_string(described.version) +
                     " IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const std::string& stream = streams[i];
    const bool is_off = stream == "off";
    const bool is_null = stream == "null";  // RFC 2543 B.5, RFC 3264 8.4
    text += std::string{i == 0 ? "m=audio " : "m=video "} + (is_off ? "0" : "6000") +
            " RTP/AVP 0\r\n" + (is_null ? "c=IN IP4 0.0.0.0\r\n" : "") +
            "a=" + (is_off || is_null ? "sendrecv" : stream) + "\r\n";
  }
  offered_[text] = streams;
  return text;
}

// What was refused was described all the same: the next description is another version.
void RandomCall::take_back(Side side, const Described& before) {
  of(side).streams = before.streams;
  ++of(side).version;
}

std::string RandomCall::offer(Side side) {
  std::vector<std::string> streams = of(side).streams;
  if (streams.empty()) streams.resize(1 + static_cast<std::size_t>(pick(2)), "sendrecv");
  if (streams.size() < 3 && pick(8) == 7) streams.emplace_back("sendrecv");  // RFC 3264 8.1
  if (pick(4) != 0) {
    for (std::string& stream : streams) {
      stream = pick_text({"sendrecv", "sendonly", "inactive", "recvonly", "null", "off"});
    }
  }
  return written(side, streams);
}

std::string RandomCall::answer_to(Side side, const std::string& offer) {
  std::vector<std::string> streams;
  for (const std::string& stream : offered_.at(offer)) streams.push_back(allowed_answer(stream));
  return written(side, streams);
}

Said RandomCall::in_dialog(Side side, const std::string& method, const std::string& tag,
                           const std::string& body) {
  return request(side, method, ++cseq(side), body).tag(tag);
}

// RFC 3262 3 and 4.
void RandomCall::acknowledge_reliably(const Said& progress, const std::string& tag,
                                      const std::string& body) {
  Said said = progress;
  say(std::move(said).header("RSeq: " + std::to_string(++rseq_)));
  const Said prack = in_dialog(other(progress.side), "PRACK", tag, body).header("RAck: 1 1 INVITE");
  say(prack);
  say(answer(prack, 200));
}

// RFC 3262 5: a PRACK that does not answer may offer.
void RandomCall::offer_in_prack(const Said& progress, const std::string& tag) {
  Said said = progress;
  said.callee_tag = tag;
  say(std::move(said).header("RSeq: " + std::to_string(++rseq_)));
  const std::string offered = offer(caller);
  const Said prack = in_dialog(caller, "PRACK", tag, offered).header("RAck: 1 1 INVITE");
  say(prack);
  say(answer(prack, 200, "OK", answer_to(callee, offered)));
}

// An offer in a request of either side, accepted or not.
void RandomCall::negotiate(const std::string& method, const std::string& tag) {
  const Side side = any_side();
  const Described before = of(side);
  const std::string offered = offer(side);
  const Said asked = in_dialog(side, method, tag, offered);
  say(asked);
  if (pick(4) == 3) {
    take_back(side, before);
    say(answer(asked, pick_of({488, 491, 500}), "No"));
  } else {
    say(answer(asked, 200, "OK", answer_to(other(side), offered)));
  }
  if (method == "INVITE") say(request(side, "ACK", asked.sequence).tag(tag));
}

// RFC 3261 14.1: the 2xx offers, and the ACK answers.
void RandomCall::reinvite_without_offer(const std::string& tag) {
  const Side side = any_side();
  const Said asked = in_dialog(side, "INVITE", tag);
  say(asked);
  if (pick(4) == 3) {
    say(answer(asked, 500, "No"));
    return say(request(side, "ACK", asked.sequence).tag(tag));
  }
  const std::string offered = offer(other(side));
  say(answer(asked, 200, "OK", offered));
  say(request(side, "ACK", asked.sequence, answer_to(side, offered)).tag(tag));
}

// RFC 3262 5: a reliable 1xx answers, which agrees at once, and the final answer may be a refusal.
void RandomCall::reinvite_answered_early(const std::string& tag) {
  const Side side = any_side();
  const Described before = of(side);
  const Described before_other = of(other(side));
  const std::string offered = offer(side);
  const Said asked = in_dialog(side, "INVITE", tag, offered);
  say(asked);
  const std::string answered = answer_to(other(side), offered);
  acknowledge_reliably(answer(asked, 183, "Session Progress", answered), tag, {});
  if (pick(4) == 3) {
    take_back(side, before);
    take_back(other(side), before_other);
    say(answer(asked, 500, "No"));
  } else {
    say(answer(asked, 200, "OK", pick_bool() ? answered : std::string{}));
  }
  say(request(side, "ACK", asked.sequence).tag(tag));
}

// RFC 3261 9.1: that CANCEL ends the re-INVITE, and not the call.
void RandomCall::reinvite_cancelled(const std::string& tag) {
  const Side side = any_side();
  const Described before = of(side);
  const Said asked = in_dialog(side, "INVITE", tag, offer(side));
  const Said cancelling = request(side, "CANCEL", asked.sequence).branch(asked.top_branch).tag(tag);
  say(asked);
  say(cancelling);
  say(answer(cancelling, 200));
  say(answer(asked, 487, "Request Terminated"));
  take_back(side, before);
}

// RFC 3261 14.2: both sides ask at once, and both refuse.
void RandomCall::glare(const std::string& tag) {
  const Described before_caller = caller_;
  const Described before_callee = callee_;
  const Said one = in_dialog(caller, "INVITE", tag, offer(caller));
  const Said another = in_dialog(callee, "INVITE", tag, offer(callee));
  say(one);
  say(another);
  say(answer(one, 491, "Request Pending"));
  say(answer(another, 491, "Request Pending"));
  take_back(caller, before_caller);
  take_back(callee, before_callee);
}

}  // namespace drachtio::test
