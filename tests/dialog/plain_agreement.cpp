#include "dialog/plain_agreement.hpp"

#include <algorithm>
#include <string_view>

namespace drachtio::test {

namespace {

std::size_t place_of(Talker talker) { return talker == Talker::calling ? 0 : 1; }

// One m= line (RFC 3264 5.1): a fax over UDPTL has no direction, port 0 means not in use.
struct Medium {
  bool in_use = false;
  bool sends = true;
  bool receives = true;

  void heed(std::string_view line) {
    if (line == "a=sendrecv") sends = receives = true;
    if (line == "a=sendonly") sends = true, receives = false;
    if (line == "a=recvonly") sends = false, receives = true;
    if (line == "a=inactive") sends = receives = false;
  }
};

std::vector<Medium> media_of(std::string_view sdp) {
  Medium session;
  // With ICE the address may be null and tells nothing: candidates do (RFC 8839 4.2.1.2).
  const bool does_ice = sdp.find("\na=ice-ufrag:") != std::string_view::npos;
  bool session_address_is_null = false;
  std::vector<Medium> media;
  std::vector<bool> address_is_null;
  while (!sdp.empty()) {
    const std::size_t end = sdp.find('\n');
    std::string_view line = sdp.substr(0, end);
    sdp.remove_prefix(end == std::string_view::npos ? sdp.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("m=")) {
      media.push_back(session);
      const std::string_view port = line.substr(std::min(line.size(), line.find(' ') + 1));
      media.back().in_use = line.find("RTP/") != std::string_view::npos && !port.starts_with("0 ");
      address_is_null.push_back(session_address_is_null);
    } else if (line.starts_with("c=")) {  // RFC 3264 8.4: hold as RFC 2543 had it
      const std::string_view address = line.substr(line.rfind(' ') + 1);
      const bool is_null = !does_ice && address.find_first_not_of("0.:") == std::string_view::npos;
      if (media.empty()) {
        session_address_is_null = is_null;
      } else {
        address_is_null.back() = is_null;
      }
    } else {
      (media.empty() ? session : media.back()).heed(line);
    }
  }
  for (std::size_t i = 0; i < media.size(); ++i) {
    if (address_is_null[i]) media[i].sends = media[i].receives = false;
  }
  return media;
}

// RFC 3264 8.4: who stops receiving, where it could, holds; who receives does not.
Holds after_word(Holds before, bool receives, bool had_received) {
  if (receives) return Holds::no;
  return had_received || before == Holds::yes ? Holds::yes : Holds::not_clear;
}

}  // namespace

Talker other(Talker talker) { return talker == Talker::calling ? Talker::called : Talker::calling; }

// The first exchange of a call holds nothing: nothing was there that could be stopped. A stream
// that is added later, or turned on again, may be held from its beginning.
void Agreed::agree(Talker offerer, const std::string& offer, const std::string& answer) {
  const std::size_t from = place_of(offerer);
  const std::size_t to = place_of(other(offerer));
  const std::vector<Medium> offered = media_of(offer);
  const std::vector<Medium> answered = media_of(answer);
  const std::vector<Medium> had_offerer = media_of(description[from]);
  const std::vector<Medium> had_answerer = media_of(description[to]);
  const bool offers_the_same = description[from] == offer;
  const Holds at_first = once ? Holds::not_clear : Holds::no;
  streams.resize(offered.size(), {at_first, at_first});
  in_use.assign(offered.size(), false);
  for (std::size_t i = 0; i < offered.size(); ++i) {
    in_use[i] = offered[i].in_use && i < answered.size() && answered[i].in_use;
    if (!in_use[i]) streams[i] = {Holds::not_clear, Holds::not_clear};
    if (!once || !in_use[i]) continue;
    const auto received = [&](const std::vector<Medium>& had) {
      return i < had.size() && had[i].in_use && had[i].receives;
    };
    Holds& of_offerer = streams[i][from];
    Holds& of_answerer = streams[i][to];
    if (!offers_the_same) {
      of_offerer = after_word(of_offerer, offered[i].receives, received(had_offerer));
    }
    const Medium& offer_is = offered[i];
    const Medium& answer_is = answered[i];
    // RFC 3264 6.1 says which answers there may be. One that neither sends what it may nor could
    // receive can mean a hold or not.
    const bool is_forbidden =
        (answer_is.sends && !offer_is.receives) || (answer_is.receives && !offer_is.sends);
    const bool is_silent = offer_is.receives && !offer_is.sends && !answer_is.sends;
    if (is_forbidden || (is_silent && of_answerer == Holds::no)) {
      of_answerer = Holds::not_clear;
    } else if (offer_is.sends) {
      of_answerer = after_word(of_answerer, answer_is.receives, received(had_answerer));
    }
  }
  once = true;
  description[from] = offer;
  description[to] = answer;
}

// A call is held where all its streams in use are.
Holds Agreed::held_by(Talker talker) const {
  Holds all = Holds::no;
  bool any = false;
  for (std::size_t i = 0; i < in_use.size(); ++i) {
    if (!in_use[i]) continue;
    const Holds one = streams[i][place_of(talker)];
    if (one == Holds::no) return Holds::no;
    all = any && all == Holds::not_clear ? all : one;
    any = true;
  }
  return all;
}

void Conversed::request(Talker requester, const sip::Message& sip) {
  const bool is_ack = sip.method == "ACK";
  std::uint32_t& latest = latest_cseq.at(place_of(requester));
  if (!is_ack && sip.cseq <= latest) return;  // RFC 3261 12.2.2: seen before, or too late
  if (!is_ack) latest = sip.cseq;
  if (is_ack || sip.method == "PRACK") {
    // It answers the offer of a 2xx or a reliable 1xx to an INVITE of this talker.
    const auto asked = std::ranges::find_if(open, [&](const Negotiation& one) {
      return one.method == "INVITE" && one.requester == requester && one.offer &&
             one.offerer != requester && !one.agreed;
    });
    if (asked != open.end()) {
      if (sip.sdp) settle(*asked, sip.sdp->text);
      if (is_ack) open.erase(asked);
      return;
    }
  }
  const bool offers = sip.sdp && (sip.method == "UPDATE" || sip.method == "PRACK");
  if (sip.method != "INVITE" && !offers) return;
  Negotiation& begun = open.emplace_back();
  begun.method = sip.method;
  begun.cseq = sip.cseq;
  begun.requester = requester;
  begun.offerer = requester;
  if (sip.sdp) begun.offer = sip.sdp->text;
}

bool Conversed::may_be_undone() const {
  return std::ranges::any_of(open,
                             [](const Negotiation& one) { return one.agreed && one.before.once; });
}

void Conversed::settle(Negotiation& negotiation, const std::string& answer) {
  negotiation.before = agreed;
  agreed.agree(negotiation.offerer, *negotiation.offer, answer);
  negotiation.agreed = true;
}

// RFC 3261 13.2.1: the first description in an answer counts, later ones repeat it. Where the
// request had none, the first in a reliable answer is the offer. A failure leaves all as it was
// (14.1).
void Conversed::response(Talker requester, const sip::Message& sip) {
  const auto about = std::ranges::find_if(open, [&](const Negotiation& one) {
    return one.method == sip.method && one.cseq == sip.cseq && one.requester == requester;
  });
  if (about == open.end() || sip.status <= 100) return;
  if (sip.status >= 300) {
    if (about->agreed) agreed = about->before;
    open.erase(about);
    return;
  }
  const bool is_final = sip.status >= 200;
  // In an answer to a call's first offer even a 1xx that nobody acknowledges may be the first.
  const bool may_settle = is_final || sip.rseq || (about->offer && !agreed.once);
  std::string description = sip.sdp ? sip.sdp->text : "";
  if (!may_settle) {
    if (about->preview.empty()) about->preview = description;
    return;
  }
  if (description.empty() && is_final) description = about->preview;
  if (!description.empty() && !about->offer) {
    about->offer = description;
    about->offerer = other(requester);
  } else if (!description.empty() && about->offerer == requester && !about->agreed) {
    settle(*about, description);
  }
  const bool awaits_ack = about->offer && about->offerer != requester && !about->agreed;
  if (is_final && !awaits_ack) open.erase(about);
}

}  // namespace drachtio::test
