// The names of a dialog (RFC 3261 section 12), and which side of it the program is.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/observation.hpp"

#include <string>
#include <string_view>

namespace drachtio::dialog {

// drachtio's name for a dialog: <Call-ID>;from-tag=<tag>, the tag being the From tag of the
// request that created it.
std::string dialog_id(std::string_view call_id, std::string_view creating_tag);

// The From tag of the request that created the dialog.
std::string_view creating_tag(const Dialog& dialog);

// Tags are tokens: equal without regard to case (RFC 3261 7.3.1).
bool same_tag(std::string_view a, std::string_view b);

// An order of tags in which the same tags are equal.
struct TagOrder {
  bool operator()(std::string_view a, std::string_view b) const;
};

// The program's role in the dialog that a message belongs to, where the tag of the dialog's creator
// is the message's From tag, or else its To tag. A response has the role of its request.
Role role_of(const Observation& seen, bool creator_in_from);

}  // namespace drachtio::dialog
