#include "dialog/hold.hpp"

namespace drachtio::dialog {

namespace {

using sip::Flow;
using sip::Stream;

// A description may say that its side holds a stream, that it does not, or nothing: then that stays
// as it was.
using Said = std::optional<bool>;

Said said_by_offer(Flow offered) { return offered == Flow::sendonly || offered == Flow::inactive; }

// RFC 3264 6.1 says which answers there may be. Of others, sendrecv is taken at its word, and a
// direction that merely repeats the offer's says nothing.
Said said_by_answer(Flow offered, Flow answered) {
  if (offered == Flow::inactive) return std::nullopt;
  if (answered == Flow::sendrecv) return false;
  switch (offered) {
    case Flow::sendrecv: return answered == Flow::sendonly || answered == Flow::inactive;
    case Flow::sendonly:
      if (answered == Flow::inactive) return true;
      return answered == Flow::recvonly ? Said{false} : std::nullopt;
    default: return answered == Flow::inactive ? Said{true} : std::nullopt;
  }
}

struct Held {
  bool locally = false;
  bool remotely = false;
};

Held held_before(const Holding& before, std::size_t stream) {
  if (stream >= before.streams.size()) return {before.locally, before.remotely};
  const char letter = before.streams[stream];
  return {letter == 'l' || letter == 'b', letter == 'r' || letter == 'b'};
}

char letter_of(const Held& held) {
  if (held.locally) return held.remotely ? 'b' : 'l';
  return held.remotely ? 'r' : 'n';
}

std::vector<Stream> streams_of(const std::optional<std::string_view>& sdp) {
  return sdp ? sip::streams(*sdp) : std::vector<Stream>{};
}

constexpr std::string_view wish_letters = "bsri";  // in the order of Flow

Flow wish(const std::string& wanted, std::size_t stream) {
  if (stream >= wanted.size()) return Flow::sendrecv;
  const std::size_t found = wish_letters.find(wanted[stream]);
  return found == std::string_view::npos ? Flow::sendrecv : static_cast<Flow>(found);
}

}  // namespace

Holding after_exchange(const Holding& before, const Exchange& exchange) {
  const std::vector<Stream> offered = sip::streams(exchange.offer);
  const std::vector<Stream> answered = streams_of(exchange.answer);
  const std::vector<Stream> earlier = streams_of(exchange.before);
  const bool same_version = exchange.before && sip::same_version(*exchange.before, exchange.offer);
  Holding after;
  bool any_in_use = false;
  after.locally = true;
  after.remotely = true;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    Held held = held_before(before, i);
    bool& of_offerer = exchange.offered_by_us ? held.locally : held.remotely;
    bool& of_answerer = exchange.offered_by_us ? held.remotely : held.locally;
    const bool is_refused =
        offered[i].is_refused || (i < answered.size() && answered[i].is_refused);
    const bool in_use = offered[i].is_rtp && !is_refused;
    const bool is_refresh =
        same_version && i < earlier.size() && earlier[i].flow == offered[i].flow;
    if (in_use) {
      if (!is_refresh) of_offerer = said_by_offer(offered[i].flow).value_or(of_offerer);
      if (i < answered.size()) {
        of_answerer = said_by_answer(offered[i].flow, answered[i].flow).value_or(of_answerer);
      }
      any_in_use = true;
      after.locally = after.locally && held.locally;
      after.remotely = after.remotely && held.remotely;
    }
    after.streams += letter_of(held);
  }
  after.locally = after.locally && any_in_use;
  after.remotely = after.remotely && any_in_use;
  const char of_call = letter_of({after.locally, after.remotely});
  if (after.streams.find_first_not_of(of_call) == std::string::npos) after.streams.clear();
  return after;
}

std::vector<Flow> wanted_flows(const std::string& wanted, std::string_view sdp) {
  std::vector<Flow> flows(sip::streams(sdp).size());
  for (std::size_t i = 0; i < flows.size(); ++i) flows[i] = wish(wanted, i);
  return flows;
}

std::string wanted_after(const std::string& wanted, std::string_view ours,
                         std::optional<std::string_view> offer, bool first) {
  const std::vector<Stream> described = sip::streams(ours);
  const std::vector<Stream> offered = streams_of(offer);
  std::string after;
  for (std::size_t i = 0; i < described.size(); ++i) {
    const Flow want = wish(wanted, i);
    const Flow said = described[i].flow;
    const auto allowed = [&](Flow flow) {
      return i < offered.size() ? sip::answered_flow(flow, offered[i].flow) : flow;
    };
    const bool is_no_wish = described[i].is_refused || said == allowed(want) ||
                            (!first && said == allowed(sip::held(want)));
    after += wish_letters[static_cast<std::size_t>(is_no_wish ? want : said)];
  }
  if (after.find_first_not_of('b') == std::string::npos) after.clear();
  return after;
}

}  // namespace drachtio::dialog
