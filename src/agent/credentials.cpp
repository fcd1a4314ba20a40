#include "agent/credentials.hpp"

#include "net/message_id.hpp"
#include "sip/digest_auth.hpp"

namespace drachtio::agent {

std::optional<std::pair<std::string, std::string>> credentials_for(const SipMessage& challenge,
                                                                   const Credentials& credentials,
                                                                   const std::string& method,
                                                                   const std::string& uri,
                                                                   bool* stale) {
  const bool by_proxy = challenge.status == 407;
  if (challenge.status != 401 && !by_proxy) return std::nullopt;
  std::optional<sip::Challenge> asked;
  for (const auto value :
       challenge.headers.all(by_proxy ? "Proxy-Authenticate" : "WWW-Authenticate")) {
    if ((asked = sip::parse_challenge(value))) break;
  }
  if (!asked) return std::nullopt;
  if (stale != nullptr) *stale = asked->stale;
  const std::string cnonce = net::message_id();
  sip::DigestRequest answer;
  answer.method = method;
  answer.uri = uri;
  answer.username = credentials.username;
  answer.password = credentials.password;
  answer.cnonce = cnonce;
  return std::pair{std::string{by_proxy ? "Proxy-Authorization" : "Authorization"},
                   sip::authorization(*asked, answer)};
}

}  // namespace drachtio::agent
