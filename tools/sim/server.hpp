// The stand-in server: speaks a drachtio-server's side of the admin protocol, and plays the far end
// of every call itself. It answers as the real one does (0.9 line), down to its token positions,
// keeps dialogs when a program goes, and does nothing but that: no SIP leaves the machine.
//
// How the far end behaves is said by the user part of its address; the help lists what it knows.
#pragma once

#include "sim/dialog.hpp"
#include "sim/link.hpp"

#include <drachtio/sip_message.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::sim {

struct ServerOptions {
  std::uint16_t port = 9022;
  std::string secret = "cymru";
  std::chrono::milliseconds talk{500};          // before a far end that hangs up does
  std::chrono::milliseconds ack_timeout{1000};  // 32 s on a real server
  std::chrono::seconds forget_after{64};        // a request that nothing is answered to
  std::size_t piece = 0;                        // bytes written at a time; 0: as they are
};

struct Counts {
  std::uint64_t placed = 0;      // calls by the far end
  std::uint64_t refused = 0;     // ... that got a final answer of 300 or more, or no program
  std::uint64_t answered = 0;    // dialogs that got a 2xx, either way
  std::uint64_t ended = 0;       // ... and a BYE
  std::uint64_t requests = 0;    // by the program
  std::uint64_t unanswered = 0;  // requests of the far end that wait for the program
};

// Belongs to the thread that runs the io_context.
class Server {
 public:
  // Throws std::runtime_error where it cannot listen.
  Server(boost::asio::io_context& io, const ServerOptions& options);

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  // The far end `user` calls the program, so many times, at that rate a second (0: all at once).
  void place_calls(std::uint64_t count, double rate, const std::string& user);
  // Every far end of an answered call hangs up.
  void hang_up_all();
  // Closes every link; dialogs stay.
  void drop_links();
  // As a server that was restarted: links closed, nothing known.
  void forget();

  [[nodiscard]] const Counts& counts() const { return counts_; }
  // Dialogs that are known.
  [[nodiscard]] std::size_t dialogs() const { return dialogs_.size(); }

 private:
  using DialogPtr = std::shared_ptr<Dialog>;
  struct Transaction {  // of a far end's request, that the program is to answer
    DialogPtr dialog;   // null: out of dialog
    SipMessage request;
    std::chrono::steady_clock::time_point asked_at = std::chrono::steady_clock::now();
    bool touched = false;  // something has been answered
  };

  // server.cpp: links and frames
  void accept();
  void frame(Link& link, std::string_view payload);
  void closed(Link& link);
  void reply(Link& link, std::string_view to, std::string_view what);
  Link* program_for(const std::string& verb);
  Link* link_of(const Dialog& dialog);
  void show(Link& link, std::string_view source, std::string_view transaction,
            std::string_view dialog_id, const std::string& text, bool initial = false,
            std::string_view protocol = "udp");
  void record(const std::string& verb, std::string_view source, std::string_view token,
              const std::string& text);
  void later(std::chrono::milliseconds delay, std::function<void()> action);

  // from_program.cpp: what a program sends
  void sip(Link& link, std::string_view id, std::string_view transaction,
           std::string_view dialog_id, std::string_view text);
  void answer(Link& link, std::string_view id, const std::string& transaction,
              const SipMessage& response);
  void cancel(Link& link, std::string_view id, const std::string& transaction,
              const SipMessage& request);
  void call_out(Link& link, std::string_view id, const SipMessage& request);
  void in_dialog(Link& link, std::string_view id, const std::string& dialog_id,
                 const SipMessage& request);
  std::string as_sent(Dialog& dialog, const SipMessage& request, std::uint32_t cseq,
                      const std::string& branch);
  void far_end_answers(Link& link, const DialogPtr& dialog, const std::string& transaction,
                       const SipMessage& request, std::uint32_t cseq, const std::string& branch);
  void reinvited(Link& link, const DialogPtr& dialog, const std::string& transaction,
                 const SipMessage& request, std::uint32_t cseq, const std::string& branch);

  // proxy.cpp: a far end's request goes on to others
  void proxy(Link& link, std::string_view id, const std::vector<std::string_view>& tokens,
             const Headers& more);
  void proxied_call_is_up(const DialogPtr& dialog, const std::string& uri, const std::string& tag,
                          bool remains);

  // callee.cpp: the far end is called
  void ring(const DialogPtr& dialog, const SipMessage& invite);
  void respond(const DialogPtr& dialog, int status, const std::string& reason,
               const Headers& more = {}, const std::string& body = {}, const std::string& tag = {});
  void accept_call(const DialogPtr& dialog);

  // caller.cpp: the far end calls, and whatever a far end sends in a call
  void place_call(const std::string& user);
  void cancel_call(const DialogPtr& dialog);
  void invite(const DialogPtr& dialog, const Headers& more);
  void program_answered(const DialogPtr& dialog, const std::string& transaction,
                        const SipMessage& response, const std::string& text);
  std::string request(const DialogPtr& dialog, const std::string& method, const Headers& more = {},
                      const std::string& body = {});
  void ask(const std::string& transaction, const DialogPtr& dialog, const std::string& text);
  void forget_unanswered();
  void acknowledge(const DialogPtr& dialog, std::uint32_t cseq, const std::string& transaction,
                   const std::string& body);
  void call_is_up(const DialogPtr& dialog);
  void act_next(const DialogPtr& dialog);
  void bye(const DialogPtr& dialog);
  // Without `recorded_as` there is no call record: so it is when no ACK came.
  void server_bye(const DialogPtr& dialog, const std::string& why,
                  const std::string& recorded_as = {});

  boost::asio::io_context& io_;
  ServerOptions options_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::list<std::shared_ptr<Link>> links_;
  std::map<std::string, std::uint64_t> turns_;               // whose turn it is, by verb
  std::map<std::string, DialogPtr, std::less<>> dialogs_;    // by drachtio's id; once answered
  std::map<std::string, DialogPtr, std::less<>> calls_out_;  // INVITE transactions of programs
  // The far ends' requests, by transactionId; an UPDATE before the answer has that of its INVITE,
  // and follows it here as "<id> UPDATE".
  std::map<std::string, Transaction, std::less<>> asked_;
  bool forgetting_ = false;  // forget_unanswered() is to come
  std::uint64_t last_call_ = 0;
  std::uint32_t next_cseq_ = 123'132'608;
  std::uint64_t generation_ = 0;  // forget() makes what is under way of no account
  Counts counts_;
};

}  // namespace drachtio::sim
