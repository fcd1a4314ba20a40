#include "agent/scripted_server.hpp"

namespace drachtio::test {

namespace {

constexpr const char* where = "udp|127.0.0.1|5070|12:00:00.000000|";
constexpr const char* far_end = "<sip:far@127.0.0.1:5070>";
constexpr const char* program_end = "<sip:service@127.0.0.1:5060>";

std::string message(const std::string& start, const std::string& from, const std::string& to,
                    const std::string& cseq, const Saying& saying) {
  std::string text = start + "\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=" + saying.branch +
                     "\r\nFrom: " + from + "\r\nTo: " + to + "\r\nCall-ID: c1\r\nCSeq: " + cseq +
                     "\r\nContact: <sip:far@127.0.0.1:5070>\r\n" + saying.headers;
  if (!saying.body.empty()) text += "Content-Type: application/sdp\r\n";
  return text + "Content-Length: " + std::to_string(saying.body.size()) + "\r\n\r\n" + saying.body;
}

std::string far(bool tagged = true) { return std::string{far_end} + (tagged ? ";tag=far" : ""); }
std::string ours(bool tagged = true) {
  return std::string{program_end} + (tagged ? ";tag=ours" : "");
}

std::string from_network(const std::string& transaction, const std::string& dialog,
                         const std::string& text) {
  return "m|sip|network|1|" + std::string{where} + transaction + '|' + dialog + "|\r\n" + text;
}

Saying as(const Heard& frame) {
  Saying saying;
  for (const auto& [name, value] : frame.message.headers) {
    if (name == "Require") saying.headers += "Require: " + value + "\r\nRSeq: 77\r\n";
    if (name.find("uthorization") != std::string::npos || name == "RAck" || name == "Reason") {
      saying.headers += name;
      saying.headers += ": " + value + "\r\n";
    }
  }
  saying.body = frame.message.body;
  return saying;
}

}  // namespace

void ScriptedServer::accept(Program& program) {
  program_ = &program;
  REQUIRE(program.until([&] {
    auto peer = door_.accept_within(std::chrono::milliseconds{0});
    if (peer) peer_.emplace(std::move(*peer));
    return peer_.has_value();
  }));
  const std::string login = read();
  say("r|response|" + login.substr(0, login.find('|')) +
      "|OK|udp/127.0.0.1:5060|v0.9.10|udp/127.0.0.1:5060");
  routes_.clear();
  bool up = false;
  const boost::signals2::scoped_connection slot =
      program.agent->on_connect().connect([&](const std::string&) { up = true; });
  while (!up) {
    REQUIRE(
        program.until([&] { return up || peer_->has_something(std::chrono::milliseconds{0}); }));
    if (up) break;
    const std::string route = peer_->read_frame();
    const std::size_t verb = route.find("|route|");
    REQUIRE(verb != std::string::npos);
    routes_.push_back(route.substr(verb + 7));
    say("r|response|" + route.substr(0, route.find('|')) + "|OK");
  }
}

void ScriptedServer::dial(Program& program, std::uint16_t port) {
  program_ = &program;
  peer_.emplace(port);
  const std::string login = read();
  say("r|response|" + login.substr(0, login.find('|')) +
      "|OK|udp/127.0.0.1:5060|v0.9.10|udp/127.0.0.1:5060");
}

bool ScriptedServer::is_let_go() {
  program_->until([&] { return peer_->has_something(std::chrono::milliseconds{0}); });
  return peer_->is_closed();
}

std::string ScriptedServer::read() {
  REQUIRE(program_->until([&] { return peer_->has_something(std::chrono::milliseconds{0}); }));
  return peer_->read_frame();
}

Heard ScriptedServer::hear() {
  const std::string payload = read();
  Heard heard;
  const std::size_t end = payload.find("\r\n");
  std::string line = payload.substr(0, end);
  heard.id = line.substr(0, line.find('|'));
  while (line.find('|') != std::string::npos) {
    line.erase(0, line.find('|') + 1);
    heard.tokens.push_back(line.substr(0, line.find('|')));
  }
  if (end != std::string::npos) heard.message = parse_sip_message(payload.substr(end + 2));
  return heard;
}

bool ScriptedServer::hears_nothing() {
  say("m|sip|network|1|" + std::string{where} + "probe||127.0.0.1|5060|\r\n" +
      message("OPTIONS sip:x SIP/2.0", far(), ours(false), "1 OPTIONS", {.branch = "z9hG4bK-p"}));
  return hear().tokens.at(1) == "probe";
}

std::string ScriptedServer::invite(const std::string& transaction, const Saying& saying) {
  return "m|sip|network|1|" + std::string{where} + transaction + "||127.0.0.1|5060|\r\n" +
         message("INVITE sip:service@127.0.0.1:5060 SIP/2.0", far(), ours(false),
                 std::to_string(saying.cseq) + " INVITE", saying);
}

std::string ScriptedServer::request(const std::string& method, const std::string& transaction,
                                    const Saying& saying) {
  return from_network(transaction, "c1;from-tag=far",
                      message(method + " sip:service@127.0.0.1:5060 SIP/2.0", far(), ours(),
                              std::to_string(saying.cseq) + ' ' + method, saying));
}

std::string ScriptedServer::out_of_dialog(const std::string& method,
                                          const std::string& transaction) {
  return "m|sip|network|1|" + std::string{where} + transaction + "||127.0.0.1|5060|\r\n" +
         message(method + " sip:service@127.0.0.1:5060 SIP/2.0", far(), ours(false), "1 " + method,
                 {});
}

std::string ScriptedServer::cancel(const std::string& transaction) {
  return from_network(
      transaction, "c1;from-tag=far",
      message("CANCEL sip:service@127.0.0.1:5060 SIP/2.0", far(), ours(false), "1 CANCEL", {}));
}

std::string ScriptedServer::hang_up(const std::string& why) {
  return "m|sip|application|1|" + std::string{where} + "unsolicited|c1;from-tag=far|\r\n" +
         message("BYE sip:far@127.0.0.1:5070 SIP/2.0", ours(), far(), "1 BYE",
                 {.branch = "z9hG4bK-bye",
                  .headers = "Reason: SIP;cause=200;text=\"" + why + "\"\r\n"});
}

std::string ScriptedServer::response(int status, const std::string& transaction,
                                     const Saying& saying, const std::string& method) {
  return from_network(transaction, "c1;from-tag=ours",
                      message("SIP/2.0 " + std::to_string(status) + " Said", ours(), far(),
                              std::to_string(saying.cseq) + ' ' + method, saying));
}

std::string ScriptedServer::echo(const Heard& answer, const std::string& transaction) {
  return "r|response|" + answer.id + "|OK|application|1|" + where + transaction +
         "|c1;from-tag=far||Msg sent:|\r\n" +
         message("SIP/2.0 " + std::to_string(answer.message.status) + ' ' + answer.message.reason,
                 far(), ours(), std::string{answer.message.headers["CSeq"]}, as(answer));
}

std::string ScriptedServer::sent(const Heard& request, const std::string& transaction,
                                 std::uint32_t cseq, bool program_was_called) {
  const std::string& method = request.message.method;
  const bool initial = request.tokens.at(2).empty() && method == "INVITE";
  Saying saying = as(request);
  saying.branch = "z9hG4bK-" + std::to_string(cseq);
  const std::string to = program_was_called ? far() : far(!initial);
  return "r|response|" + request.id + "|OK|application|1|" + where + transaction +
         "|Msg sent:|\r\n" +
         message(method + " sip:far@127.0.0.1:5070 SIP/2.0", ours(), to,
                 std::to_string(cseq) + ' ' + method, saying);
}

std::string ScriptedServer::refused(const Heard& frame, const std::string& why) {
  return "r|response|" + frame.id + "|NOK|" + why;
}

std::string in_call(const std::string& call_id, std::string frame) {
  for (const char* text : {"Call-ID: c1", "c1;from-tag"}) {
    const std::size_t at = frame.find(text);
    if (at != std::string::npos) frame.replace(frame.find("c1", at), 2, call_id);
  }
  return frame;
}

std::string created_by(const std::string& tag, std::string frame) {
  const std::size_t at = frame.find(";from-tag=") + 10;
  return frame.replace(at, frame.find('|', at) - at, tag);
}

}  // namespace drachtio::test
