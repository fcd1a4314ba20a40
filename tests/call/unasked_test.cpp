// A program is not asked about all requests (RFC 3261 8.2, 12.2.2, 21.5.2).
#include "call/unasked.hpp"

#include "catch.hpp"

#include <string>

using namespace drachtio;
using call::RequestFacts;

namespace {

struct RequestRow {
  std::string rule;
  RequestFacts request;
  std::optional<int> refusal;
};

}  // namespace

TEST_CASE("Requests that are refused without the program") {
  const RequestRow row = GENERATE(values<RequestRow>({
      {"a call is the program's", {.method = "INVITE", .has_dialog = true}, {}},
      {"RFC 3261 8.2.2.2: another branch of a call that is here is a loop, or a fork that met "
       "again",
       {.method = "INVITE", .has_dialog = true, .another_branch = true},
       482},
      {"an INVITE that cannot be read makes no dialog", {.method = "INVITE"}, 400},
      {"a program that takes no new calls says so",
       {.method = "INVITE", .has_dialog = true, .accepts_calls = false},
       503},
      {"... and takes part in those that it has",
       {.method = "INVITE", .in_a_dialog = true, .has_dialog = true, .accepts_calls = false},
       {}},
      {"RFC 3261 12.2.2: a request in a dialog that is not here",
       {.method = "BYE", .in_a_dialog = true, .has_handler = true},
       481},
      {"... also where the program has a handler, if it belongs to a call",
       {.method = "INFO", .in_a_dialog = true, .has_handler = true},
       481},
      {"RFC 6665: a subscription's dialog is the program's own affair",
       {.method = "NOTIFY", .in_a_dialog = true, .has_handler = true},
       {}},
      {"... unless it has no handler", {.method = "NOTIFY", .in_a_dialog = true}, 481},
      {"a request out of dialog is its handler's", {.method = "OPTIONS", .has_handler = true}, {}},
      {"... or has none, which is not decided here", {.method = "REGISTER"}, {}},
  }));
  CAPTURE(row.rule);
  CHECK(refusal_unasked(row.request) == row.refusal);
}

TEST_CASE("A request in a call to which nobody listens is granted, if it is a known one") {
  for (const char* method : {"UPDATE", "INFO", "MESSAGE", "NOTIFY", "OPTIONS", "REFER"}) {
    CAPTURE(method);
    CHECK(call::answer_unasked(method) == 200);
  }
  for (const char* method : {"PUBLISH", "SUBSCRIBE", "info"}) {
    CAPTURE(method);
    CHECK(call::answer_unasked(method) == 501);
  }
}
