// First lines of drachtio payloads, as a server and a client send them.
#include "wire/envelope.hpp"

#include "catch.hpp"
#include "wire/protocol_error.hpp"

#include <string>

using namespace drachtio;
using namespace drachtio::wire;
using Kind = Envelope::Kind;
using Outcome = Envelope::Outcome;

namespace {

Microseconds at(int hours, int minutes, int seconds, int micros) {
  return std::chrono::hours{hours} + std::chrono::minutes{minutes} + std::chrono::seconds{seconds} +
         Microseconds{micros};
}

std::optional<Fault> fault_of(Sender sender, const std::string& payload) {
  try {
    parse_envelope(sender, payload);
    return std::nullopt;
  } catch (const ProtocolError& error) {
    CHECK(error.offset() <= payload.size());
    return error.fault();
  }
}

}  // namespace

TEST_CASE("Envelope: a request from the network that starts a dialog", "[wire]") {
  const std::string payload =
      "6eb9c842|sip|network|528|udp|127.0.0.1|5070|18:39:47.687980|5f796e07||10.0.0.1|5090|\r\n"
      "INVITE sip:x SIP/2.0\r\n\r\n";
  const Envelope envelope = parse_envelope(Sender::server, payload);
  CHECK(envelope.kind == Kind::sip);
  CHECK(envelope.id == "6eb9c842");
  CHECK(envelope.transport.source == Source::network);
  CHECK(envelope.transport.protocol == "udp");
  CHECK(envelope.transport.address == "127.0.0.1");
  CHECK(envelope.transport.port == "5070");
  CHECK(envelope.transport.time_of_day == at(18, 39, 47, 687980));
  CHECK(envelope.transport.transaction_id == "5f796e07");
  CHECK(envelope.transport.dialog_id.empty());
  CHECK(envelope.transport.received_on_address == "10.0.0.1");
  CHECK(envelope.transport.received_on_port == "5090");
  CHECK(envelope.message == "INVITE sip:x SIP/2.0\r\n\r\n");
}

TEST_CASE("Envelope: a message in a dialog, its protocol empty as on ACKs", "[wire]") {
  const std::string payload =
      "a|sip|network|357||[2001:db8::1]|5070|23:59:59.9|tx|1-2@h;from-tag=t|\r\nACK";
  const Envelope envelope = parse_envelope(Sender::server, payload);
  CHECK(envelope.transport.protocol.empty());
  CHECK(envelope.transport.address == "[2001:db8::1]");
  CHECK(envelope.transport.time_of_day == at(23, 59, 59, 900000));
  CHECK(envelope.transport.dialog_id == "1-2@h;from-tag=t");
  CHECK(envelope.transport.received_on_address.empty());
  CHECK(envelope.message == "ACK");
}

TEST_CASE("Envelope: the server's own BYE", "[wire]") {
  const Envelope envelope = parse_envelope(
      Sender::server,
      "a|sip|application|345|udp|::1|5090|18:45:04.567058|unsolicited|d;from-tag=t|\r\nBYE");
  CHECK(envelope.transport.source == Source::application);
  CHECK(envelope.transport.transaction_id == "unsolicited");
  CHECK(envelope.transport.address == "::1");
}

TEST_CASE("Envelope: replies to what we sent, with a dialogId token and without", "[wire]") {
  const auto [tokens, dialog_id] = GENERATE(table<std::string, std::string>(
      {{"tx|call;from-tag=t||Msg sent:|", "call;from-tag=t"},  // to a response
       {"tx|||Msg sent:|", ""},                                // to the 200 for a BYE
       {"tx|Msg sent:|", ""}}));                               // to a request
  const std::string payload =
      "a|response|b|OK|application|303||127.0.0.1|5090|18:44:15.689847|" + tokens + "\r\nBYE sip:x";
  const Envelope envelope = parse_envelope(Sender::server, payload);
  CHECK(envelope.kind == Kind::reply);
  CHECK(envelope.outcome == Outcome::ok);
  CHECK(envelope.in_reply_to == "b");
  CHECK(envelope.transport.source == Source::application);
  CHECK(envelope.transport.transaction_id == "tx");
  CHECK(envelope.transport.dialog_id == dialog_id);
  CHECK_FALSE(envelope.proxy_progress);
  CHECK(envelope.message == "BYE sip:x");
}

TEST_CASE("Envelope: replies that show no message", "[wire]") {
  const auto [line, outcome, text] = GENERATE(table<std::string, Outcome, std::string>(
      {{"OK", Outcome::ok, ""},
       {"OK|done", Outcome::ok, "done"},
       {"OK|pong", Outcome::ok, "pong"},
       {"OK|tcp/127.0.0.1:5090,udp/[::1]:5090|v0.9.4|tcp/127.0.0.1:5090", Outcome::ok,
        "tcp/127.0.0.1:5090,udp/[::1]:5090|v0.9.4|tcp/127.0.0.1:5090"},
       {"NOK|Server error: a|b||c|", Outcome::nok, "Server error: a|b||c|"},
       {"NOK", Outcome::nok, ""},
       {"NO|incorrect secret", Outcome::no, "incorrect secret"}}));
  const std::string payload = "a|response|b|" + line;
  const Envelope envelope = parse_envelope(Sender::server, payload);
  CHECK(envelope.kind == Kind::reply);
  CHECK(envelope.in_reply_to == "b");
  CHECK(envelope.outcome == outcome);
  CHECK(envelope.reply_text == text);
  CHECK(envelope.message.empty());
}

TEST_CASE("Envelope: an answer a proxy passed on", "[wire]") {
  const Envelope envelope = parse_envelope(Sender::server,
                                           "a|response|b|OK|network|597|udp|127.0.0.1|5074|19:57:"
                                           "53.305342|||continue\r\nSIP/2.0 200 OK");
  CHECK(envelope.proxy_progress);
  CHECK(envelope.transport.source == Source::network);
  CHECK(envelope.transport.dialog_id.empty());
}

TEST_CASE("Envelope: call records", "[wire]") {
  const Envelope attempt =
      parse_envelope(Sender::server, "a|cdr:attempt|network|18:44:14.900000\r\nINVITE");
  CHECK(attempt.kind == Kind::cdr_attempt);
  CHECK(attempt.transport.source == Source::network);
  CHECK(attempt.transport.time_of_day == at(18, 44, 14, 900000));
  const Envelope start = parse_envelope(
      Sender::server, "a|cdr:start|application|18:44:14.979077|proxy-uas\r\nSIP/2.0");
  CHECK(start.kind == Kind::cdr_start);
  CHECK(start.call_record_token == "proxy-uas");
  const Envelope stop =
      parse_envelope(Sender::server, "a|cdr:stop|network|18:39:32.816370|normal-release\r\nBYE");
  CHECK(stop.kind == Kind::cdr_stop);
  CHECK(stop.call_record_token == "normal-release");
  CHECK(stop.message == "BYE");
}

TEST_CASE("Envelope: what a client sends: only proxy and authenticate are told apart", "[wire]") {
  const std::string proxy =
      "e8|proxy|0ba1|remainInDialog|fullResponse||serial|||sip:bob@h:5074\r\nINVITE sip:b SIP/2.0";
  const Envelope envelope = parse_envelope(Sender::client, proxy);
  CHECK(envelope.kind == Kind::proxy);
  CHECK(envelope.id == "e8");
  CHECK(envelope.proxied_transaction_id == "0ba1");
  CHECK(parse_envelope(Sender::client, "a|authenticate|s|cret|").kind == Kind::authenticate);
  for (const auto* other : {"a|route|invite", "a|remove_route|cdr:stop", "a|ping", "a|sip|tx|\r\nx",
                            "a|sip||\r\nINVITE", "a|sip|||<sip:h;lr>\r\nINVITE", "a|new verb"}) {
    CHECK(parse_envelope(Sender::client, other).kind == Kind::other);
  }
}

TEST_CASE("Envelope: a first line may end in LF alone", "[wire]") {
  const Envelope envelope =
      parse_envelope(Sender::server, "a|cdr:attempt|network|18:44:14.9\nINVITE\r\n");
  CHECK(envelope.transport.time_of_day == at(18, 44, 14, 900000));
  CHECK(envelope.message == "INVITE\r\n");
}

TEST_CASE("Envelope: a first line that ends too early is an error wherever it ends", "[wire]") {
  for (const std::string whole :
       {"a|sip|network|528|udp|127.0.0.1|5070|18:39:47.687980|tx",
        "a|response|b|OK|application|303|udp|127.0.0.1|5090|18:44:15.689847|tx|Msg sent:",
        "a|cdr:attempt|network|18:44:14.979077", "a|cdr:start|network|18:44:14.979077|uas",
        "a|cdr:stop|network|18:44:14.979077|normal-release"}) {
    CHECK_FALSE(fault_of(Sender::server, whole + "\r\nBYE"));
    for (std::size_t bar = whole.find('|'); bar != std::string::npos;
         bar = whole.find('|', bar + 1)) {
      CHECK(fault_of(Sender::server, whole.substr(0, bar) + "\r\nBYE") == Fault::missing_token);
    }
  }
  CHECK(fault_of(Sender::server, "") == Fault::missing_token);
  CHECK(fault_of(Sender::server, "\r\n") == Fault::missing_token);
  CHECK(fault_of(Sender::client, "a") == Fault::missing_token);
  CHECK(fault_of(Sender::client, "a|proxy") == Fault::missing_token);
}

TEST_CASE("Envelope: words that are none of the protocol's", "[wire]") {
  CHECK(fault_of(Sender::server, "a|SIP|network") == Fault::unknown_word);
  CHECK(fault_of(Sender::server, "a||network") == Fault::unknown_word);
  CHECK(fault_of(Sender::server, "a|cdr:pause|network|18:44:14.9|x\r\n") == Fault::unknown_word);
  CHECK(fault_of(Sender::server, "a|response|b|MAYBE") == Fault::bad_token);
  CHECK(fault_of(Sender::server, "a|sip|nowhere|1|udp|h|1|00:00:00.0|t|d|\r\n") ==
        Fault::bad_token);
  CHECK(fault_of(Sender::server, "a|cdr:attempt||18:44:14.9\r\n") == Fault::bad_token);
}

TEST_CASE("Envelope: times of day", "[wire]") {
  const auto time = [](const std::string& token) {
    const std::string payload = "a|cdr:attempt|network|" + token + "\r\nINVITE";
    return parse_envelope(Sender::server, payload).transport.time_of_day;
  };
  CHECK(time("00:00:00.000000") == Microseconds{0});
  CHECK(time("23:59:59.999999") == at(23, 59, 59, 999999));
  CHECK(time("23:59:60.5") == at(23, 59, 60, 500000));  // a leap second
  CHECK(time("12:34:56") == at(12, 34, 56, 0));
  CHECK(time("12:34:56.1234567890123456789") == at(12, 34, 56, 123456));
  for (const auto* bad : {"", "1", "12:34", "24:00:00.0", "12:60:00.0", "12:34:61.0", "12:34:56.",
                          "12:34:56.x", "12:34:56,5", "1:34:56.0", "12-34-56.0", "-1:34:56.0",
                          "12:34:5x.0", " 12:34:56.0", "12:34:56.0Z"}) {
    CHECK_THROWS_AS(time(bad), ProtocolError);
  }
}

TEST_CASE("Envelope: an error shows the offset of the token", "[wire]") {
  try {
    parse_envelope(Sender::server, "abc|cdr:start|network|noon|uas\r\n");
    FAIL("no error");
  } catch (const ProtocolError& error) {
    CHECK(error.fault() == Fault::bad_token);
    CHECK(error.offset() == 22);
    CHECK(std::string{error.what()}.find("noon") != std::string::npos);
  }
}
