// One dialog as the program's handles share it: its latest committed state, its session, its
// signals, and what is under way in it.
#pragma once

#include "agent/request_slot.hpp"
#include "call/caller_check.hpp"
#include "call/giving_up.hpp"
#include "call/offers.hpp"
#include "call/recovery.hpp"
#include "call/termination.hpp"
#include "call/unheard_answer.hpp"
#include "dialog/dialog.hpp"

#include <drachtio/agent.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace drachtio::agent {

class Core;
struct Call;
struct Incoming;

struct CellSignals {
  SipDialog::EndSignal on_terminate;
  SipDialog::Signal on_hold;
  SipDialog::Signal on_unhold;
  SipDialog::Signal on_refresh;
  RequestSlot on_modify;
  RequestSlot on_info;
  RequestSlot on_message;
  RequestSlot on_notify;
  RequestSlot on_options;
  RequestSlot on_refer;
  RequestSlot on_update;

  // Slots and handlers hold handles, and handles cells: two legs that carry each other's end would
  // live for ever.
  void disconnect_all() {
    on_terminate.disconnect_all_slots();
    for (SipDialog::Signal* signal : {&on_hold, &on_unhold, &on_refresh}) {
      signal->disconnect_all_slots();
    }
    for (RequestSlot* slot :
         {&on_modify, &on_info, &on_message, &on_notify, &on_options, &on_refer, &on_update}) {
      slot->set({});
    }
  }
};

// An Invitation is what a call in keeps of the INVITE that makes it.
struct Invitation {
  std::string transaction_id;  // drachtio's, of the latest INVITE that was handed over
  // The pointer keeps that INVITE alive until nothing more can become of it. The INVITE holds the
  // cell, so whoever lets go of the cell resets the pointer first.
  std::shared_ptr<Incoming> open;
};

struct Cell : std::enable_shared_from_this<Cell> {
  explicit Cell(std::shared_ptr<const dialog::Dialog> at_first)
      : number(at_first->number), session(at_first->session), state(std::move(at_first)) {}

  // A dialog that is only read of (a Subscription's): no core, no control.
  static SipDialog read_only(std::shared_ptr<const dialog::Dialog> state) {
    return SipDialog{std::make_shared<Cell>(std::move(state))};
  }

  // What a handle stands for; null: it is empty.
  static std::shared_ptr<Cell> of(const SipDialog& dialog) { return dialog.cell_; }

  // All that is known of the dialog, as of the last event committed. Any thread may ask.
  [[nodiscard]] std::shared_ptr<const dialog::Dialog> snapshot() const {
    const std::lock_guard lock{mutex};
    return state;
  }

  const std::int64_t number;
  std::weak_ptr<Core> core;  // set before anyone else sees the cell, never changed

  mutable std::mutex mutex;  // guards session, joined, state
  std::string session;       // with the patches that are not committed yet
  std::weak_ptr<Cell> joined;
  std::shared_ptr<const dialog::Dialog> state;

  std::atomic<int> uncommitted{0};      // patches on their way to the log
  std::atomic<bool> can_receive{true};  // as the machine of its recovery says, for other threads

  // The agent's thread only.
  std::uint64_t link = 0;           // that the dialog was last heard of on
  std::uint64_t connection = 0;     // likewise
  std::optional<Credentials> auth;  // for challenges in the dialog
  call::CallFacts facts;
  std::weak_ptr<Call> call;  // the call of ours that makes the dialog
  Invitation invitation;
  call::Offers offers;
  call::OfferId last_offer = 0;         // of theirs
  std::weak_ptr<Incoming> their_offer;  // that is not answered
  std::string reinvite;                 // drachtio's transactionId of our latest re-INVITE
  call::Termination termination;
  call::Recovery recovery;
  call::GivingUp giving_up;
  call::CallerCheck caller_check;
  call::UnheardAnswer unheard_answer;

  // Returns whether the late offer of the fork that the dialog is with is answered.
  [[nodiscard]] bool has_answered_offer(const dialog::Dialog& dialog) const {
    const std::optional<std::string>& tag = dialog.remote.tag;
    return tag && facts.late_offer.is_answered(*tag);
  }

  // Drops what waits and holds the cell meanwhile: nothing will come any more.
  void let_go() { invitation.open.reset(); }

  // Made when somebody first connects: few dialogs have listeners of their own.
  CellSignals& signals() {
    const std::lock_guard lock{mutex};
    if (!signals_) signals_ = std::make_unique<CellSignals>();
    return *signals_;
  }
  // Null: nobody has ever connected.
  CellSignals* signals_if_any() {
    const std::lock_guard lock{mutex};
    return signals_.get();
  }

 private:
  std::unique_ptr<CellSignals> signals_;  // never let go: a slot may be running
};

}  // namespace drachtio::agent
