// A handle on a SIP dialog: what is known of it, and how to control it (drachtio-dialog's
// SipDialog).
//
// Small and cheap to copy; copies mean the same dialog. Every member may be called from any thread.
// Handlers are called on the Agent's thread, once, and only after what they are told of is on disk;
// on the calling thread, at once, where the handle controls no dialog (no_dialog). They are not
// called once the Agent is gone.
#pragma once

#include <drachtio/credentials.hpp>
#include <drachtio/dialog_state.hpp>
#include <drachtio/each_slot.hpp>
#include <drachtio/error.hpp>
#include <drachtio/export.hpp>
#include <drachtio/headers.hpp>
#include <drachtio/session.hpp>
#include <drachtio/sip_message.hpp>

#include <boost/signals2/signal.hpp>

#include <functional>
#include <memory>
#include <string>

namespace drachtio {

class Request;
class Response;

// What a request or answer carries beyond its start line.
struct Content {
  Headers headers = {};
  std::string body = {};  // without a Content-Type header it must be SDP
};

// What came of an operation: the final answer, whatever its status, where the operation does not
// say otherwise. On an error that is the server's, the message's reason has its words.
using ResponseHandler = std::function<void(boost::system::error_code, const SipMessage&)>;

// Answers a request, at once or later: then it keeps copies of the two. What it throws is written
// to standard error, and 500 is answered.
using RequestHandler = std::function<void(Request&, Response&)>;

class DRACHTIO_EXPORT SipDialog {
 public:
  SipDialog() = default;
  explicit SipDialog(std::shared_ptr<agent::Cell> cell) : cell_(std::move(cell)) {}

  [[nodiscard]] explicit operator bool() const { return cell_ != nullptr; }
  bool operator==(const SipDialog&) const = default;   // the same dialog
  auto operator<=>(const SipDialog&) const = default;  // some order, to be a key by

  // All that is known, as of the last event committed: one consistent value.
  [[nodiscard]] std::shared_ptr<const DialogState> snapshot() const;
  [[nodiscard]] State state() const { return snapshot()->state; }
  [[nodiscard]] Role role() const { return snapshot()->role; }
  [[nodiscard]] std::string dialog_id() const { return snapshot()->dialog_id; }
  [[nodiscard]] std::string call_id() const { return snapshot()->call_id; }
  [[nodiscard]] std::string server() const { return snapshot()->server; }
  [[nodiscard]] Party calling_party() const { return snapshot()->calling_party; }
  [[nodiscard]] Party called_party() const { return snapshot()->called_party; }
  [[nodiscard]] Times times() const { return snapshot()->times; }
  [[nodiscard]] Endpoint local() const { return snapshot()->local; }
  [[nodiscard]] Endpoint remote() const { return snapshot()->remote; }
  [[nodiscard]] Hold held() const { return snapshot()->hold(); }
  [[nodiscard]] std::optional<int> status() const { return snapshot()->status; }
  [[nodiscard]] std::optional<Cause> cause() const { return snapshot()->cause; }
  [[nodiscard]] std::optional<std::string> reason() const { return snapshot()->reason; }
  [[nodiscard]] Session session() const { return Session{cell_}; }
  // False for a dialog resumed after a restart: it can send, but what the far end sends does not
  // reach this program any more. Its BYE is learnt by the next probe, or by call records.
  [[nodiscard]] bool can_receive() const;

  // Answers challenges to what is sent in the dialog from now on: of a call in, or after a restart.
  // A call that was placed with RequestOptions::auth has them already.
  void authenticate(Credentials credentials) const;

  // Sends a request in the dialog: INFO, MESSAGE, REFER, NOTIFY, OPTIONS, UPDATE... The method may
  // be in small letters; `malformed` where it is no token. One that offers waits and is tried
  // again: an INVITE as modify() says, and its 2xx is acknowledged by itself; an UPDATE while an
  // offer is open, the call's first included (RFC 3311 5.1). An INVITE without an offer is
  // `malformed`.
  void request(const std::string& method, Content content = {},
               const ResponseHandler& handler = {}) const;
  // Ends the call, whatever state it is in: BYE; CANCEL (without a body) for a call out that is not
  // answered; `status` for a call in that is not: then the handler has what was sent. Of a
  // dialog that has ended: success at once, with status 0; but a BYE that was challenged, and had
  // no credentials, is sent again. Asked again meanwhile: told with the first.
  void terminate(Content content = {}, int status = 480, const ResponseHandler& handler = {}) const;
  void terminate(const ResponseHandler& handler) const { terminate(Content{}, 480, handler); }
  // Offers an SDP in a re-INVITE, with headers of the program's, if it likes; without an SDP:
  // `malformed`. It waits while another INVITE is
  // under way in either direction (RFC 3261 14.1); a 491 is tried again, five times in all, after
  // the time RFC 3261 14.1 says: 2.1 to 4 s where we called, else up to 2 s. Another answer of 300
  // or more is `rejected`.
  void modify(Content offer, const ResponseHandler& handler = {}) const;
  void modify(std::string sdp, const ResponseHandler& handler = {}) const {
    modify(Content{.headers = {}, .body = std::move(sdp)}, handler);
  }
  // Offers our SDP as sendonly (inactive where the far end holds too), or as sendrecv again
  // (recvonly where the far end holds; RFC 3264 8.4). Where it is so already: success at once, with
  // status 0. `malformed` where no SDP of ours is known.
  void hold(const ResponseHandler& handler = {}) const;
  void unhold(const ResponseHandler& handler = {}) const;

  // Signals of this dialog. Slots are called on the Agent's thread; an answered dialog's are let go
  // when it has ended. What a slot throws is written to standard error.
  using Signal = boost::signals2::signal<void(const SipDialog&), EachSlot>;
  using EndSignal =
      boost::signals2::signal<void(const SipDialog&, const SipMessage& ended_by), EachSlot>;
  // The dialog has ended, whoever did it; a call that failed, too. `ended_by` is the BYE, CANCEL or
  // final answer that ended it, with its headers (Reason, RFC 3326); empty where there was none: of
  // a dialog that is lost, say.
  [[nodiscard]] EndSignal& on_terminate() const;
  [[nodiscard]] Signal& on_hold() const;  // the far end holds
  [[nodiscard]] Signal& on_unhold() const;
  [[nodiscard]] Signal& on_refresh() const;  // an offer that changed nothing was accepted

  // These set the handler that answers such a request of the far end in this dialog. A request has
  // one answer, and so one handler: the latest replaces the one before, and an empty one takes it
  // away again. Without a handler the Agent answers what drachtio users expect (docs/api.md,
  // section 4). The Agent calls handlers on its thread, and lets go of those of an answered dialog
  // when that has ended.
  void on_modify(RequestHandler handler) const;  // re-INVITE; UPDATE or PRACK that offers
  void on_info(RequestHandler handler) const;
  void on_message(RequestHandler handler) const;
  void on_notify(RequestHandler handler) const;
  void on_options(RequestHandler handler) const;
  void on_refer(RequestHandler handler) const;
  void on_update(RequestHandler handler) const;  // an UPDATE without an offer

 private:
  friend class Session;
  friend struct agent::Cell;
  std::shared_ptr<agent::Cell> cell_;
};

}  // namespace drachtio
