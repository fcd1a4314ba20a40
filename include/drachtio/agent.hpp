// Agent: a program's side of one or more drachtio-servers. Its calls are logged as they happen, and
// are there again after a crash.
//
// Everything the Agent calls (handlers, signals, callbacks) it calls on one thread: the one in
// run(), or that of the io_context it was given, which one thread only may run. Every member may be
// called from any thread, but for the destructor and the handlers' registration, which belong
// before connect().
#pragma once

#include <drachtio/call_record.hpp>
#include <drachtio/request.hpp>
#include <drachtio/signals.hpp>
#include <drachtio/sip_dialog.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace drachtio {

namespace agent {
class Core;
struct Call;
}  // namespace agent

struct AgentOptions {
  // After a restart, ask the server about each answered dialog with an OPTIONS in it: what is
  // still there is resumed, what is not is lost.
  bool probe = true;
  // Ask again, so many seconds later each time, about those whose far ends cannot be heard
  // (SipDialog::can_receive); absent: once for each time the link comes up.
  std::optional<std::chrono::seconds> probe_every = {};
  // So many probes are under way at a time; at least 1. What is in doubt (forgotten_after) is asked
  // at once.
  int probes_at_once = 4;
  // Be the server's one client for call records: then a resumed call's end is known at once. A
  // second such client takes records away from the first. Records are of every program's calls:
  // those are logged, too, and lost after 5 minutes unanswered or 24 hours unheard of; but only
  // on_event tells of them, dialogs() has them not, and they are not probed.
  bool cdr = false;
  // A call in that nothing has been answered to by then is asked about: the server has forgotten
  // it, without a word, 64 s after the INVITE (its T1x64, which can be set), and what it does not
  // know is lost. Likewise one whose answer may have been lost with a link. One that rings, and
  // whose CANCEL would not reach this program, is asked about as often, by a 183.
  std::chrono::milliseconds forgotten_after{70'000};
  // The server's timer T1x64: how long a PRACK and an ACK are waited for, and what becomes of an
  // INVITE that is given up after a restart (RFC 3262 3, RFC 3261 13.3.1.4, 9.1).
  std::chrono::milliseconds t1x64{32'000};
  // When the log cannot be written any more: answer new calls 503, or go on unrecorded.
  bool refuse_when_log_failed = true;
};

struct ConnectOptions {
  std::string host = "127.0.0.1";  // name or address of the server's admin port
  std::uint16_t port = 9022;
  std::string secret = {};  // stands in no log, event or message
  std::string tags = {};    // comma separated
  std::string name = {};    // of the server in the log, its own for each; empty: HOST:PORT
  bool tls = false;
  std::optional<std::filesystem::path> ca = {};  // PEM; absent: the system's authorities
  bool verify = true;  // certificate and host name; false: anyone is believed
};

// DRACHTIO_HOST, DRACHTIO_PORT and DRACHTIO_SECRET, as far as they are set; the defaults where not.
// Throws std::invalid_argument for a port that is none.
DRACHTIO_EXPORT ConnectOptions from_environment();

struct ListenOptions {
  std::string host = "0.0.0.0";
  std::uint16_t port = 9023;  // 0: any free one
  std::string secret = {};
  std::string tags = {};
  std::optional<std::filesystem::path> certificate = {};  // PEM; absent: plain TCP
  std::optional<std::filesystem::path> key = {};          // PEM; absent: in the certificate's file
};

class SipCall;

struct RequestOptions {
  std::string method = "INVITE";
  Headers headers = {};
  std::string body = {};
  Credentials auth = {};    // for 401 and 407 (digest); no user name: none
  std::string route = {};   // send it there instead of where its URI says
  std::string server = {};  // by its name; empty: the first that is up
  SipDialog beside = {};    // over the connection of this one, the other leg's, whatever `server`
  bool follow_redirects = false;  // 3xx: try its first Contact, five times at most
  // The far end offers: in its 2xx, which SipCall::ack() answers, or before that in a reliable
  // provisional answer, which SipCall::prack() does.
  bool late_offer = false;
  // Each answer from 101 to 199.
  std::function<void(const SipCall&, const SipMessage&)> on_provisional = {};
  // Told of the call at once, from within siprequest(), on its thread: where neither its result nor
  // a handler's parameter is at hand (async_call).
  std::function<void(const SipCall&)> on_call = {};
  // Told of the dialog, once, as soon as it is known: when the server has sent the INVITE.
  std::function<void(const SipDialog&)> on_dialog = {};
};

// The final answer of a request out of dialog. A handler may take a SipDialog in the place of the
// SipCall, which converts to it: that of an INVITE, empty for any other request.
using CallHandler =
    std::function<void(boost::system::error_code, const SipCall&, const SipMessage&)>;

// A request on its way out. A handle; every member may be called from any thread.
class DRACHTIO_EXPORT SipCall {
 public:
  SipCall() = default;
  explicit SipCall(std::shared_ptr<agent::Call> call) : call_(std::move(call)) {}
  [[nodiscard]] explicit operator bool() const { return call_ != nullptr; }
  // Gives up an INVITE whose final answer has not been told yet, with these headers in the CANCEL
  // (Reason, RFC 3326). If a 2xx crosses it, the call is acknowledged and hung up, by the server or
  // by the Agent. The handler is given the CANCEL as sent, or the final answer to the BYE where the
  // 2xx was quicker; status 0 where the call had ended; `malformed` for a header that is none, and
  // for another request than an INVITE.
  void cancel(const Headers& headers = {}, const ResponseHandler& handler = {}) const;
  // Answers the offer of the 2xx (late_offer); the handler is given the ACK as sent. no_dialog
  // where the server has not sent the INVITE; `malformed` where no offer waits for an answer.
  void ack(std::string sdp, const ResponseHandler& handler = {}) const;
  // Answers the offer of the latest reliable provisional answer (late_offer); the 2xx of that
  // fork is then acknowledged by itself. The handler is given the PRACK's final answer; `malformed`
  // where no such offer waits.
  void prack(std::string sdp, const ResponseHandler& handler = {}) const;
  // Empty until the server has sent the INVITE, and for any other request.
  [[nodiscard]] SipDialog dialog() const;
  // Implicit, so that whoever wants no more of a call than its dialog may ask for that instead.
  operator SipDialog() const { return dialog(); }

 private:
  std::shared_ptr<agent::Call> call_;
};

class DRACHTIO_EXPORT Agent {
 public:
  // Opens (or creates) the log; throws std::runtime_error that says why it cannot. An empty path:
  // nothing is logged, and nothing survives this Agent.
  explicit Agent(const std::filesystem::path& database, AgentOptions options = {});
  // On an io_context of the caller's, which must outlive the Agent.
  Agent(boost::asio::io_context& io, const std::filesystem::path& database,
        AgentOptions options = {});
  // Closes the links and commits what was read. Calls live on at the server.
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;
  Agent(Agent&&) = delete;
  Agent& operator=(Agent&&) = delete;

  // These set the handler of requests out of dialog with this method. The Agent asks every server
  // that it is connected to for the method.
  // A handler that throws answers 500, and is written to standard error.
  void invite(RequestHandler handler) { on("INVITE", std::move(handler)); }
  void info(RequestHandler handler) { on("INFO", std::move(handler)); }
  void message(RequestHandler handler) { on("MESSAGE", std::move(handler)); }
  void notify(RequestHandler handler) { on("NOTIFY", std::move(handler)); }
  void options(RequestHandler handler) { on("OPTIONS", std::move(handler)); }
  void publish(RequestHandler handler) { on("PUBLISH", std::move(handler)); }
  void refer(RequestHandler handler) { on("REFER", std::move(handler)); }
  void register_(RequestHandler handler) { on("REGISTER", std::move(handler)); }
  void subscribe(RequestHandler handler) { on("SUBSCRIBE", std::move(handler)); }
  // By any name, in capitals or not. Throws std::invalid_argument for one that is no token, and for
  // "cdr:...": see cdr().
  void on(const std::string& method, RequestHandler handler);
  // Sets the handler of requests out of dialog whose method has no handler of its own. A server
  // hands over only the methods that it is asked for by name, so the Agent asks for each method
  // that can begin something (those above). The handler is not given requests in a dialog. The
  // latest handler replaces the one before, and an empty one takes it away.
  void on_any(RequestHandler handler);

  // Sets the handler that answers, after a restart, a call in that was not answered when the
  // program died; without a handler the Agent answers 503. The latest handler replaces the one
  // before, and an empty one takes it away. This function may be called from any thread, at any
  // time.
  void on_resumed_invite(RequestHandler handler);

  // Asks for `cdr:attempt`, `cdr:start` and `cdr:stop`, as AgentOptions::cdr does, and hands each
  // record to `handler` once it is on disk. What it throws is written to standard error.
  void cdr(CallRecordHandler handler);

  // Connects, and again with back-off (50 ms to 30 s, with jitter) whenever the link goes down.
  // Until it is up what needs it fails with no_link: no frame is queued. Why an attempt failed,
  // on_disconnect tells. The handler is told once: of success, when the link is up for the first
  // time; no_link where the Agent is stopped before; no_certificates. Without one,
  // std::runtime_error is thrown where the certificates for TLS cannot be read.
  void connect(const ConnectOptions& options, const ResponseHandler& handler = {});
  // Outbound mode: waits for servers to dial, one connection a request. Returns the port. Throws
  // std::runtime_error where it cannot listen, or certificate or key are no good. A server's name
  // in the log is its address; nothing is sent over such a connection but for its own request's
  // call. Open calls of before a restart whose servers are not dialled (connect(), in the same
  // turn) are lost.
  std::uint16_t listen(const ListenOptions& options);

  // Sends a request out of dialog.
  SipCall siprequest(const std::string& uri, RequestOptions options, CallHandler handler = {});

  // Runs until stop(). Only for an Agent that has its own io_context.
  void run();
  // Closes the links, commits (within 10 s), and lets run() return. For good.
  void stop();
  // Calls `action` on the Agent's thread after `delay`.
  void after(std::chrono::milliseconds delay, std::function<void()> action);

  // Every dialog of this program that has not ended, as last committed.
  [[nodiscard]] std::vector<SipDialog> dialogs() const;
  // The one of them with this dialog_id(), an empty handle where there is none; the latest where
  // several have it, as the branches of a forked INVITE do.
  [[nodiscard]] SipDialog find(std::string_view dialog_id) const;
  [[nodiscard]] std::int64_t position() const;  // of the log's last row

  // Signals: connect and disconnect slots from any thread; they are called on the Agent's.
  template <typename Signature>
  using Signal = boost::signals2::signal<Signature, EachSlot>;
  // By the name of the server: a link is up, is down, was refused. Where nobody listens, the latter
  // two are written to standard error.
  [[nodiscard]] Signal<void(const std::string& server)>& on_connect();
  [[nodiscard]] Signal<void(const std::string& server, const std::string& why)>& on_disconnect();
  // The log cannot be written any more. Calls go on, unrecorded; see refuse_when_log_failed.
  [[nodiscard]] Signal<void(const std::string& why)>& on_log_failed();
  // What an operator should know: the log cannot be written at the moment (frames wait, and with
  // them all that is told and answered), and can again; a gap; a message that could not be read; a
  // Response that was dropped unanswered. Where nobody listens it is written to standard error.
  [[nodiscard]] Signal<void(const std::string& what)>& on_warning();
  // A dialog was found alive after a restart.
  [[nodiscard]] Signal<void(const SipDialog&)>& on_resumed();

  // As in DialogSignals.
  [[nodiscard]] DialogSignal& on_event();
  [[nodiscard]] DialogSignal& on_create();
  [[nodiscard]] DialogSignal& on_create_early();
  [[nodiscard]] DialogSignal& on_terminate();
  [[nodiscard]] DialogSignal& on_failed();

 private:
  explicit Agent(std::shared_ptr<agent::Core> core);
  std::shared_ptr<agent::Core> core_;
};

}  // namespace drachtio
