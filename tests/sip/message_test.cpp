// SIP messages as they come: start lines, mandatory headers, forms of writing (RFC 3261 7, 8.1.1).
#include "sip/message.hpp"

#include "catch.hpp"
#include "sip/message_text.hpp"
#include "text/utf8.hpp"

#include <ctime>

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE("RFC 3261 7.1: a request", "[sip]") {
  const auto message = parsed(invite_text);
  CHECK(message.is_request());
  CHECK(message.status_class() == 0);
  CHECK(message.start_line == "INVITE sip:bob@callee.example SIP/2.0");
  CHECK(message.method == "INVITE");
  CHECK(message.call_id == "c1@caller.example");
  CHECK(message.cseq == 1);
  CHECK(message.branch == "z9hG4bK1");
  CHECK(message.from.tag == "f1");
  CHECK_FALSE(message.to.tag);
  CHECK(message.contact == HostPort{"192.0.2.1", 5062});
  CHECK_FALSE(message.rseq);
  CHECK(message.body == "v=0\r\ns=-\r\n");
}

TEST_CASE("RFC 3261 7.2: a response takes its method from CSeq", "[sip]") {
  const auto [line, status, phrase] = GENERATE(table<std::string, int, std::string>(
      {{"SIP/2.0 200 OK", 200, "OK"},
       {"SIP/2.0 183 Session Progress", 183, "Session Progress"},
       {"SIP/2.0 486 Besetzt \xC3\xA4", 486, "Besetzt \xC3\xA4"},
       {"SIP/2.0 503 ", 503, ""},
       {"SIP/2.0 503", 503, ""},  // not allowed, but sent
       {"SIP/2.0 699 x", 699, "x"}}));
  const std::string text = with("INVITE sip:bob@callee.example SIP/2.0", line);
  const auto message = parsed(text);
  CHECK_FALSE(message.is_request());
  CHECK(message.status == status);
  CHECK(message.status_class() == status / 100);
  CHECK(message.phrase == phrase);
  CHECK(message.method == "INVITE");
  CHECK(message.branch == "z9hG4bK1");
}

TEST_CASE("RFC 3261 7.1: what is no start line is refused", "[sip]") {
  const auto* line =
      GENERATE("", "x", "INVITE sip:bob@callee.example", "INVITE", "SIP/2.0 abc OK", "SIP/2.0 99 x",
               "SIP/2.0 000 x", "SIP/2.0 700 x", "SIP/2.0 1000 x", "SIP/2.0 -200 x",
               "SIP/2.0 99999999999 x", "INVITE <sip:a@b> SIP/2.0", "INVITE sip:a b@c SIP/2.0");
  CHECK_FALSE(refusal(with("INVITE sip:bob@callee.example SIP/2.0", line)).empty());
}

TEST_CASE("RFC 3261 8.1.1: what places a message in a dialog must be there", "[sip]") {
  CHECK(refusal(with("Call-ID: c1@caller.example\r\n", "")) == "no Call-ID");
  CHECK(refusal(with("CSeq: 1 INVITE\r\n", "")) == "no CSeq");
  CHECK(refusal(with("From: \"Ann\" <sip:ann@caller.example>;tag=f1\r\n", "")) == "no From");
  CHECK(refusal(with("To: <sip:bob@callee.example>\r\n", "")) == "no To");
  const std::string no_via = with("Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;rport\r\n", "");
  CHECK(parsed(no_via).branch.empty());
}

TEST_CASE("RFC 3261 7.3.1: headers that may stand once only are refused twice", "[sip]") {
  CHECK_FALSE(refusal(plus("Call-ID: c2")).empty());
  CHECK_FALSE(refusal(plus("From: <sip:x@x>;tag=x")).empty());
  CHECK_FALSE(refusal(plus("CSeq: 2 INVITE")).empty());
}

TEST_CASE("RFC 3261 7.3.1: of several values in one header the first counts", "[sip]") {
  const std::string folded =
      with("Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;rport",
           "Via: SIP/2.0/UDP a\r\n ;branch=first,\r\n\tSIP/2.0/TCP b;branch=second");
  CHECK(parsed(folded).branch == "first");
  const std::string quoted = with("Contact: <sip:ann@192.0.2.1:5062>",
                                  "m: \"b, <c>\" <sip:u@192.0.2.7:5080>, <sip:u@192.0.2.8>");
  CHECK(parsed(quoted).contact == HostPort{"192.0.2.7", 5080});
}

TEST_CASE("RFC 3261 8.1.1.5: CSeq is a 32-bit number", "[sip]") {
  const std::string most = with("CSeq: 1 INVITE", "CSeq: 4294967295 INVITE");
  CHECK(parsed(most).cseq == 4294967295);
  const std::string zeros = with("CSeq: 1 INVITE", "CSeq:   007   INVITE");
  CHECK(parsed(zeros).cseq == 7);
  for (const auto* bad :
       {"CSeq: 4294967296 INVITE", "CSeq: -1 INVITE", "CSeq: x INVITE", "CSeq: INVITE", "CSeq: 1",
        "CSeq:", "CSeq: 99999999999999999999 INVITE"}) {
    CHECK_FALSE(refusal(with("CSeq: 1 INVITE", bad)).empty());
  }
}

TEST_CASE("RFC 3261 7.3.3: compact header names", "[sip]") {
  const std::string text =
      "INVITE sip:bob@callee.example SIP/2.0\r\n"
      "v: SIP/2.0/UDP h;branch=top, SIP/2.0/UDP g;branch=low\r\n"
      "f: \"Ann\" <sip:ann@caller.example>;tag=f1\r\nt: <sip:bob@callee.example>;tag=t1\r\n"
      "i: c1@caller.example\r\nCSeq: 1 INVITE\r\nm: <sip:ann@192.0.2.1:5062>\r\nk: 100rel\r\n"
      "c: application/sdp\r\nl: 5\r\n\r\nv=0\r\ns=-\r\n";
  const auto message = parsed(text);
  CHECK(message.branch == "top");
  CHECK(message.from.tag == "f1");
  CHECK(message.to.tag == "t1");
  CHECK(message.call_id == "c1@caller.example");
  CHECK(message.contact == HostPort{"192.0.2.1", 5062});
  CHECK(message.body == "v=0\r\n");
  CHECK(message.sdp == Sdp{"v=0\r\n", "application/sdp"});
}

TEST_CASE("RFC 3261 7.3.1: names in any case, blanks before the colon", "[sip]") {
  std::string text = with("Via:", "VIA \t:");
  text = with("CSeq:", "cseq :", text);
  text = with("Call-ID:", "CALL-id:", text);
  text = with("Content-Length: ", "content-length :   ", text);
  const auto message = parsed(text);
  CHECK(message.branch == "z9hG4bK1");
  CHECK(message.cseq == 1);
  CHECK(message.call_id == "c1@caller.example");
  CHECK(message.body.size() == 10);
}

TEST_CASE("RFC 3261 7.3.1: folded headers are one line", "[sip]") {
  std::string text = with(";branch=z9hG4bK1;rport", "\r\n ;branch=z9hG4bK1\r\n\t;rport");
  text = with("\"Ann\" <", "\"Ann\r\n   Lee\"\r\n <", text);
  text = with("Content-Type: application/sdp", "Content-Type:\r\n application/sdp", text);
  text = with("Max-Forwards: 70\r\n",
              "Reason: SIP;cause=200\r\n ;text=\"ACK\r\n  timeout\"\r\n"
              "P-Asserted-Identity: \"Bo\r\n Bob\"\r\n <sip:1@x>\r\n",
              text);
  const auto message = parsed(text);
  CHECK(message.branch == "z9hG4bK1");
  CHECK(message.from.display == "Ann Lee");
  CHECK(message.from.tag == "f1");
  CHECK(message.reason.text == "ACK timeout");
  REQUIRE(message.asserted_identity);
  CHECK(message.asserted_identity->address.display == "Bo Bob");
  CHECK(message.asserted_identity->address.user == "1");
  CHECK(message.sdp == Sdp{"v=0\r\ns=-\r\n", "application/sdp"});
}

TEST_CASE("RFC 3261 20.42: the top Via is the first value of the first Via", "[sip]") {
  const std::string text = with("Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;rport",
                                "Via: SIP/2.0/UDP [2001:db8::1]:5070;received=1.2.3.4;branch=top"
                                ",SIP/2.0/TCP g;branch=low\r\nVia: SIP/2.0/TLS h;branch=lowest");
  CHECK(parsed(text).branch == "top");
  const std::string none = with(";branch=z9hG4bK1", "");
  CHECK(parsed(none).branch.empty());
}

TEST_CASE("Line ends may be LF, or mixed: line breaks may come before the start line", "[sip]") {
  std::string lf;
  for (const char c : with("Content-Length: 10", "Content-Length: 8")) {
    if (c != '\r') lf += c;
  }
  CHECK(parsed(lf).body == "v=0\ns=-\n");
  const std::string crlf_blank = with("\n\nv=", "\n\r\nv=", lf);
  CHECK(parsed(crlf_blank).body == "v=0\ns=-\n");
  const std::string lf_blank = with("\r\n\r\n", "\r\n\n");
  CHECK(parsed(lf_blank).body == "v=0\r\ns=-\r\n");
  const std::string kept_alive = "\r\n\r\n" + invite_text;  // RFC 3261 7.5
  CHECK(parsed(kept_alive).start_line == "INVITE sip:bob@callee.example SIP/2.0");
  CHECK(parsed(kept_alive).sdp == parsed(invite_text).sdp);
}

TEST_CASE("What the peers get wrong and servers pass on is read all the same", "[sip]") {
  const std::string rack = plus("RAck: 265288840 1 INVITE INVITE");
  CHECK(parsed(rack).cseq == 1);
  const std::string colonless = plus("this is no header");
  CHECK(parsed(colonless).call_id == "c1@caller.example");
  const std::string empty_headers =
      plus("Subject:\r\nAccept:\r\nAllow: INVITE,,ACK\r\nRoute: <sip:");
  CHECK(parsed(empty_headers).call_id == "c1@caller.example");
}

TEST_CASE("RFC 3262: RSeq, where it is a number", "[sip]") {
  const std::string good = plus("RSeq:  988789");
  CHECK(parsed(good).rseq == 988789);
  for (const auto* bad : {"RSeq: x", "RSeq: 4294967296", "RSeq:", "RSeq: -1"}) {
    const std::string text = plus(bad);
    CHECK_FALSE(parsed(text).rseq);
  }
}

TEST_CASE("RFC 3326: the text of the Reason header", "[sip]") {
  const auto [header, reason] = GENERATE(table<std::string, std::optional<std::string>>(
      {{"SIP;cause=200;text=\"ACK timeout\"", "ACK timeout"},
       {"SIP ; cause=200 ; text = \"a; b=\\\"c\\\", d\"", "a; b=\"c\", d"},
       {"SIP;cause=200;text=Plain", "Plain"},
       {"SIP;TEXT=\"up\";cause=1", "up"},
       {"SIP;x=\";text=no\";text=\"yes\"", "yes"},
       {"Q.850;cause=16, SIP;cause=200;text=\"second\"", "second"},
       {"Q.850;text=\"first\", SIP;text=\"second\"", "first"},
       {"Q.850;cause=16\r\nReason: SIP;text=\"next header\"", "next header"},
       {"SIP;text=\"\", Q.850;text=\"not empty\"", "not empty"},
       {"SIP;text=\"Jos\xC3\xA9\"", "Jos\xC3\xA9"},
       {"SIP;text=\"Jos\xE9\"", "Jos\xEF\xBF\xBD"},
       {"SIP;text=\"never closed", "never closed"},
       {"SIP;text=\"back\\", "back\\"},
       {"SIP;text=\"\"", std::nullopt},
       {"SIP;text=", std::nullopt},
       {"SIP;text", std::nullopt},
       {"SIP;mytext=\"no\"", std::nullopt},
       {"SIP;cause=200", std::nullopt},
       {"", std::nullopt}}));
  const std::string text = plus("Reason: " + header);
  CHECK(parsed(text).reason.text == reason);
}

TEST_CASE("NUL bytes: in a body they are text, in what libosip2 reads they are refused", "[sip]") {
  const std::string body = with("s=-", std::string_view{"s\0-", 3});
  CHECK(parsed(body).sdp->text == std::string{"v=0\r\ns\0-\r\n", 10});
  const std::string elsewhere = plus(std::string{"X-Y: a\0b", 8});
  CHECK(parsed(elsewhere).cseq == 1);
  CHECK_FALSE(refusal(with("c1@", std::string_view{"c\0@", 3})).empty());
  CHECK_FALSE(refusal(with("bob@", std::string_view{"b\0@", 3})).empty());
}

TEST_CASE("Every text of a message is UTF-8, whatever the peer sent", "[sip]") {
  std::string text = with("\"Ann\"", "\"\xFF\"");
  text = with("c1@", "\xE9@", text);
  text = with("tag=f1", "tag=\xE9", text);
  text = with("bob@callee", "b\xE9@callee", text);
  text = with("s=-", "s=\xE9", text);
  const auto message = parsed(text);
  for (const auto& part : {message.call_id, *message.from.tag, *message.from.display,
                           message.start_line, message.sdp->text}) {
    CHECK(text::is_utf8(part));
    CHECK(part.find("\xEF\xBF\xBD") != std::string::npos);
  }
  CHECK(message.body.find('\xE9') != std::string_view::npos);  // the bytes stay
}

TEST_CASE("No message takes long, however it is stuffed", "[sip]") {
  const auto many = [](std::string_view piece) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += piece;
    return text;
  };
  const std::string text = GENERATE_COPY(
      plus(many("X: y\r\n")), plus("Contact: " + many("<sip:a@b>,")),
      plus(many("Contact: <sip:a@b>\r\n")), with(";rport", many(";a=b")),
      with(";tag=f1", many(";a") + ";tag=f1"), plus("Reason: " + many(";")),
      plus("Reason: " + many("\"\\")), plus(many("Reason: SIP;text=\"x\"\r\n")),
      plus("P-Asserted-Identity: " + many("<sip:a@b>;x,")),
      plus(many("Remote-Party-ID: <sip:a@b>\r\n")), with("\"Ann\"", "\"" + many("\\\\") + "\""),
      with("ann@", many("%41") + "@"), with("Via: ", "Via: " + many("SIP/2.0/UDP h;branch=x,")),
      with("application/sdp", "multipart/mixed" + many(";")), plus("Subject: " + many("\r\n ")),
      plus("Subject: " + many("       ")));
  const std::clock_t begin = std::clock();
  refusal(text);
  CHECK((std::clock() - begin) / CLOCKS_PER_SEC < 3);  // where it is quadratic: minutes
}
