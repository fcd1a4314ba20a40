// A request that came, and the means to answer it.
#pragma once

#include <drachtio/sip_dialog.hpp>
#include <drachtio/sip_message.hpp>

#include <boost/signals2/signal.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drachtio {

namespace agent {
struct Incoming;
struct AnswerDuty;
}  // namespace agent

// Where a message came from.
struct Source {
  std::string server;    // the drachtio-server, by its name in the log
  std::string protocol;  // "udp", "tcp", "tls", "ws", "wss"; empty for an ACK
  std::string address;
  std::string port;
};

// How the server hands a request on (drachtio's `proxy`, RFC 3261 16).
struct ProxyOptions {
  Headers headers = {};           // added to the request on its way
  bool remain_in_dialog = false;  // with a Record-Route: what follows passes through the server too
  bool follow_redirects = false;  // the contacts of a 3xx are tried, too
  bool simultaneous = false;      // all destinations at once; else one after the other
  std::chrono::milliseconds provisional_timeout{0};  // for a destination to say anything; 0: none
  std::chrono::milliseconds final_timeout{0};        // ... to answer; 0: the server's own
};
// Called once: with each final answer of a destination, in the order they came.
using ProxyHandler =
    std::function<void(boost::system::error_code error, const std::vector<SipMessage>& answers)>;

// Both are handles: copy them to answer later. Every member may be called from any thread.
//
// Whoever keeps a copy of the Response may still answer. When the last copy goes, on whatever
// thread, and no final answer has been given, the Agent answers 500 at once, and says so in a
// warning (Agent::on_warning). A call that was handed on, cancelled or ended by terminate() has its
// answer. A copy of the Request does not keep the Response.
class DRACHTIO_EXPORT Request {
 public:
  explicit Request(std::shared_ptr<agent::Incoming> incoming) : incoming_(std::move(incoming)) {}

  [[nodiscard]] const SipMessage& message() const;
  [[nodiscard]] const std::string& method() const { return message().method; }
  [[nodiscard]] const std::string& uri() const { return message().uri; }
  [[nodiscard]] const std::string& body() const { return message().body; }
  // The first value, by any case or compact name; empty where there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    return message().headers[name];
  }
  [[nodiscard]] SipAddress from() const { return message().from(); }
  [[nodiscard]] SipAddress to() const { return message().to(); }
  // Where it came from; after a restart only the server is known.
  [[nodiscard]] const Source& source() const;
  // Empty for a request of no dialog (OPTIONS, REGISTER...).
  [[nodiscard]] SipDialog dialog() const;
  [[nodiscard]] Session session() const { return dialog().session(); }

  // The caller gave up before the final answer, by CANCEL (the server has answered 487) or by BYE
  // (which has been answered, and the INVITE 487). Also where the call was lost unanswered, or the
  // caller tried again: then the message is empty. It may cross a final answer of ours. A call's
  // slots are told whether or not the program keeps this handle.
  using CancelSignal = boost::signals2::signal<void(const SipMessage& cancel), EachSlot>;
  [[nodiscard]] CancelSignal& on_cancel() const;

  // Hands the request on to other destinations (SIP URIs), instead of an answer of ours: the
  // server passes their answers back to the caller, and the call is no longer this program's; its
  // dialog ends as `proxied`. To be called before any answer, a provisional one included: the
  // server refuses it afterwards.
  //
  // With a handler the server tells of the destinations' final answers, too, and the handler is
  // called when one has accepted or all have refused; destinations and headers then take 4,000
  // bytes together at most. Without, nothing more is heard; where the server would
  // not hand it on, it is answered 500. An error leaves the request to be answered by us, and is
  // malformed (no destination, one that is no URI, a header that is none), answered_already,
  // cancelled, too_long, no_link, or refused_by_server; `answers` then has one message, whose
  // reason says why.
  void proxy(std::vector<std::string> destinations, ProxyOptions options = {},
             ProxyHandler handler = {}) const;

 private:
  std::shared_ptr<agent::Incoming> incoming_;
};

class DRACHTIO_EXPORT Response {
 public:
  explicit Response(std::shared_ptr<const agent::AnswerDuty> duty) : duty_(std::move(duty)) {}

  // Answers. Headers that repeat the request's are written by themselves. The handler is given the
  // answer as the server sent it, or why it did not: answered_already after a final answer,
  // cancelled after the caller's CANCEL, malformed for a status that is not 101 to 699,
  // refused_by_server.
  void send(int status, Content content = {}, ResponseHandler handler = {}) const {
    answer(status, {}, std::move(content), std::move(handler));
  }
  template <std::convertible_to<std::string> Reason>
  void send(int status, Reason&& reason, const Content& content = {},
            const ResponseHandler& handler = {}) const {
    answer(status, std::forward<Reason>(reason), content, handler);
  }
  // As send(), for a provisional answer to an INVITE that must arrive (100rel, RFC 3262): the
  // handler is given the PRACK; where none will come, dialog_over, cancelled or no_link. A final
  // answer given meanwhile waits for it. Where none comes within AgentOptions::t1x64: cancelled, a
  // refusal that waits goes out, else 504. malformed for a status of 200 or more.
  void send_reliably(int status, Content content, ResponseHandler on_prack) const;

  // A final answer has been given.
  [[nodiscard]] bool answered() const;

 private:
  void answer(int status, std::string reason, Content content, ResponseHandler handler) const;

  std::shared_ptr<const agent::AnswerDuty> duty_;  // that all copies share
};

}  // namespace drachtio
