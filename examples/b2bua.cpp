// Two legs as one call: whoever calls is connected to the address given, and hanging up, hold and
// what a session holds are carried across: b2bua sip:bob@example.com
#include <drachtio/agent.hpp>

#include <iostream>
#include <map>

using boost::system::error_code;
using drachtio::Request;
using drachtio::Response;
using drachtio::SipCall;
using drachtio::SipDialog;
using drachtio::SipMessage;

// Why a call was given up or ended (RFC 3326), for the other leg.
drachtio::Headers reason_of(const SipMessage& end) {
  drachtio::Headers why;
  if (end.headers.has("Reason")) why.add("Reason", std::string{end.headers["Reason"]});
  return why;
}

// What happens in one leg happens in the other.
void carry(const SipDialog& from, const SipDialog& to) {
  from.on_modify([to](Request& req, Response& res) {
    // Without an offer it asks for ours: what that leg has.
    const std::string ours = req.dialog().local().sdp.value_or("");
    if (req.body().empty()) return res.send(200, {.body = ours});
    to.modify(req.body(), [res](error_code error, const SipMessage& answer) {
      if (!error) return res.send(200, {.body = answer.body});
      res.send(answer.status >= 300 ? answer.status : 488);
    });
  });
  from.on_terminate().connect(
      [to](const SipDialog&, const SipMessage& end) { to.terminate({.headers = reason_of(end)}); });
}

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::cerr << "usage: b2bua sip:bob@example.com" << std::endl;
    return 2;
  }
  drachtio::Agent app{"calls.db"};
  // The callees of callers that offered nothing, by the caller's Call-ID: what the callee offers,
  // the caller's ACK answers.
  std::map<std::string, SipCall> offering;

  app.invite([&](Request& req, Response& res) {
    const auto connect = [&offering, req, res](error_code error, const SipCall& call,
                                               const SipMessage& answer) {
      if (error) return res.send(answer.status >= 300 ? answer.status : 503);
      const SipDialog caller = req.dialog();
      const SipDialog callee = call.dialog();
      if (req.body().empty()) offering[caller.call_id()] = call;
      caller.session()["callee"] = callee.call_id();
      caller.session().join(callee.session());
      carry(caller, callee);
      carry(callee, caller);
      res.send(200, {.body = answer.body},
               [&offering, callee, caller](error_code gone, const SipMessage&) {
                 if (!gone) return;
                 offering.erase(caller.call_id());
                 callee.terminate();
               });
    };
    const auto ring = [res](const SipCall&, const SipMessage&) { res.send(180); };
    // Beside it: in outbound mode there is no other way.
    const auto call = app.siprequest(argv[1],
                                     {.body = req.body(),
                                      .beside = req.dialog(),
                                      .late_offer = req.body().empty(),
                                      .on_provisional = ring},
                                     connect);
    req.on_cancel().connect([call](const SipMessage& cancel) { call.cancel(reason_of(cancel)); });
  });
  app.on_create().connect([&](const drachtio::DialogEvent& e) {
    const auto leg = offering.extract(e.dialog.call_id());
    if (!leg) return;
    const auto answer = e.dialog.remote().sdp;
    answer ? leg.mapped().ack(*answer) : e.dialog.terminate();
  });
  app.on_terminate().connect([&](const drachtio::DialogEvent& e) {
    offering.erase(e.dialog.call_id());
    std::cout << e.dialog.role() << " leg ended: " << e.reason << std::endl;
  });

  app.connect(drachtio::from_environment());
  app.run();
} catch (const std::exception& error) {
  std::cerr << "b2bua: " << error.what() << std::endl;
  return 1;
}
