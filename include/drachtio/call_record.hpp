// What a drachtio-server says of a call, whichever program's it is: a call record, a plain value.
#pragma once

#include <drachtio/event.hpp>
#include <drachtio/sip_dialog.hpp>
#include <drachtio/sip_message.hpp>

#include <functional>
#include <string>

namespace drachtio {

// A plain value, but for the dialog's handle. drachtio-srf gives the same to its `cdr:*` handlers.
struct CallRecord {
  enum class Kind : std::uint8_t {
    attempt,  // an INVITE, in or out
    start,    // the 2xx to it
    stop,     // what ended it: the BYE, the final answer, or the INVITE that was cancelled
  };

  Kind kind = Kind::attempt;
  std::string server;                   // by its name in the log
  Direction direction = Direction::in;  // of the message: `in` from the network, else `out`
  Instant time;                         // the server's
  std::string role;    // of a start: "uac", "uas", "proxy-uac" or "proxy-uas"; else empty
  std::string reason;  // of a stop: "call-rejected", "call-canceled", "normal-release",
                       // "session-expired" or "system-initiated-termination"; else empty
  SipMessage message;
  SipDialog dialog;  // as the log has it after this; empty where the record is of no dialog
};

using CallRecordHandler = std::function<void(const CallRecord&)>;

}  // namespace drachtio
