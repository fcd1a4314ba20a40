// What a program hears of its dialogs: Boost.Signals2 signals for every event, and for the moments
// drachtio-dialog announced: create, create-early, terminate, and failed.
//
// A slot is called only once what it is told of is on disk. A slot that throws, or disconnects
// itself or others, disturbs nobody: the others are called all the same.
#pragma once

#include <drachtio/each_slot.hpp>
#include <drachtio/event.hpp>
#include <drachtio/sip_dialog.hpp>

#include <boost/signals2/signal.hpp>

#include <cstdint>
#include <string_view>

namespace drachtio {

// What a slot is given. Everything it refers to lives until the slot returns; copy what you keep.
struct DialogEvent {
  const Event& event;
  // Empty for events of no dialog (links, gaps). An Agent's is the dialog itself, to be controlled;
  // a Subscription's can only be read.
  SipDialog dialog;
  // The call's session.
  Session session;
  // Why the dialog ended; empty where it did not, or nobody said why.
  std::string_view reason;
  // The dialog as of this event; null for events of no dialog.
  std::shared_ptr<const DialogState> state;
  // Where the event stands in the log.
  std::int64_t position;
};

using DialogSignal = boost::signals2::signal<void(const DialogEvent&), EachSlot>;

// Connecting and disconnecting are thread-safe; slots are called on the thread that delivers.
struct DialogSignals {
  // What slots throw goes to `on_error` (on the delivering thread); without one it is written to
  // standard error.
  DRACHTIO_EXPORT explicit DialogSignals(const EachSlot::ErrorHandler& on_error = {});

  DialogSignal on_event;         // each event, those of no dialog too
  DialogSignal on_create;        // the dialog is confirmed: ACK, or a cdr:start
  DialogSignal on_create_early;  // an early dialog: the first PRACK
  DialogSignal on_terminate;     // an answered call, or an early dialog, has ended
  DialogSignal on_failed;        // a call that never became a dialog has ended (a challenge too)

  // Calls the slots an event concerns: on_event first.
  DRACHTIO_EXPORT void emit(const Event& event, const SipDialog& dialog) const;
  // Calls those of on_event only.
  DRACHTIO_EXPORT void emit_event(const Event& event, const SipDialog& dialog) const;

  // Whether anybody listens.
  [[nodiscard]] DRACHTIO_EXPORT bool empty() const;
};

}  // namespace drachtio
