// One dialog as the program's handles share it: its latest committed state, its session, its
// signals, and what waits to be sent in it.
#pragma once

#include "agent/credentials.hpp"

#include <drachtio/agent.hpp>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace drachtio::agent {

class Core;
struct Call;
struct Incoming;

struct CellSignals {
  SipDialog::Signal on_terminate;
  SipDialog::Signal on_hold;
  SipDialog::Signal on_unhold;
  SipDialog::Signal on_refresh;
  SipDialog::RequestSignal on_modify;
  SipDialog::RequestSignal on_info;
  SipDialog::RequestSignal on_message;
  SipDialog::RequestSignal on_notify;
  SipDialog::RequestSignal on_options;
  SipDialog::RequestSignal on_refer;
  SipDialog::RequestSignal on_update;

  // Slots hold handles, and handles cells: two legs that carry each other's end would live for
  // ever.
  void disconnect_all() {
    for (auto* signal : {&on_terminate, &on_hold, &on_unhold, &on_refresh}) {
      signal->disconnect_all_slots();
    }
    for (auto* signal :
         {&on_modify, &on_info, &on_message, &on_notify, &on_options, &on_refer, &on_update}) {
      signal->disconnect_all_slots();
    }
  }
};

struct Cell : std::enable_shared_from_this<Cell> {
  explicit Cell(std::shared_ptr<const DialogState> at_first)
      : number(at_first->number), session(at_first->session), state(std::move(at_first)) {}

  // A dialog that is only read of (a Subscription's): no core, no control.
  static SipDialog read_only(std::shared_ptr<const DialogState> state) {
    return SipDialog{std::make_shared<Cell>(std::move(state))};
  }

  const std::int64_t number;
  std::weak_ptr<Core> core;  // set before anyone else sees the cell, never changed

  mutable std::mutex mutex;  // guards session, joined, state
  std::string session;       // with the patches that are not committed yet
  std::weak_ptr<Cell> joined;
  std::shared_ptr<const DialogState> state;

  std::atomic<int> uncommitted{0};  // patches on their way to the log
  std::atomic<bool> can_receive{true};

  // The agent's thread only.
  std::uint64_t link = 0;        // that the dialog was last heard of on
  std::uint64_t connection = 0;  // likewise
  bool adopted = false;          // open in the log when the program began, and not asked about yet
  std::optional<Credentials> auth;  // for challenges in the dialog
  NonceCounts nonces;               // used with them
  std::weak_ptr<Call> call;         // of ours, that makes the dialog
  std::string asked;                // transactionId of the INVITE that was handed over
  bool answering = false;           // its final answer is on its way
  bool handing_on = false;          // ... or others are to give it: it is being proxied
  std::vector<std::function<void()>> when_answered;   // what waits for that
  std::vector<std::function<void()>> when_confirmed;  // what waits for the ACK to our 2xx
  // Who waits for the PRACKs of our reliable answers, in the order they were sent.
  std::deque<std::shared_ptr<ResponseHandler>> awaits_prack;
  std::function<void(bool go)> after_prack;  // the 2xx that waits for the last of them
  bool asking = false;                       // whether it still rings, now and then
  bool probing = false;                      // is asked about, or will be
  std::function<void()> give_up_offer;       // of a re-INVITE that waits to be tried again
  bool ending = false;                       // a terminate() is under way
  bool bye_challenged = false;               // ... and the far end still has the call
  std::vector<ResponseHandler> enders;       // who else waits for it
  bool resumed = false;                      // said so in the log
  bool lost = false;                         // likewise
  bool offer_answered = false;               // that of a late offer, by a PRACK: the ACK is ours
  bool given_up = false;                     // by cancel(), when the 2xx had come
  std::deque<std::function<void()>> offers;  // re-INVITEs that wait for the INVITE under way
  bool offering = false;          // a re-INVITE of ours is under way, or to be tried again
  bool offer_open = false;        // ... and not answered
  std::string offer_transaction;  // drachtio's, of the latest
  // Theirs: not answered, or answered 2xx and not acknowledged (its CSeq).
  std::weak_ptr<Incoming> offered;
  std::optional<std::uint32_t> reinvite_awaits_ack;
  bool reinvite_lost = false;  // its answer went to a link that was lost: so nobody sent an ACK

  // Of what waits, and holds the cell meanwhile: nothing will come any more.
  void let_go() {
    when_answered.clear();
    when_confirmed.clear();
    awaits_prack.clear();
    after_prack = {};
    give_up_offer = {};
    enders.clear();
    offers.clear();
  }

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
