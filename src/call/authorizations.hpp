// This file answers the digest challenges of one request (RFC 3261 22): those of proxies and of the
// far end, one for each realm. It is pure: the caller draws the client nonces.
#pragma once

#include "sip/digest_auth.hpp"

#include <drachtio/credentials.hpp>
#include <drachtio/headers.hpp>
#include <drachtio/sip_message.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace drachtio::call {

// These count how often each nonce of each realm has been used (RFC 7616 3.4), by all requests of a
// call.
using NonceCounts = std::map<std::string, std::uint32_t>;

// Returns a client nonce that nobody can guess, another each time (RFC 7616 3.4).
using DrawCnonce = std::function<std::string()>;

class Authorizations {
 public:
  // This describes the request that was challenged.
  struct Challenged {
    const Credentials& credentials;
    const std::string& method;
    const std::string& uri;
    NonceCounts& counts;
    const DrawCnonce& cnonce;
  };
  // Answers what `refusal`, a 401 or 407, asks for, and anew what was asked before. Returns false
  // where it asks for nothing that can be answered, where an answer was refused, or where there
  // have been too many challenges for one request.
  bool answer(const SipMessage& refusal, const Challenged& challenged);
  // Puts the answers into the headers of a request, in place of those that are there.
  void add_to(Headers& headers) const;
  [[nodiscard]] bool empty() const { return given_.empty(); }
  bool operator==(const Authorizations&) const = default;

 private:
  struct Given {
    bool by_proxy = false;
    sip::Challenge challenge;
    std::string value;  // of the header
    bool operator==(const Given&) const = default;
  };
  bool take(const sip::Challenge& challenge, bool by_proxy);

  std::vector<Given> given_;
  int challenges_ = 0;
};

}  // namespace drachtio::call
