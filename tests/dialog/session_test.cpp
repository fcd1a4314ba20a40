// Session data: RFC 7396 merge patches, by the test vectors of its appendix A and beyond.
#include "dialog/session.hpp"

#include "catch.hpp"
#include "dialog/sip_scenario.hpp"

using drachtio::dialog::merge_patch;

namespace {

std::string merged(std::string session, std::string_view patch) {
  merge_patch(session, patch);
  return session;
}

}  // namespace

TEST_CASE("RFC 7396 appendix A: merge patches of objects", "[dialog]") {
  CHECK(merged(R"({"a":"b"})", R"({"a":"c"})") == R"({"a":"c"})");
  CHECK(merged(R"({"a":"b"})", R"({"b":"c"})") == R"({"a":"b","b":"c"})");
  CHECK(merged(R"({"a":"b"})", R"({"a":null})") == R"({})");
  CHECK(merged(R"({"a":"b","b":"c"})", R"({"a":null})") == R"({"b":"c"})");
  CHECK(merged(R"({"a":["b"]})", R"({"a":"c"})") == R"({"a":"c"})");
  CHECK(merged(R"({"a":"c"})", R"({"a":["b"]})") == R"({"a":["b"]})");
  CHECK(merged(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})") == R"({"a":{"b":"d"}})");
  CHECK(merged(R"({"a":[{"b":"c"}]})", R"({"a":[1]})") == R"({"a":[1]})");
  CHECK(merged(R"({"e":null})", R"({"a":1})") == R"({"e":null,"a":1})");
  CHECK(merged(R"({})", R"({"a":{"bb":{"ccc":null}}})") == R"({"a":{"bb":{}}})");
  CHECK(merged(R"({"a":"foo"})", R"({"a":{"b":1}})") == R"({"a":{"b":1}})");
}

TEST_CASE("A patch that is no JSON object changes nothing", "[dialog]") {
  for (const std::string_view patch : {"", "null", "[1]", "\"x\"", "7", "{", "{\"a\":}", "{} {}"}) {
    CHECK(merged(R"({"a":1})", patch) == R"({"a":1})");
  }
}

TEST_CASE("Session patches are events of the dialog that say nothing of when it was heard",
          "[dialog]") {
  using namespace drachtio::test;
  Flow flow = established(drachtio::Role::uas);
  const auto heard = flow->last_heard;
  flow.patched(R"({"customer":"7","tries":1})").patched(R"({"tries":2,"note":null})");
  CHECK(flow->session == R"({"customer":"7","tries":2})");
  CHECK(flow->last_heard == heard);
  flow << bye(caller);
  CHECK(flow->session == R"({"customer":"7","tries":2})");
}
