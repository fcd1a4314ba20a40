// A request out of dialog, or the INVITE that makes a call, may take several attempts: this file
// leads from the first, through digest challenges (RFC 3261 22.2) and redirections (8.1.3.4), to
// the one whose final answer stands. It is pure: the caller draws the client nonces.
#pragma once

#include "call/authorizations.hpp"

#include <drachtio/credentials.hpp>
#include <drachtio/headers.hpp>
#include <drachtio/sip_message.hpp>

#include <string>

namespace drachtio::call {

class Attempts {
 public:
  struct Asked {
    std::string method = {};
    std::string uri = {};
    Headers headers = {};
    Credentials credentials = {};  // without a user name none: challenges stand
    bool follow_redirects = false;
    bool operator==(const Asked&) const = default;
  };
  Attempts() = default;
  explicit Attempts(Asked asked) : asked_(std::move(asked)) {}

  // These describe the request of the attempt that is next, or under way.
  [[nodiscard]] const std::string& method() const { return asked_.method; }
  [[nodiscard]] const std::string& uri() const { return asked_.uri; }
  [[nodiscard]] Headers headers() const;

  // Notes that the server has sent it: as a second attempt of the same call, the next has the
  // Call-ID and the From of this one, and the next CSeq (RFC 3261 22.2, 8.1.3.4).
  void sent(SipMessage request) { sent_ = std::move(request); }
  // Returns it as the server sent it; it is empty until then.
  [[nodiscard]] const SipMessage& sent() const { return sent_; }

  // Returns whether a final answer asks for another attempt, which headers() and uri() then
  // describe. `counts` are those of the call that the request belongs to.
  bool asks_for_another(const SipMessage& answer, NonceCounts& counts, const DrawCnonce& cnonce);

  bool operator==(const Attempts&) const = default;

 private:
  bool redirects(const SipMessage& answer);

  Asked asked_;
  SipMessage sent_;
  Authorizations authorizations_;
  int redirections_ = 0;
};

}  // namespace drachtio::call
