// Traffic as a capture may show it: all of it but the secret.
#include "wire/redaction.hpp"

#include "catch.hpp"

#include <string>

using namespace drachtio::wire;

namespace {

constexpr std::string_view accepted = "s1|response|c1|OK|udp/127.0.0.1:5060|v0.9.4|";

std::string passed_in_pieces(Sender from, std::string_view bytes, std::size_t size) {
  Redaction redaction{from};
  std::string result;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    result += redaction.pass(bytes.substr(at, size));
  }
  return result;
}

}  // namespace

TEST_CASE("Redaction: a login's secret becomes as many asterisks", "[wire]") {
  CHECK(without_login("c1|authenticate|hush|") == "c1|authenticate|****|");
  CHECK(without_login("c1|authenticate|hush|a,b") == "c1|authenticate|****|a,b");
  CHECK(without_login("c1|authenticate|hu|sh|a") == "c1|authenticate|*****|a");
  CHECK(without_login("c1|authenticate|hush") == "c1|authenticate|****");
  CHECK(without_login("c1|authenticate|hu\r\nsh") == "c1|authenticate|******");
  CHECK(without_login("c1|authenticatehush") == "c1|authenticate****");
  for (const std::string other : {"c1|ping", "c1", "", "c1|route|authenticate", "authenticate|x"}) {
    CHECK(without_login(other) == other);
  }
}

TEST_CASE("Redaction: a client is the same however it was read, without its secret", "[wire]") {
  const std::string before = frame("c1|authenticate|hush|t") + frame("c2|route|invite");
  const std::string after = frame("c1|authenticate|****|t") + frame("c2|route|invite");
  for (std::size_t size = 1; size <= before.size(); ++size) {
    CHECK(passed_in_pieces(Sender::client, before, size) == after);
  }
  // What ends in the middle of a frame, or is none, may hold a secret too.
  CHECK(passed_in_pieces(Sender::client, before + "50#c3|authenticate|hush", 7) == after);
  CHECK(passed_in_pieces(Sender::client, before + "c3|authenticate|hush" + before, 7) == after);
}

TEST_CASE("Redaction: a server is passed on as it was read, once it is known as one", "[wire]") {
  const std::string bytes = frame(accepted) + "zz#no frame, and yet shown";
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    CHECK(passed_in_pieces(Sender::server, bytes, size) == bytes);
  }
  Redaction redaction{Sender::server};
  CHECK(redaction.pass(frame(accepted).substr(0, 9)).empty());
  CHECK(redaction.pass(frame(accepted).substr(9) + "12#s2|") == frame(accepted) + "12#s2|");
  CHECK(redaction.pass("sip") == "sip");
}

TEST_CASE("Redaction: of a client mistaken for the server nothing is shown", "[wire]") {
  const std::string login = frame("c1|authenticate|hush|") + frame(accepted);
  for (std::size_t size = 1; size <= login.size(); ++size) {
    CHECK(passed_in_pieces(Sender::server, login, size).empty());
  }
  CHECK(passed_in_pieces(Sender::server, "authenticate|hush|" + frame(accepted), 5).empty());
}
