// Messages, headers and addresses as a program reads them.
#include "catch.hpp"

#include <drachtio/sip_message.hpp>

using namespace drachtio;

TEST_CASE("RFC 3261 7.3.1, 7.3.3: names in any case, and compact ones", "[sip]") {
  Headers headers{{"f", "<sip:a@h>"}, {"X-Own", "1"}, {"x-own", "2"}};
  CHECK(headers["From"] == "<sip:a@h>");
  CHECK(headers["FROM"] == "<sip:a@h>");
  CHECK(headers.all("X-OWN") == std::vector<std::string_view>{"1", "2"});
  CHECK(headers["To"].empty());
  CHECK_FALSE(headers.has("t"));
  headers.set("from", "<sip:b@h>");
  CHECK(headers["F"] == "<sip:b@h>");
  headers.remove("x-own");
  CHECK_FALSE(headers.has("X-Own"));
  CHECK(Headers{{"x", "90"}}["Session-Expires"] == "90");
}

TEST_CASE("A request, a response, and what is neither", "[sip]") {
  const SipMessage request = parse_sip_message(
      "INVITE sip:bob@example.com SIP/2.0\r\nCSeq : 7 INVITE\r\nSubject: a\r\n folded line\r\n"
      "Content-Length: 3\r\n\r\nabcdef");
  CHECK(request.is_request());
  CHECK(request.method == "INVITE");
  CHECK(request.uri == "sip:bob@example.com");
  CHECK(request.cseq() == 7);
  CHECK(request.headers["Subject"] == "a folded line");
  CHECK(request.body == "abc");
  const SipMessage response = parse_sip_message("SIP/2.0 486 Busy Here\r\nCSeq: 1 INVITE\r\n\r\n");
  CHECK_FALSE(response.is_request());
  CHECK(response.status == 486);
  CHECK(response.reason == "Busy Here");
  CHECK(response.method == "INVITE");
  const SipMessage nothing = parse_sip_message("");
  CHECK(nothing.method.empty());
  CHECK(nothing.status == 0);
}

TEST_CASE("RFC 3261 19.1.1, 20.10: the parameters of an address, and of its URI", "[sip]") {
  const SipAddress contact = parse_address(
      "<sip:ann;isub=1@h.example;Transport=tcp;lr;x=a%3bb%zz?subject=a;b=c>; q=0.5 "
      ";+sip.instance=\"<urn:uuid:1;2,3>\";expires=60;tag=t, <sip:other@h>;q=1");
  CHECK(contact.uri_parameter("transport") == "tcp");
  CHECK(contact.uri_parameter("LR") == "");
  CHECK(contact.uri_parameter("x") == "a;b%zz");
  CHECK(contact.uri_parameter("isub") == std::nullopt);
  CHECK(contact.uri_parameter("b") == std::nullopt);
  CHECK(contact.uri_parameter("q") == std::nullopt);
  CHECK(contact.parameter("Q") == "0.5");
  CHECK(contact.parameter("+sip.instance") == "<urn:uuid:1;2,3>");
  CHECK(contact.parameter("expires") == "60");
  CHECK(contact.parameter("transport") == std::nullopt);
  CHECK(contact.tag == "t");
  const SipAddress bare = parse_address("sip:bob@h;transport=tcp;tag=y");
  CHECK(bare.uri_parameter("transport") == std::nullopt);  // of the header, without brackets
  CHECK(bare.parameter("transport") == "tcp");
  CHECK(bare.tag == "y");
  CHECK(parse_address("<tel:+1555;phone-context=x>").uri_parameter("phone-context") == "x");
  CHECK(parse_address("<sip:h>;unfinished=\"a;b").parameter("unfinished") == "a;b");
  CHECK(parse_address("<sip:h>;=;;").parameter("x") == std::nullopt);
}

TEST_CASE("RFC 3261 20.10: addresses", "[sip]") {
  const SipAddress full = parse_address(
      "\"Jack \\\"J\\\" Jones\" <sip:jack:pw@h.example:5070;transport=tcp>;tag=x1;a=b");
  CHECK(full.display == "Jack \"J\" Jones");
  CHECK(full.uri == "sip:jack:pw@h.example:5070;transport=tcp");
  CHECK(full.user == "jack");
  CHECK(full.host == "h.example");
  CHECK(full.port == 5070);
  CHECK(full.tag == "x1");
  const SipAddress bare = parse_address("sip:bob@h;tag=y");
  CHECK(bare.uri == "sip:bob@h");
  CHECK(bare.tag == "y");
  const SipAddress words =
      parse_address("Bob Smith <sip:bob@[2001:db8::1]:5080>, <sip:other@h>;tag=no");
  CHECK(words.display == "Bob Smith");
  CHECK(words.host == "2001:db8::1");
  CHECK(words.port == 5080);
  CHECK(words.tag.empty());
  CHECK(parse_address("<tel:+15550001;phone-context=x>").user == "+15550001");
  CHECK(parse_address("sip:h.example").user.empty());
  CHECK(parse_address("sip:h.example").host == "h.example");
  CHECK(parse_address("").uri.empty());
}
