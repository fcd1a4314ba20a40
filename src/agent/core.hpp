// The agent itself: one owner for its links, its dialogs' cells and what is under way. It walks the
// same road as the recorder: every frame from a server goes to the writer, and comes back, once it
// is on disk, with the events it made; only then is anybody told, and anything answered.
//
// All members but the constructor, post(), patch(), dialogs() and find() belong to the agent's
// thread.
#pragma once

#include "agent/call.hpp"
#include "agent/dialogs.hpp"
#include "agent/guard.hpp"
#include "agent/incoming.hpp"
#include "agent/links.hpp"
#include "agent/outbox.hpp"
#include "agent/reason.hpp"
#include "agent/requests.hpp"
#include "dialog/dialog.hpp"
#include "net/tls.hpp"
#include "record/writer.hpp"
#include "wire/compose.hpp"

#include <drachtio/agent.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <deque>
#include <list>
#include <map>
#include <set>
#include <unordered_map>

namespace drachtio::agent {

using boost::system::error_code;

// Tells the handler, if any, what it needs to know of the reply.
inline ReplyHandler told_of_reply(ResponseHandler handler) {
  if (!handler) return {};
  return
      [handler = std::move(handler)](const Reply& reply) { handler(reply.error, reply.message); };
}

class Acceptor;

class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(boost::asio::io_context* io, const std::filesystem::path& database, AgentOptions options);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  Core(Core&&) = delete;
  Core& operator=(Core&&) = delete;

  // --- from any thread
  // Does nothing once the core is closed.
  void post(std::function<void()> action);
  // Runs it at once where this is the agent's thread.
  void dispatch(std::function<void()> action);
  // From now on nothing is posted to the io_context, which may be gone.
  void close();
  void patch(const std::shared_ptr<Cell>& cell, const std::string& patch);
  void join(const std::shared_ptr<Cell>& cell, const std::shared_ptr<Cell>& other);
  std::vector<SipDialog> dialogs() const { return dialogs_.open(); }
  SipDialog find(std::string_view dialog_id) const { return dialogs_.open(dialog_id); }
  [[nodiscard]] std::int64_t position() const { return writer_->statistics().head.position; }

  // Makes the dialogs that were open in the log this core's own; to be called once, first.
  void adopt();

  // --- links (connect.cpp)
  void connect(const ConnectOptions& options, const ResponseHandler& handler);
  std::uint16_t listen(const ListenOptions& options);
  void stop();
  // Drops the handlers of whatever waits: they are not told any more.
  void let_go();
  void run();
  void after(std::chrono::milliseconds delay, std::function<void()> action);

  // --- out (send.cpp, answer.cpp)
  // Sends the frame over the link, once all that was noted before (session patches) is on disk.
  void send(std::uint64_t link, wire::ClientFrame frame, ReplyHandler handler);
  void answer(const std::shared_ptr<Incoming>& incoming, const call::Answer& answer,
              ResponseHandler handler = {});
  void answer_reliably(const std::shared_ptr<Incoming>& incoming, call::Answer answer,
                       ResponseHandler on_prack);
  // Hands a request on to others (proxy.cpp).
  void proxy(const std::shared_ptr<Incoming>& incoming,
             const std::vector<std::string>& destinations, const ProxyOptions& options,
             ProxyHandler handler);
  // Sends a request in a dialog. The handler is told the final answer.
  void request(const std::shared_ptr<Cell>& cell, const std::string& method, const Content& content,
               ResponseHandler handler, call::Authorizations authorizations = {});
  void await_answer(const std::shared_ptr<Cell>& cell, const std::string& method,
                    const Content& content, const ResponseHandler& handler,
                    const call::Authorizations& authorizations, const Reply& sent);
  void fail_offer(Cell& cell);
  void acknowledge_reinvite(const std::shared_ptr<Cell>& cell, std::uint32_t cseq,
                            ResponseHandler handler);
  // Gives up an INVITE of ours (RFC 3261 9.1).
  void send_cancel(std::uint64_t link, const std::string& transaction_id, const Headers& headers,
                   ReplyHandler handler);
  void acknowledge(const std::shared_ptr<Cell>& cell, const std::string& sdp);

  // --- calls out (call.cpp)
  // Gives the call what the program wants and whom it asks to be told, and begins it.
  void place(const std::shared_ptr<Call>& call, RequestOptions options, CallHandler handler);
  // The handler is told what became of the CANCEL: it went out, or the call was over.
  void cancel(const std::shared_ptr<Call>& call, const Headers& headers, ResponseHandler handler);
  void acknowledge_late(const std::shared_ptr<Call>& call, std::string sdp,
                        ResponseHandler handler);
  void prack_late(const std::shared_ptr<Call>& call, std::string sdp, ResponseHandler handler);

  // --- the dialog's own verbs (send.cpp, close.cpp, modify.cpp)
  // Sends a request of the program's. One that offers waits for its turn.
  void ask_far_end(const std::shared_ptr<Cell>& cell, const std::string& method,
                   const Content& content, const ResponseHandler& handler);
  void terminate(const std::shared_ptr<Cell>& cell, const Content& content, int status,
                 ResponseHandler handler);
  void modify(const std::shared_ptr<Cell>& cell, const Content& offer, ResponseHandler handler);
  void hold(const std::shared_ptr<Cell>& cell, bool held, ResponseHandler handler);
  // Answers 500 where nobody is left to give the final answer that a request waits for.
  void refuse_dropped(const std::shared_ptr<Incoming>& incoming);
  // An offer of theirs waits for no answer any more.
  void drop_offer(const std::shared_ptr<Cell>& cell, call::OfferId offer);
  // Makes the offer that waits for its turn, if nothing stands in its way any more.
  void next_offer(const std::shared_ptr<Cell>& cell);

  Agent::Signal<void(const std::string&)> on_connect;
  Agent::Signal<void(const std::string&, const std::string&)> on_disconnect;
  Agent::Signal<void(const std::string&)> on_log_failed;
  Agent::Signal<void(const std::string&)> on_warning;
  RequestSlot on_resumed_invite;
  Agent::Signal<void(const SipDialog&)> on_resumed;
  DialogSignals signals;
  std::map<std::string, RequestHandler> handlers;
  RequestHandler any_handler;  // of requests out of dialog that have none of those
  CallRecordHandler call_records;

 private:
  // connect.cpp
  net::Client::Handlers link_handlers(std::uint64_t id);
  std::vector<std::string> routes() const;
  void link_up(Link& link, const std::string& detail);
  void link_down(Link& link, const std::string& why);
  void link_refused(Link& link, const std::string& why);
  void disconnected(const std::string& server, const std::string& why);
  // These take the id of the link.
  void has_served(std::uint64_t id);
  void close_if_it_has_served(std::uint64_t id);
  void take_up(const Link& link);
  // Refuses the INVITEs whose Responses were dropped while there was no link to this server.
  void refuse_dropped(const Link& link);

  // told.cpp
  void told(std::vector<record::Walked> walked);
  void told_one(record::Walked& walked);
  void take_over(const std::shared_ptr<Cell>& cell, std::shared_ptr<const dialog::Dialog> state);
  // `frame` is the one that made the event; absent: it is no message's.
  void publish(const record::Told& told, const std::optional<record::Frame>& frame);
  void closed(const std::shared_ptr<Cell>& cell, const Event& event);
  void connection_closed(std::uint64_t connection);
  // These take frames whose envelope can be read.
  void read_reply(const record::Frame& frame, std::int64_t dialog);
  void read_call_record(const record::Frame& frame, std::int64_t dialog);

  // incoming.cpp
  void read_request(const record::Frame& frame, SipMessage message, const record::Walked& walked);
  void begin_call(const std::shared_ptr<Incoming>& invite);
  [[nodiscard]] std::optional<int> refusal_of(const Incoming& incoming,
                                              const record::Walked& walked) const;
  void in_dialog(const std::shared_ptr<Incoming>& incoming);
  std::shared_ptr<Incoming> open_invite(const std::shared_ptr<Cell>& cell);
  // Returns enough of an INVITE that was not handed over to this program to be answered.
  std::shared_ptr<Incoming> bare_invite(const std::shared_ptr<Cell>& cell);
  void hung_up(const std::shared_ptr<Incoming>& bye);
  void reinvite(const std::shared_ptr<Incoming>& incoming);
  void reoffered(const std::shared_ptr<Incoming>& incoming);
  void offer_over(const std::shared_ptr<Incoming>& incoming);
  void acknowledged(const std::shared_ptr<Cell>& cell, std::uint32_t cseq);
  void await_ack(const std::shared_ptr<Incoming>& incoming);
  void handle(const RequestHandler& handler, const std::shared_ptr<Incoming>& incoming);
  void cancelled(const std::string& transaction_id, const SipMessage& cancel);
  void pracked(const std::shared_ptr<Incoming>& prack);
  void ask(RequestSlot CellSignals::*slot, const std::shared_ptr<Incoming>& incoming);

  // answer.cpp
  // Hands the input to the request's machine, and carries out what that says is to be done.
  void on(const std::shared_ptr<Incoming>& incoming, const call::ServerRequest::Input& input);
  struct CarryOutAnswer;
  // Forgets the request: no CANCEL concerns it any more.
  void forget(const std::shared_ptr<Incoming>& incoming);
  void answered_elsewhere(const std::shared_ptr<Incoming>& incoming);

  // call.cpp
  void place(const std::shared_ptr<Call>& call);
  // Hands the input to the call's machine, and carries out what that says is to be done.
  void on(const std::shared_ptr<Call>& call, const call::ClientRequest::Input& input);
  struct CarryOut;
  void sent(const std::shared_ptr<Call>& call, const Reply& reply);

  // close.cpp
  // Hands the input to the machine of the call's end, and carries out what that says is to be done.
  void on(const std::shared_ptr<Cell>& cell, const call::Termination::Input& input);
  struct CarryOutEnding;
  [[nodiscard]] call::EndingFacts ending_facts(const std::shared_ptr<Cell>& cell);
  // Goes on with the end of the call, if that waits for something.
  void end_if_waiting(const std::shared_ptr<Cell>& cell);
  // BYE, where the answer to a request of ours says that the far end has no such dialog any more.
  void hang_up_if_gone(const std::shared_ptr<Cell>& cell, const std::string& method,
                       const SipMessage& answer);

  // modify.cpp
  // Hands the input to the machine of the call's offers, and carries out what that says is to be
  // done. `request` is theirs, where they offer.
  void on(const std::shared_ptr<Cell>& cell, const call::Offers::Input& input,
          const std::shared_ptr<Incoming>& request = {});
  struct CarryOutOffer;

  // recover.cpp
  // These hand the input to a machine of the call's recovery, and carry out what that says is to be
  // done.
  void on(const std::shared_ptr<Cell>& cell, const call::Recovery::Input& input);
  void on(const std::shared_ptr<Cell>& cell, const call::GivingUp::Input& input);
  void on(const std::shared_ptr<Cell>& cell, const call::CallerCheck::Input& input);
  void on(const std::shared_ptr<Cell>& cell, const call::UnheardAnswer::Input& input);
  struct CarryOutRecovery;
  [[nodiscard]] call::Recovery::Call recovery_facts(const Cell& cell, const dialog::Dialog& state);
  void acknowledge_unheard(const std::shared_ptr<Cell>& cell);

  // resume.cpp
  // Takes up the calls of the link's server whose far ends are not heard any more.
  void resume(const Link& link);
  void answer_again(const Link& link);
  void answer_again(const std::shared_ptr<Incoming>& incoming, const Link& link);
  void lose_unreachable();
  void hand_over(const std::shared_ptr<Cell>& cell);
  std::optional<std::string> invite_of(const dialog::Dialog& state);
  void note(const std::shared_ptr<Cell>& cell, Event event);

  // turns.cpp
  // Lets the calls that are to be asked about have their turns, a few at a time.
  void next_turn();
  // Tells the call when the server has forgotten its INVITE, if nothing has been answered to it.
  void await_forgotten(const Cell& cell);
  void look_for_forgotten();

  void append(std::vector<record::Note> notes, std::vector<std::shared_ptr<Cell>> cells);
  // Tells an operator; where nobody listens, standard error.
  void warn(const std::string& what);
  void let_timers_go();
  // Tells the handler in a turn of its own: no handler is called from within the call that started
  // its operation.
  void tell(const ResponseHandler& handler, error_code error, const std::string& why);
  // Carries the action out.
  void tell(call::Tell action);
  void send_now(std::uint64_t link, const wire::ClientFrame& frame, ReplyHandler handler);

  std::unique_ptr<boost::asio::io_context> own_io_;
  boost::asio::io_context& io_;
  std::mutex gate_;
  bool closed_ = false;  // guarded by gate_
  std::filesystem::path database_;
  AgentOptions options_;
  bool stopped_ = false;
  bool log_failed_ = false;

  Links links_;
  std::list<std::shared_ptr<Acceptor>> acceptors_;
  // The timers of after() that have not fired. The io_context's handlers own them, and it may go
  // before the core.
  std::list<std::weak_ptr<boost::asio::steady_timer>> timers_;

  Dialogs dialogs_;

  Requests requests_;
  std::unordered_map<std::string, std::weak_ptr<Incoming>>
      incoming_;  // INVITEs, until they are over
  struct Invited {
    std::chrono::steady_clock::time_point forgotten_at;
    std::int64_t dialog;
    std::string transaction_id;  // of its INVITE
  };
  std::deque<Invited> invited_;  // calls in, until the server has forgotten what nobody answers
  bool looking_ = false;

  std::set<std::shared_ptr<Call>> calls_;  // the outcome of these has not been told
  WaitingHandlers waiting_;

  Outbox outbox_;

  std::deque<std::weak_ptr<Cell>> await_turn_;  // to be asked about
  int in_turn_ = 0;                             // are asked about
  bool giving_turns_ = false;

  std::unique_ptr<record::Writer> writer_;
};

}  // namespace drachtio::agent
