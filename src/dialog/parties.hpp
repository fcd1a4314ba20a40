// Who calls and who is called, as the network asserts it or, failing that, as they say themselves.
#pragma once

#include "sip/message.hpp"

#include <drachtio/dialog_state.hpp>

#include <optional>

namespace drachtio::dialog {

// P-Asserted-Identity (RFC 3325), else Remote-Party-ID with party=calling or none, else From; the
// privacy from the Privacy header (RFC 3323), else Remote-Party-ID's parameter.
Party calling_party(const sip::Message& invite);

// P-Asserted-Identity, else Remote-Party-ID with party=called, of the 2xx; nothing where it has
// neither: then the To of the INVITE stands.
std::optional<Party> asserted_called_party(const sip::Message& answer);

// The To header.
Party addressed_party(const sip::Message& message);

}  // namespace drachtio::dialog
