// Which reliable answer a PRACK belongs to.
#include "call/awaited_pracks.hpp"

#include "catch.hpp"

#include <string>

using namespace drachtio;
using call::AwaitedPracks;
using call::HandlerId;

namespace {

SipMessage numbered(int rseq) {
  SipMessage answer;
  answer.status = 183;
  answer.headers.add("RSeq", std::to_string(rseq));
  return answer;
}

SipMessage prack_to(const std::string& rack) {
  SipMessage prack;
  prack.method = "PRACK";
  if (!rack.empty()) prack.headers.add("RAck", rack);
  return prack;
}

}  // namespace

TEST_CASE("RFC 3262 7.2: a PRACK belongs to the reliable answer that its RAck names") {
  AwaitedPracks pracks;
  pracks.add(1, 10);
  pracks.sent(1, numbered(77));
  pracks.add(2, 20);
  pracks.sent(2, numbered(78));
  CHECK(pracks.came(prack_to("79 1 INVITE")) == std::nullopt);
  CHECK(pracks.came(prack_to("78 1 INVITE")) == HandlerId{20});
  CHECK(pracks.came(prack_to("77 1 INVITE")) == HandlerId{10});
  CHECK(pracks.came(prack_to("77 1 INVITE")) == std::nullopt);
  CHECK(pracks.empty());
}

TEST_CASE("A PRACK whose answer cannot be told belongs to the one given first") {
  AwaitedPracks pracks;
  pracks.add(1, 10);
  pracks.add(2, 20);
  const std::string rack = GENERATE("", "rubbish", "77 1 INVITE");
  CHECK(pracks.came(prack_to(rack)) == HandlerId{10});
  CHECK(pracks.came(prack_to(rack)) == HandlerId{20});
}

TEST_CASE("A PRACK that comes after it was given up belongs to no other answer") {
  AwaitedPracks pracks;
  pracks.add(1, 10);
  const bool is_sent_late = GENERATE(true, false);
  if (!is_sent_late) pracks.sent(1, numbered(77));
  CHECK(pracks.give_up() == std::vector<HandlerId>{10});
  if (is_sent_late) pracks.sent(1, numbered(77));
  pracks.add(2, 20);
  pracks.sent(2, numbered(77));  // the server shows the first, which the second waits for
  CHECK(pracks.came(prack_to("77 1 INVITE")) == std::nullopt);
  CHECK(pracks.came(prack_to("78 1 INVITE")) == HandlerId{20});
}

TEST_CASE("An answer that is not sent has no PRACK") {
  AwaitedPracks pracks;
  pracks.add(1, 10);
  CHECK(pracks.contains(1));
  CHECK(pracks.not_sent(1));
  CHECK_FALSE(pracks.not_sent(1));
  CHECK_FALSE(pracks.contains(1));
  CHECK(pracks.came(prack_to("")) == std::nullopt);
}
