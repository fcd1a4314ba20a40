// One SIP message as it was seen on the way to or from the program, with all that the dialog rules
// may ask about it.
#pragma once

#include "sip/message.hpp"

#include <drachtio/event.hpp>

#include <optional>
#include <string>

namespace drachtio::dialog {

// How the message came to be known.
enum class Channel : std::uint8_t {
  sip,      // it crossed the program's connection
  attempt,  // call records: an INVITE
  start,    // ... the 2xx
  stop,     // ... what ended the call: BYE, final answer, or the cancelled INVITE
};

struct Observation {
  Channel channel = Channel::sip;
  Instant occurred_at;
  Direction direction = Direction::in;
  bool unsolicited = false;  // the server sent it in the program's name
  bool of_proxied = false;   // a destination's final answer, told by the reply to a `proxy`
  std::string server;
  std::string transaction_id;  // drachtio's; empty in call records
  std::optional<HostPort> received_on;
  bool connection_gone = false;   // that last carried the dialog: no ACK will be seen any more
  std::string call_record_token;  // role of a start, reason of a stop
  sip::Message message;
  MessageKey key;
};

// Equal for two sightings of one message: kind (message, or the INVITE of a cdr:stop), start line,
// Call-ID, CSeq, top Via branch, From and To tags, RSeq and body.
MessageKey message_key(Channel channel, const sip::Message& message);

}  // namespace drachtio::dialog
