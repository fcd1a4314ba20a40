// Which dialog a message belongs to (RFC 3261 section 12), and which side of it the program is.
#pragma once

#include "dialog/observation.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace drachtio::dialog {

struct Identity {
  std::string dialog_id;
  Role role = Role::uas;
  bool operator==(const Identity&) const = default;
};

// drachtio's name for a dialog: <Call-ID>;from-tag=<tag>, the tag being the From tag of the
// request that created it.
std::string dialog_id(std::string_view call_id, std::string_view creating_tag);

// The identities the message may belong to, the likelier first. The envelope's dialogId decides
// where there is one that fits the tags; else the creating tag may be the From tag (the request
// came from whoever created the dialog) or the To tag (from the other side).
struct Candidates {
  std::array<Identity, 4> identity;
  std::size_t count = 0;
  [[nodiscard]] const Identity* begin() const { return identity.data(); }
  [[nodiscard]] const Identity* end() const { return identity.data() + count; }
};
Candidates candidates(const Observation& observation);

// The identity of the dialog this message would open: creating tag in From.
Identity opened_identity(const Observation& observation);

}  // namespace drachtio::dialog
