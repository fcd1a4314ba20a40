// Some requests are answered without asking the program: they do not concern it, or nobody in it
// listens (RFC 3261 8.2, 12.2.2). This file says how. It is pure.
#pragma once

#include <optional>
#include <string_view>

namespace drachtio::call {

struct RequestFacts {
  std::string_view method;
  bool in_a_dialog = false;     // it has a To tag
  bool has_dialog = false;      // ... of a dialog that is known; an INVITE without one begins one
  bool has_handler = false;     // the program has a handler for requests of this method
  bool another_branch = false;  // an INVITE, of which another branch has come and is not over
  bool accepts_calls = true;    // false: the program takes no new ones
};

// Returns the status by which the request is refused; nothing where the program is to be asked.
std::optional<int> refusal_unasked(const RequestFacts& request);

// Returns the status that a request in a dialog gets where nobody listens: what RFC 3261 and its
// extensions demand is granted, what is unknown is refused.
int answer_unasked(std::string_view method);

}  // namespace drachtio::call
