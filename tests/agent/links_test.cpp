// Which link leads to a server, and whose a connection is.
#include "agent/links.hpp"

#include "catch.hpp"

using drachtio::agent::Link;
using drachtio::agent::Links;

TEST_CASE("A link is found by its id and by each of its connections") {
  Links links;
  Link& link = links.add("one");
  Link& other = links.add("two");
  CHECK(links.find(link.id) == &link);
  CHECK(links.find(99) == nullptr);
  CHECK(links.of_connection(link.connection) == &link);
  CHECK(links.of_connection(other.connection) == &other);
  CHECK(link.connection != other.connection);
}

TEST_CASE("A former connection is its link's until all that came over it has been told") {
  Links links;
  Link& link = links.add("one");
  const std::uint64_t former = link.connection;
  CHECK(links.is_told(link));
  links.reconnect(link);
  CHECK(link.connection != former);
  CHECK(links.of_connection(former) == &link);
  CHECK(links.of_connection(link.connection) == &link);
  CHECK_FALSE(links.is_told(link));
  links.forget_connection(former);
  CHECK(links.of_connection(former) == nullptr);
  CHECK(links.is_told(link));
}

TEST_CASE("A link leads to its server while it is up, and where the agent has dialled it") {
  Links links;
  CHECK(links.to("") == nullptr);
  Link& down = links.add("one");
  Link& up = links.add("two");
  up.up = true;
  Link& outbound = links.add("three");
  outbound.up = true;
  outbound.outbound = true;
  CHECK(links.to("") == &up);
  CHECK(links.to("two") == &up);
  CHECK(links.to("one") == nullptr);
  CHECK(links.to("three") == nullptr);
  CHECK(links.is_dialled("one"));
  CHECK_FALSE(links.is_dialled("three"));
  down.up = true;
  CHECK(links.to("one") == &down);
}

TEST_CASE("A link that is removed has no connection either") {
  Links links;
  Link& link = links.add("one");
  const std::uint64_t id = link.id;
  const std::uint64_t connection = link.connection;
  links.remove(id);
  CHECK(links.find(id) == nullptr);
  CHECK(links.of_connection(connection) == nullptr);
}
