#include "call/authorizations.hpp"

#include <algorithm>
#include <set>

namespace drachtio::call {

namespace {

constexpr std::size_t most_nonces = 64;
constexpr int most_challenges = 3;  // one, one for a stale nonce, one of a second proxy

const char* header_of(bool by_proxy) { return by_proxy ? "Proxy-Authorization" : "Authorization"; }

}  // namespace

// Returns false where the realm has refused our answer, and not because its nonce was too old.
bool Authorizations::take(const sip::Challenge& challenge, bool by_proxy) {
  const auto known = std::ranges::find_if(given_, [&](const Given& given) {
    return given.by_proxy == by_proxy && given.challenge.realm == challenge.realm;
  });
  if (known == given_.end()) {
    given_.push_back({by_proxy, challenge, {}});
    return true;
  }
  if (!challenge.stale) return false;
  known->challenge = challenge;
  return true;
}

bool Authorizations::answer(const SipMessage& refusal, const Challenged& challenged) {
  const bool by_proxy = refusal.status == 407;
  if ((refusal.status != 401 && !by_proxy) || challenges_++ == most_challenges) return false;
  std::set<std::string> realms;  // the first challenge of a realm that can be answered counts
  for (const auto value :
       refusal.headers.all(by_proxy ? "Proxy-Authenticate" : "WWW-Authenticate")) {
    const auto challenge = sip::parse_challenge(value);
    if (!challenge || !realms.insert(challenge->realm).second) continue;
    if (!take(*challenge, by_proxy)) return false;
  }
  if (realms.empty()) return false;
  for (Given& given : given_) {
    const std::string cnonce = challenged.cnonce();
    sip::DigestRequest request;
    request.method = challenged.method;
    request.uri = challenged.uri;
    request.username = challenged.credentials.username;
    request.password = challenged.credentials.password;
    request.cnonce = cnonce;
    NonceCounts& counts = challenged.counts;
    if (counts.size() > most_nonces) counts.clear();
    request.count = ++counts[given.challenge.realm + '\n' + given.challenge.nonce];
    given.value = sip::authorization(given.challenge, request);
  }
  return true;
}

void Authorizations::add_to(Headers& headers) const {
  for (const Given& given : given_) headers.remove(header_of(given.by_proxy));
  for (const Given& given : given_) headers.add(header_of(given.by_proxy), given.value);
}

}  // namespace drachtio::call
