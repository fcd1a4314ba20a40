#include "call/attempts.hpp"

#include "sip/compose.hpp"

namespace drachtio::call {

namespace {

constexpr int most_redirections = 5;

}  // namespace

Headers Attempts::headers() const {
  Headers headers = asked_.headers;
  if (!sent_.headers.empty()) {
    headers.set("Call-ID", std::string{sent_.call_id()});
    headers.set("From", std::string{sent_.headers["From"]});
    headers.set("CSeq", std::to_string(sent_.cseq() + 1) + ' ' + asked_.method);
  }
  authorizations_.add_to(headers);
  return headers;
}

bool Attempts::asks_for_another(const SipMessage& answer, NonceCounts& counts,
                                const DrawCnonce& cnonce) {
  const bool is_answered = !asked_.credentials.username.empty() &&
                           authorizations_.answer(answer, {asked_.credentials, asked_.method,
                                                           asked_.uri, counts, cnonce});
  return is_answered || redirects(answer);
}

bool Attempts::redirects(const SipMessage& answer) {
  const bool redirects = answer.status >= 300 && answer.status < 400;
  if (!redirects || !asked_.follow_redirects) return false;
  const std::string target = answer.contact().uri;
  if (!sip::is_sip_uri(target) || redirections_++ == most_redirections) return false;
  asked_.uri = target;
  authorizations_ = {};  // they are for the URI they were made for
  return true;
}

}  // namespace drachtio::call
