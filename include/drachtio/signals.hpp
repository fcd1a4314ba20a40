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
  // The BYE, CANCEL or final answer, where this event is one that has ended the dialog. Null else,
  // and always from a Subscription: the log has the bytes.
  const SipMessage* ended_by = nullptr;
};

using DialogSignal = boost::signals2::signal<void(const DialogEvent&), EachSlot>;

// Connecting and disconnecting are thread-safe; slots are called on the thread that delivers.
class DRACHTIO_EXPORT DialogSignals {
 public:
  // What slots throw goes to `on_error` (on the delivering thread); without one it is written to
  // standard error.
  explicit DialogSignals(const EachSlot::ErrorHandler& on_error = {});

  // Each event, those of no dialog too.
  [[nodiscard]] DialogSignal& on_event() { return on_event_; }
  // The dialog is confirmed: ACK, or a cdr:start.
  [[nodiscard]] DialogSignal& on_create() { return on_create_; }
  // An early dialog: the first PRACK.
  [[nodiscard]] DialogSignal& on_create_early() { return on_create_early_; }
  // An answered call, or an early dialog, has ended.
  [[nodiscard]] DialogSignal& on_terminate() { return on_terminate_; }
  // A call that never became a dialog has ended (a challenge too).
  [[nodiscard]] DialogSignal& on_failed() { return on_failed_; }

  // Calls the slots an event concerns: on_event first.
  void emit(const Event& event, const SipDialog& dialog,
            const SipMessage* ended_by = nullptr) const;
  // Calls those of on_event only.
  void emit_event(const Event& event, const SipDialog& dialog,
                  const SipMessage* ended_by = nullptr) const;

  // Returns whether nobody listens.
  [[nodiscard]] bool empty() const;

 private:
  DialogSignal on_event_;
  DialogSignal on_create_;
  DialogSignal on_create_early_;
  DialogSignal on_terminate_;
  DialogSignal on_failed_;
};

}  // namespace drachtio
