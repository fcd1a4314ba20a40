// The answers to the digest challenges of one request (RFC 3261 22): of proxies and of the far end,
// one for each realm.
#pragma once

#include "sip/digest_auth.hpp"

#include <drachtio/agent.hpp>

#include <map>
#include <string>
#include <vector>

namespace drachtio::agent {

// How often each nonce of each realm has been used (RFC 7616 3.4), by all requests of a call.
using NonceCounts = std::map<std::string, std::uint32_t>;

class Authorizations {
 public:
  // Answers what `refusal`, a 401 or 407, asks for, and anew what was asked before. False: it asks
  // for nothing that can be answered, an answer was refused, or there have been too many challenges
  // for one request.
  bool answer(const SipMessage& refusal, const Credentials& credentials, const std::string& method,
              const std::string& uri, NonceCounts& counts);
  // Puts the answers into the headers of a request, in place of those that are there.
  void add_to(Headers& headers) const;
  [[nodiscard]] bool empty() const { return given_.empty(); }

 private:
  struct Given {
    bool by_proxy = false;
    sip::Challenge challenge;
    std::string value;  // of the header
  };
  bool take(const sip::Challenge& challenge, bool by_proxy);

  std::vector<Given> given_;
  int challenges_ = 0;
};

}  // namespace drachtio::agent
