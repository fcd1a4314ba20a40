// Why an operation on a call came to nothing, as boost::system::error_code. Thread-safe.
#pragma once

#include <drachtio/export.hpp>

#include <boost/system/error_code.hpp>

namespace drachtio {

enum class Errc {
  no_link = 1,        // there is no link to the dialog's server, or it went down meanwhile
  refused_by_server,  // drachtio-server answered NOK; its words are the message's reason
  unknown_dialog,     // the server does not know the dialog (any more)
  too_long,           // more than a drachtio-server takes in one frame (12,228 bytes)
  malformed,          // what was to be sent would be no SIP message; the reason says why
  answered_already,   // a final answer has been sent
  cancelled,          // the caller gave up, or we did
  dialog_over,        // the dialog has ended
  no_dialog,          // the handle is empty, or of a dialog that this program only reads of
  rejected,           // a final answer of 300 or more
  log_failed,         // the log cannot be written; new calls are refused, as configured
  no_certificates,    // those for TLS cannot be read; the reason says why
};

DRACHTIO_EXPORT const boost::system::error_category& agent_category() noexcept;

inline boost::system::error_code make_error_code(Errc value) noexcept {
  return {static_cast<int>(value), agent_category()};
}

}  // namespace drachtio

template <>
struct boost::system::is_error_code_enum<drachtio::Errc> : std::true_type {};
