// A message that is handed on keeps everything but its secrets, and those keep their length.
#include "report/secrets.hpp"

#include "catch.hpp"

using drachtio::report::without_secrets;

namespace {

std::string sip_text(const std::string& start_line, const std::string& headers,
                     const std::string& body = {}) {
  return start_line + "\r\n" + headers + "\r\n" + body;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("Secrets: of a digest answer, the response alone is masked (RFC 7616 3.4)") {
  const std::string name = GENERATE("Authorization", "Proxy-Authorization", "aUTHORIZATION ");
  const std::string text =
      sip_text("REGISTER sip:x SIP/2.0",
               name +
                   ": Digest username=\"ann\", realm=\"x\", nonce=\"n,1\", uri=\"sip:x\",\r\n"
                   " response=\"0123456789abcdef0123456789abcdef\", algorithm=MD5, cnonce=\"c\", "
                   "nc=00000001\r\n");
  const std::string masked = without_secrets(text);
  CHECK(masked.size() == text.size());
  CHECK_FALSE(has(masked, "0123456789abcdef"));
  for (const char* kept : {"username=\"ann\"", "nonce=\"n,1\"", "algorithm=MD5", "nc=00000001"}) {
    CHECK(has(masked, kept));
  }
}

TEST_CASE("Secrets: a digest answer is found however it is written") {
  const std::string answer =
      GENERATE("Digest response=5ecre7", "digest RESPONSE = \"5ecre7\"",
               "Digest a=b,response=\r\n\t\"5ecre7\"", "Digest username=\"a, response=\"5ecre7\"",
               "Digest username=\"a\" response=\"5ecre7\"", "Digest 5ecre7",
               "Digest unknown=\"5ecre7\"", "Basic 5ecre7", "Bearer 5ecre7",
               "Digest realm=\"x\\\", response=\"5ecre7\"", "Digest response=\"5ecre7");
  CAPTURE(answer);
  CHECK_FALSE(
      has(without_secrets(sip_text("INVITE sip:x SIP/2.0", "Authorization: " + answer + "\r\n")),
          "5ecre7"));
}

TEST_CASE("Secrets: the server's own answer is masked (RFC 7616 3.5)") {
  const std::string masked = without_secrets(
      sip_text("SIP/2.0 200 OK",
               "Authentication-Info: nextnonce=\"n\", rspauth=\"5ecre7\", nc=00000001\r\n"));
  CHECK(has(masked, "nextnonce=\"n\""));
  CHECK_FALSE(has(masked, "5ecre7"));
}

TEST_CASE("Secrets: keys in a session description are masked, and nothing else of it") {
  const std::string line =
      GENERATE("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:5ecre7/5ecre7|2^20|1:4",
               "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:5ecre7;inline:5ecre7 KDR=1",
               "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:5ecre7; inline:5ecre7",
               "A=Crypto:1 S INLINE:5ecre7", "a=crypto:1 S 5ecre7", "a=key-mgmt:mikey 5ecre7",
               "a=ice-pwd:5ecre7", "k=base64:5ecre7", "k=clear:5ecre7");
  const std::string end = GENERATE("\r\n", "\n", "\r");
  CAPTURE(line);
  const std::string before = "v=0" + end + "m=audio 1 RTP/SAVP 0" + end;
  const std::string after = end + "a=sendrecv" + end + "a=fingerprint:sha-256 AB" + end;
  const std::string masked = without_secrets(
      sip_text("INVITE sip:x SIP/2.0", "Content-Type: application/sdp\r\n", before + line + after));
  CHECK_FALSE(has(masked, "5ecre7"));
  CHECK(has(masked, before + line.substr(0, 2)));
  CHECK(masked.ends_with(after));
}

TEST_CASE("Secrets: the suite of a key is no secret") {
  CHECK(has(
      without_secrets(sip_text("INVITE sip:x SIP/2.0", "",
                               "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:5ecre7|2^20 KDR=1\r\n")),
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAA|2^20 KDR=1\r\n"));
}

TEST_CASE("Secrets: keys and credentials are found in the parts of a body") {
  const std::string masked = without_secrets(
      sip_text("INVITE sip:x SIP/2.0", "Content-Type: multipart/mixed;boundary=b\r\n",
               "--b\r\nContent-Type: application/sdp\r\n\r\na=crypto:1 S inline:5ecre7\r\n--b\r\n"
               "Content-Type: message/sipfrag\r\n\r\nINVITE sip:y SIP/2.0\r\n"
               "Authorization: Digest realm=\"x\",\r\n response=\"5ecre7\"\r\n--b--\r\n"));
  CHECK_FALSE(has(masked, "5ecre7"));
  CHECK(has(masked, "realm=\"x\""));
}

TEST_CASE("Secrets: what people write to one another is masked, its lines are not") {
  const std::string type = GENERATE("text/plain", "message/cpim", "multipart/mixed",
                                    "multipart/mixed;boundary=other", "");
  const std::string start = GENERATE("MESSAGE sip:x SIP/2.0", "SIP/2.0 200 OK");
  const std::string masked =
      without_secrets(sip_text(start, "CSeq: 3 MESSAGE\r\nContent-Type: " + type + "\r\n",
                               "5ecre7 one\r\n--5ecre7\r\n\r\n5ecre7"));
  CHECK_FALSE(has(masked, "5ecre7"));
  CHECK(masked.ends_with("**********\r\n********\r\n\r\n******"));
}

TEST_CASE("Secrets: what frames the parts of a written message stays") {
  const std::string masked =
      without_secrets(sip_text("MESSAGE sip:x SIP/2.0", "c: multipart/mixed; boundary=\"b 1\"\r\n",
                               "5ecre7\r\n--b 1\r\nContent-Type: text/plain\r\nSubject: "
                               "5ecre7\r\n\r\n5ecre7\r\n--b 15ecre7\r\n--b 1--\r\n"));
  CHECK_FALSE(has(masked, "5ecre7"));
  CHECK(has(masked, "--b 1\r\nContent-Type: text/plain\r\n"));
  CHECK(masked.ends_with("--b 1--\r\n"));
}

TEST_CASE("Secrets: digits that are dialled in a call are masked") {
  const auto& [method, type, body] = GENERATE(table<std::string, std::string, std::string>({
      {"INFO", "application/dtmf-relay", "Signal=7\r\nDuration=160\r\n"},
      {"INFO", "application/dtmf", "7"},
      {"INFO", "", "Signal= 7\r\n"},
      {"INFO", "application/vnd.nortelnetworks.digits", "p=Digit-Collection\r\nd=7\r\n"},
      {"INFO", "audio/telephone-event", "7"},
      {"INFO", "text/plain", "7"},
      {"INFO", "text/plain", "Signal: 7"},
      {"NOTIFY", "application/kpml-response+xml", "<kpml-response digits=\"7\"/>"},
  }));
  const std::string masked =
      without_secrets(sip_text(method + " sip:x SIP/2.0", "Content-Type: " + type + "\r\n", body));
  CHECK(masked.substr(masked.find("\r\n\r\n")).find('7') == std::string::npos);
}

TEST_CASE("Secrets: the package of an INFO tells that it carries digits (RFC 6086)") {
  CHECK_FALSE(has(without_secrets(sip_text("INFO sip:x SIP/2.0", "Info-Package: DTMF\r\n",
                                           "<key>5ecre7</key>")),
                  "5ecre7"));
}

TEST_CASE("Secrets: keys are found within other texts, and stay base64") {
  const std::string masked =
      without_secrets(sip_text("INVITE sip:x SIP/2.0", "Content-Type: application/json\r\n",
                               R"({"sdp":"v=0\r\na=crypto:1 S inline:5ecre7+/==|2^20\r\n"})"));
  CHECK(has(masked, R"(inline:AAAAAAAA==|2^20\r\n"})"));
}

TEST_CASE("Secrets: credentials that a URI carries are masked (RFC 3261 19.1.1)") {
  const std::string masked = without_secrets(
      sip_text("REFER sip:x SIP/2.0",
               "Refer-To: <sip:y@z?Authorization=Digest%20response%3D5ecre7&a=b>\r\n"));
  CHECK_FALSE(has(masked, "5ecre7"));
  CHECK(has(masked, "&a=b>"));
}

TEST_CASE("Secrets: an INFO that asks for a new picture is shown") {
  const std::string text =
      sip_text("INFO sip:x SIP/2.0", "Content-Type: application/media_control+xml\r\n",
               "<media_control><picture_fast_update/></media_control>");
  CHECK(without_secrets(text) == text);
}

TEST_CASE("Secrets: an encoded body is masked, as nobody can tell what it says") {
  CHECK(without_secrets(sip_text("INVITE sip:x SIP/2.0", "e: gzip\r\n", "abc\r\n"))
            .ends_with("\r\n\r\n***\r\n"));
  CHECK(without_secrets(sip_text("INVITE sip:x SIP/2.0", "Content-Encoding: identity\r\n", "abc"))
            .ends_with("abc"));
  CHECK_FALSE(
      has(without_secrets(sip_text("INVITE sip:x SIP/2.0", "",
                                   "--b\r\nContent-Transfer-Encoding: BASE64\r\n\r\n5ecre7")),
          "5ecre7"));
}
