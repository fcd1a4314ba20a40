// drachtio-sim as a program: what it is told, and what it makes of what is none.
#include "catch.hpp"
#include "program.hpp"

using namespace drachtio::test;

TEST_CASE("drachtio-sim: an option that is none is said to be, and nothing is listened on") {
  const auto arguments = GENERATE(values<std::vector<std::string>>({{"--port", "99999"},
                                                                    {"--port", "x"},
                                                                    {"--talk", "-5"},
                                                                    {"--ack-timeout", "-1"},
                                                                    {"--forget-after", "-1"},
                                                                    {"--nonsense"}}));
  const Ran ran = run("drachtio-sim", arguments);
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err.find(arguments.front()) != std::string::npos);
  CHECK(ran.err.size() < 200);  // in words that are read
}

TEST_CASE("drachtio-sim: its help says what it is, and how its far ends behave") {
  const Ran ran = run("drachtio-sim", {"--help"});
  CHECK(ran.status == 0);
  CHECK(ran.out.find("A stand-in for a drachtio-server") != std::string::npos);
  CHECK(ran.out.find("Commands on standard input") != std::string::npos);
}
