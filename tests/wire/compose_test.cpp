// A client says what a drachtio-server expects, first line by first line (WIRE.md, client to
// server).
#include "wire/compose.hpp"

#include "catch.hpp"

#include <stdexcept>

using namespace drachtio;
using namespace drachtio::wire;

namespace {

const std::string options = "OPTIONS sip:placeholder SIP/2.0\r\nContent-Length: 0\r\n\r\n";

// Reads it as the server does, once it has an id.
Envelope read(const std::string& payload) { return parse_envelope(Sender::client, payload); }

}  // namespace

TEST_CASE("A client's frame: a login has its secret and its tags, and keeps the last bar") {
  CHECK(login("cymru", "a,b").text == "authenticate|cymru|a,b");
  CHECK(login("cymru", "").text == "authenticate|cymru|");
  CHECK(login("cymru", "").kind == Envelope::Kind::authenticate);
}

TEST_CASE("A client's frame: routes and pings are one line") {
  CHECK(route("invite").text == "route|invite");
  CHECK(ping().text == "ping");
}

TEST_CASE("A client's frame: a request out of dialog names neither transaction nor dialog") {
  CHECK(request(options, {}).text == "sip||\r\n" + options);
  CHECK(request(options, "sip:10.0.0.1;lr").text == "sip|||sip:10.0.0.1;lr\r\n" + options);
}

TEST_CASE("A client's frame: a request in a dialog names the dialog, an answer the transaction") {
  CHECK(request_in_dialog("1@a;from-tag=x", options).text == "sip||1@a;from-tag=x\r\n" + options);
  CHECK(answer("0db0a8e9", "SIP/2.0 200 OK\r\n\r\n").text ==
        "sip|0db0a8e9|\r\nSIP/2.0 200 OK\r\n\r\n");
  CHECK(cancel("0db0a8e9", options).text == "sip|0db0a8e9|\r\n" + options);
}

TEST_CASE("A client's frame: a proxied request has a token for each option, also where it is off") {
  const std::vector<std::string> one{"sip:a@10.0.0.1"};
  const ClientFrame plain = proxy({.transaction_id = "t1", .destinations = one}, options);
  CHECK(plain.first_line() == "proxy|t1||||serial|||sip:a@10.0.0.1");

  const std::vector<std::string> two{"sip:a@10.0.0.1", "sip:b@10.0.0.2"};
  const ClientFrame all = proxy({.transaction_id = "t1",
                                 .destinations = two,
                                 .remain_in_dialog = true,
                                 .full_response = true,
                                 .follow_redirects = true,
                                 .simultaneous = true,
                                 .provisional_timeout = std::chrono::milliseconds{2000},
                                 .final_timeout = std::chrono::milliseconds{30000}},
                                options);
  CHECK(all.first_line() ==
        "proxy|t1|remainInDialog|fullResponse|followRedirects|simultaneous|2000ms|30000ms|"
        "sip:a@10.0.0.1|sip:b@10.0.0.2");

  const std::string payload = "c1|" + all.text;
  const Envelope envelope = read(payload);
  CHECK(envelope.kind == all.kind);
  CHECK(envelope.proxied_transaction_id == "t1");
  CHECK(envelope.message == options);
}

TEST_CASE("A client's frame: a token with a bar or a line break would make another frame of it") {
  const std::vector<std::string> destinations{"sip:a@10.0.0.1|sip:b@10.0.0.2"};
  CHECK_THROWS_AS(request(options, "sip:a|b"), std::invalid_argument);
  CHECK_THROWS_AS(request_in_dialog("1@a;from-tag=x\r\n", options), std::invalid_argument);
  CHECK_THROWS_AS(answer("t|1", options), std::invalid_argument);
  CHECK_THROWS_AS(cancel("t\n1", options), std::invalid_argument);
  CHECK_THROWS_AS(proxy({.transaction_id = "t1", .destinations = destinations}, options),
                  std::invalid_argument);
}
