// These tests say which other calls a message names.
#include "report/named_calls.hpp"

#include "catch.hpp"

using drachtio::report::calls_named_by;
using drachtio::report::NamedCall;
using Calls = std::vector<NamedCall>;

namespace {

Calls named_in(const std::string& headers) {
  return calls_named_by("INVITE sip:bob@example.com SIP/2.0\r\nCall-ID: own@x\r\n" + headers +
                        "\r\nX-Call-ID: in-the-body\r\n");
}

}  // namespace

TEST_CASE("Named calls: X-Call-ID names one, in any spelling of its name") {
  CHECK(named_in("X-Call-ID: other@x\r\n") == Calls{{"other@x", "X-Call-ID"}});
  CHECK(named_in("x-call-id :  other@x \r\n") == Calls{{"other@x", "X-Call-ID"}});
  CHECK(named_in("X-CID: other@x\r\n") == Calls{{"other@x", "X-CID"}});
}

TEST_CASE("Named calls: Replaces names one before its tags (RFC 3891)") {
  CHECK(named_in("Replaces: other@x;to-tag=a;from-tag=b\r\n") == Calls{{"other@x", "Replaces"}});
}

TEST_CASE("Named calls: a Refer-To may carry an escaped Replaces (RFC 3515, RFC 3891)") {
  CHECK(named_in("Refer-To: <sip:c@x?Replaces=other%40x%3Bto-tag%3Da%3Bfrom-tag%3Db>\r\n") ==
        Calls{{"other@x", "Refer-To"}});
  CHECK(named_in("r: <sip:c@x?Subject=hi&replaces=other%40x&Priority=urgent>\r\n") ==
        Calls{{"other@x", "Refer-To"}});
  CHECK(named_in("Refer-To: <sip:c@x>\r\n").empty());
}

TEST_CASE("Named calls: neither the own Call-ID nor a body names one, nor does nonsense") {
  CHECK(named_in("").empty());
  CHECK(named_in("X-Call-ID:\r\nReplaces: ;to-tag=a\r\nRefer-To: <sip:c@x?Replaces=>\r\n").empty());
  CHECK(calls_named_by("").empty());
}
