// Ids of frames: UUIDs of version 4 (RFC 9562), each another.
#include "net/message_id.hpp"

#include "catch.hpp"

#include <regex>
#include <set>
#include <string>

using namespace drachtio;

namespace {

const std::regex uuid_4{"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"};

}  // namespace

TEST_CASE("RFC 9562 5.4: a message id is a UUID of version 4, in lower case") {
  net::MessageIds ids;
  CHECK(std::regex_match(net::message_id(), uuid_4));
  CHECK(std::regex_match(ids.next(), uuid_4));
}

TEST_CASE("Each message id is another, on one connection and on several") {
  net::MessageIds one;
  net::MessageIds other;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    seen.insert(one.next());
    seen.insert(other.next());
    seen.insert(net::message_id());
  }
  CHECK(seen.size() == 3000);
}
