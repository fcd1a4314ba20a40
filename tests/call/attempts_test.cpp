// One request takes several attempts: after challenges (RFC 3261 22.2, RFC 7616) and redirections
// (RFC 3261 8.1.3.4).
#include "call/attempts.hpp"

#include "catch.hpp"

#include <string>

using namespace drachtio;
using call::Attempts;

namespace {

const Attempts::Asked invite{.method = "INVITE",
                             .uri = "sip:b@10.0.0.2",
                             .headers = {{"Subject", "hello"}},
                             .credentials = {.username = "ann", .password = "secret"},
                             .follow_redirects = true};

SipMessage answer(int status, const Headers& headers = {}) {
  SipMessage message;
  message.status = status;
  message.headers = headers;
  return message;
}

SipMessage challenge(const std::string& nonce, const std::string& more = {}) {
  return answer(
      401, {{"WWW-Authenticate", R"(Digest realm="r", qop="auth", nonce=")" + nonce + '"' + more}});
}

SipMessage redirection(const std::string& target) {
  return answer(302, {{"Contact", '<' + target + '>'}});
}

SipMessage sent(std::uint32_t cseq) {
  SipMessage message;
  message.method = "INVITE";
  message.headers = {{"Call-ID", "1@a"},
                     {"From", "<sip:ann@a>;tag=x"},
                     {"CSeq", std::to_string(cseq) + " INVITE"}};
  return message;
}

// Answers with the same client nonce each time.
bool goes_on(Attempts& attempts, const SipMessage& message, call::NonceCounts& counts) {
  return attempts.asks_for_another(message, counts, [] { return std::string{"c"}; });
}
bool goes_on(Attempts& attempts, const SipMessage& message) {
  call::NonceCounts counts;
  return goes_on(attempts, message, counts);
}

bool holds(std::string_view text, const std::string& what) {
  return text.find(what) != std::string_view::npos;
}

}  // namespace

TEST_CASE("Attempts: the first has what the program asked for") {
  const Attempts attempts{invite};
  CHECK(attempts.uri() == "sip:b@10.0.0.2");
  CHECK(attempts.headers() == Headers{{"Subject", "hello"}});
}

TEST_CASE(
    "RFC 3261 22.2: a challenged request is tried again, in the same call, with the next CSeq") {
  Attempts attempts{invite};
  attempts.sent(sent(7));
  REQUIRE(goes_on(attempts, challenge("n1")));
  const Headers headers = attempts.headers();
  CHECK(headers["Call-ID"] == "1@a");
  CHECK(headers["From"] == "<sip:ann@a>;tag=x");
  CHECK(headers["CSeq"] == "8 INVITE");
  CHECK(headers["Subject"] == "hello");
  CHECK(holds(headers["Authorization"], "username=\"ann\""));
  CHECK(holds(headers["Authorization"], "nonce=\"n1\""));
  CHECK(holds(headers["Authorization"], "cnonce=\"c\""));
}

TEST_CASE("RFC 3261 22.2: an answer that was refused is not given again, but for a stale nonce") {
  Attempts attempts{invite};
  REQUIRE(goes_on(attempts, challenge("n1")));
  SECTION("refused") { CHECK_FALSE(goes_on(attempts, challenge("n2"))); }
  SECTION("stale") {
    CHECK(goes_on(attempts, challenge("n2", ", stale=true")));
    CHECK(holds(attempts.headers()["Authorization"], "nonce=\"n2\""));
  }
  SECTION("of a proxy besides") {
    SipMessage by_proxy = challenge("p1");
    by_proxy.status = 407;
    by_proxy.headers = {{"Proxy-Authenticate", R"(Digest realm="p", nonce="p1")"}};
    REQUIRE(goes_on(attempts, by_proxy));
    CHECK(holds(attempts.headers()["Authorization"], "nonce=\"n1\""));
    CHECK(holds(attempts.headers()["Proxy-Authorization"], "nonce=\"p1\""));
  }
}

TEST_CASE("RFC 7616 3.4: a nonce is counted by all requests of a call") {
  call::NonceCounts counts;
  Attempts first{invite};
  Attempts second{invite};
  REQUIRE(goes_on(first, challenge("n1"), counts));
  REQUIRE(goes_on(second, challenge("n1"), counts));
  CHECK(holds(first.headers()["Authorization"], "nc=00000001"));
  CHECK(holds(second.headers()["Authorization"], "nc=00000002"));
}

TEST_CASE("RFC 3261 8.1.3.4: a redirection is followed to its first contact, without credentials") {
  Attempts attempts{invite};
  REQUIRE(goes_on(attempts, challenge("n1")));
  REQUIRE(goes_on(attempts, redirection("sip:c@10.0.0.3")));
  CHECK(attempts.uri() == "sip:c@10.0.0.3");
  CHECK_FALSE(attempts.headers().has("Authorization"));
}

TEST_CASE("RFC 3261 8.1.3.4: redirections that are not followed") {
  Attempts attempts{invite};
  SECTION("to what is no SIP URI") { CHECK_FALSE(goes_on(attempts, redirection("tel:+15550100"))); }
  SECTION("to nowhere") { CHECK_FALSE(goes_on(attempts, answer(302))); }
  SECTION("a sixth") {
    for (int i = 0; i < 5; ++i) CHECK(goes_on(attempts, redirection("sip:c@10.0.0.3")));
    CHECK_FALSE(goes_on(attempts, redirection("sip:c@10.0.0.3")));
  }
  SECTION("where the program did not ask for that") {
    Attempts::Asked asked = invite;
    asked.follow_redirects = false;
    Attempts plain{asked};
    CHECK_FALSE(goes_on(plain, redirection("sip:c@10.0.0.3")));
  }
}

TEST_CASE("Any other final answer stands") {
  for (const int status : {200, 404, 407, 486, 500, 603}) {
    CAPTURE(status);
    Attempts attempts{invite};
    CHECK_FALSE(goes_on(attempts, answer(status, {{"Contact", "<sip:c@10.0.0.3>"}})));
  }
  Attempts::Asked asked = invite;
  asked.credentials = {};
  Attempts stranger{asked};
  CHECK_FALSE(goes_on(stranger, challenge("n1")));
}
