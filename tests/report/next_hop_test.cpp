// These tests say where a request goes.
#include "report/next_hop.hpp"

#include "catch.hpp"

using drachtio::report::next_hop;

TEST_CASE("Next hop: the Request-URI's host and port, where there is no Route") {
  CHECK(next_hop("INVITE sip:bob@10.0.0.1:5071 SIP/2.0\r\n\r\n") == "10.0.0.1:5071");
  CHECK(next_hop("BYE sip:10.0.0.1;transport=tcp SIP/2.0\r\n\r\n") == "10.0.0.1:5060");
  CHECK(next_hop("BYE sips:bob@example.com SIP/2.0\r\n\r\n") == "example.com:5061");
  CHECK(next_hop("BYE sip:a;b?c@[2001:db8::1]:5062;lr SIP/2.0\r\n\r\n") == "[2001:db8::1]:5062");
  CHECK(next_hop("BYE sip:[2001:db8::1] SIP/2.0\r\n\r\n") == "[2001:db8::1]:5060");
}

TEST_CASE("Next hop: the topmost Route goes over the Request-URI (RFC 3261 8.1.2)") {
  CHECK(next_hop("BYE sip:bob@10.0.0.1:5071 SIP/2.0\r\n"
                 "Route: \"Proxy\" <sip:10.0.0.9:5080;lr>, <sip:10.0.0.8;lr>\r\n\r\n") ==
        "10.0.0.9:5080");
}

TEST_CASE("Next hop: what has no SIP URI goes nowhere that is known") {
  CHECK(next_hop("").empty());
  CHECK(next_hop("INVITE tel:+4930 SIP/2.0\r\n\r\n").empty());
  CHECK(next_hop("INVITE sip: SIP/2.0\r\n\r\n").empty());
  CHECK(next_hop("INVITE").empty());
  CHECK(next_hop("INVITE sip:bob@ SIP/2.0\r\n\r\n").empty());
}
