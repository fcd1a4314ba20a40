// Requests tells whoever asked what comes, or once that nothing will come.
#include "agent/requests.hpp"

#include "catch.hpp"

#include <drachtio/error.hpp>

#include <string>
#include <vector>

using boost::system::error_code;
using drachtio::Errc;
using drachtio::SipMessage;
using drachtio::agent::Reply;
using drachtio::agent::Requests;

namespace {

Reply last_reply() { return {}; }

Reply one_of_several() {
  Reply reply;
  reply.more = true;
  return reply;
}

SipMessage response(int status) {
  SipMessage message;
  message.status = status;
  return message;
}

struct Asking {
  Requests requests;
  std::vector<std::string> told;

  void ask(const std::string& id, std::uint64_t connection) {
    requests.await_reply(id, connection, [this, id](const Reply& reply) {
      told.push_back(id + (reply.error ? ": " + reply.message.reason : ""));
    });
  }
  void begin(const std::string& id, std::uint64_t connection) {
    requests.begin(id, {connection,
                        [this, id](const SipMessage& message) {
                          told.push_back(id + ' ' + std::to_string(message.status));
                        },
                        [this, id](error_code /*error*/, const std::string& why) {
                          told.push_back(id + ": " + why);
                        }});
  }
};

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Asking, "A reply is told to who sent the frame, once") {
  ask("1", 7);
  ask("2", 7);
  requests.replied("2", last_reply());
  requests.replied("2", last_reply());
  requests.replied("3", last_reply());
  CHECK(told == Told{"2"});
  CHECK(requests.awaits_reply("1"));
  CHECK_FALSE(requests.awaits_reply("2"));
}

TEST_CASE_METHOD(Asking, "A frame with several replies waits for the last") {
  ask("1", 7);
  requests.replied("1", one_of_several());
  requests.replied("1", one_of_several());
  requests.replied("1", last_reply());
  requests.replied("1", last_reply());
  CHECK(told == Told{"1", "1", "1"});
}

TEST_CASE_METHOD(Asking, "Answers are told until the final one, but for 100") {
  begin("t", 7);
  for (const int status : {100, 180, 183, 200, 200}) requests.answered("t", response(status));
  requests.fail("t", Errc::dialog_over, "too late");
  CHECK(told == Told{"t 180", "t 183", "t 200"});
}

TEST_CASE_METHOD(Asking, "A request that fails has no answers any more") {
  begin("t", 7);
  requests.fail("t", Errc::dialog_over, "the dialog has ended");
  requests.answered("t", response(200));
  CHECK(told == Told{"t: the dialog has ended"});
}

TEST_CASE_METHOD(Asking, "What waits for a connection that is gone is told so, and nothing else") {
  ask("1", 7);
  begin("t", 7);
  ask("2", 8);
  begin("u", 8);
  CHECK(requests.wait_for(7));
  requests.closed(7);
  CHECK(told == Told{"1: the link to the server went down", "t: the link to the server went down"});
  CHECK_FALSE(requests.wait_for(7));
  CHECK(requests.wait_for(8));
  requests.answered("t", response(200));
  CHECK(told.size() == 2);
}

TEST_CASE_METHOD(Asking, "A handler that throws keeps no other from being told") {
  requests.await_reply("0", 7, [](const Reply&) { throw std::runtime_error{"a bug"}; });
  ask("1", 7);
  begin("t", 7);
  requests.closed(7);
  CHECK(told.size() == 2);
}

TEST_CASE_METHOD(Asking, "A handler may ask anew, and end what it is told of") {
  requests.begin("t", {7,
                       [this](const SipMessage&) {
                         begin("t", 8);  // another attempt
                         begin("u", 7);
                         told.emplace_back("first");
                       },
                       {}});
  requests.answered("t", response(180));
  requests.answered("t", response(200));
  requests.closed(7);
  CHECK(told == Told{"first", "t 200", "u: the link to the server went down"});
}
