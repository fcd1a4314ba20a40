// From, To and Contact as peers write them (RFC 3261 19.1, 20.10, 20.20, 25.1; RFC 3966).
#include "catch.hpp"
#include "sip/message_text.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

sip::Address from(const std::string& value) {
  const std::string text = with("\"Ann\" <sip:ann@caller.example>;tag=f1", value);
  return parsed(text).from;
}
std::optional<HostPort> contact(const std::string& value) {
  const std::string text = with("<sip:ann@192.0.2.1:5062>", value);
  return parsed(text).contact;
}
using Text = std::optional<std::string>;

}  // namespace

TEST_CASE("RFC 3261 25.1: display names, quoted and not", "[sip]") {
  const auto [written, meant] = GENERATE(table<std::string, Text>(
      {{"\"Ann Lee\" ", "Ann Lee"},
       {"Ann Lee ", "Ann Lee"},
       {"Ann", "Ann"},
       {"\"Ann\"", "Ann"},
       {"", {}},
       {"\"\" ", {}},
       {"\"Lee, Ann\" ", "Lee, Ann"},
       {"\"a <b> c\" ", "a <b> c"},
       {"\"a;tag=no\" ", "a;tag=no"},
       {"\"say \\\"hi\\\" \\\\ bye\" ", "say \"hi\" \\ bye"},
       {"\"Jos\xC3\xA9 \xF0\x9F\x93\x9E\" ", "Jos\xC3\xA9 \xF0\x9F\x93\x9E"},
       {"\"Jos\xE9\" ", "Jos\xEF\xBF\xBD"}}));
  const auto address = from(written + "<sip:ann@caller.example>;tag=f1");
  CHECK(address.display == meant);
  CHECK(address.user == "ann");
  CHECK(address.tag == "f1");
}

TEST_CASE("RFC 3261 19.1: the user of a URI", "[sip]") {
  const auto [uri, user] = GENERATE(table<std::string, Text>(
      {{"<sip:ann@a.example>", "ann"},
       {"<SIP:ann@a.example>", "ann"},
       {"<sips:ann@a.example:5061;transport=tcp>", "ann"},
       {"<sip:ann:secret@[2001:db8::1]:5070>", "ann"},
       {"<sip:a.example>", {}},
       {"<sip:%61nn%20lee@a.example>", "%61nn%20lee"},  // as written
       {"<sip:a%00b:%20@a.example>", "a%00b"},
       {"<sip:50%@a.example>", "50%"},
       {"<sip:50%zz@a.example>", "50%zz"},  // a broken escape
       {"<sip:%4@a.example>", "%4"},
       {"<sip:100%%25@a.example>", "100%%25"},
       {"<sip:+1555;phone-context=x@a.example;user=phone>", "+1555;phone-context=x"},
       {"<sip:\xC3\xA9@a.example>", "\xC3\xA9"},
       {"<sip:ann@a.example?Subject=x%3By>", "ann"},
       {"<tel:+15551212>", "+15551212"},
       {"<urn:service:sos>", {}},
       {"<mailto:ann@a.example>", {}},
       {"<tel:5551212;phone-context=a.example>", "5551212"}}));
  CHECK(from(uri + ";tag=f1").user == user);
  CHECK(from(uri + ";tag=f1").tag == "f1");
}

TEST_CASE("RFC 3261 20: without angle brackets, parameters are the header's", "[sip]") {
  CHECK(from("sip:ann@a.example;tag=f1").tag == "f1");
  CHECK(from("tel:+15551212;tag=f1").tag == "f1");
  CHECK(from("tel:+15551212;tag=f1").user == "+15551212");
}

TEST_CASE("RFC 3261 19.3: tags", "[sip]") {
  CHECK(from("<sip:a@b> ; tag = f1").tag == "f1");
  CHECK(from("<sip:a@b>;x=\"tag=q;y\";TAG=f1").tag == "f1");
  CHECK(from("<sip:a@b>;tag=f1;tag=f2").tag == "f1");
  CHECK_FALSE(from("<sip:a@b>").tag);
  CHECK_FALSE(from("<sip:a@b>;tag").tag);
  CHECK_FALSE(from("<sip:a@b>;tag=").tag);
}

TEST_CASE("What is no address makes the message unreadable", "[sip]") {
  const auto* value = GENERATE("", "\"x\"", "<sip:a@b", "\"never closed <sip:a@b>", "<>", "*");
  CHECK_FALSE(refusal(with("\"Ann\" <sip:ann@caller.example>;tag=f1", value)).empty());
}

TEST_CASE("RFC 3261 19.1.2: a Contact's host and port, its transport's where it has none",
          "[sip]") {
  const auto [value, address] = GENERATE(table<std::string, std::optional<HostPort>>(
      {{"<sip:a@192.0.2.1:5070>", HostPort{"192.0.2.1", 5070}},
       {"<sip:a@192.0.2.1>", HostPort{"192.0.2.1", 5060}},
       {"<sips:a@h.example>", HostPort{"h.example", 5061}},
       {"<sips:a@h.example:5060>", HostPort{"h.example", 5060}},
       {"<sip:h.example;transport=tcp>", HostPort{"h.example", 5060}},
       {"<sip:h.example;transport=TLS>", HostPort{"h.example", 5061}},
       {"<sip:h.example;transport=tls;lr>", HostPort{"h.example", 5061}},
       {"<sip:h.example:5080;transport=tls>", HostPort{"h.example", 5080}},
       {"<sip:h.example;transport=ws>", HostPort{"h.example", 80}},
       {"<sip:h.example;transport=wss>", HostPort{"h.example", 443}},
       {"<sips:h.example;transport=ws>", HostPort{"h.example", 443}},
       {"<sip:h.example>;transport=tls", HostPort{"h.example", 5060}},  // not the URI's
       {"sip:a@h.example:5070;expires=3", HostPort{"h.example", 5070}},
       {"\"x, y\" <sip:a@h.example>;q=0.1, <sip:b@g.example>", HostPort{"h.example", 5060}},
       {"<sip:a@[2001:db8::1]:5070>", HostPort{"2001:db8::1", 5070}},
       {"<sip:a@[2001:db8::1]>", HostPort{"2001:db8::1", 5060}},
       {"<sip:a@h.example>;+sip.instance=\"<urn:uuid:1>\"", HostPort{"h.example", 5060}},
       {"<sip:a@h.example>\r\nContact: <sip:b@g.example>", HostPort{"h.example", 5060}},
       {"*", {}},
       {"", {}},
       {"<tel:+1>", {}}}));
  CHECK(contact(value) == address);
}
