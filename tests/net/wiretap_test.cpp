// A relayed connection is recorded, but for its login.
#include "net/wiretap.hpp"

#include "catch.hpp"
#include "contains.hpp"

using namespace drachtio;
using test::contains;
using wire::Sender;

namespace {

constexpr std::string_view login_reply = "s1|response|c1|OK|udp/127.0.0.1:5060|v0.9.4|";
const std::string login = "c1|authenticate|hush|";

struct Heard {
  Instant now;
  std::vector<record::Frame> frames;
  std::vector<std::string> missed;
  std::vector<Instant> missed_since;
  net::Wiretap wiretap{"pbx",
                       7,
                       {[this](std::span<record::Frame> found) {
                          std::ranges::move(found, std::back_inserter(frames));
                        },
                        [this](const std::string& why, Instant since) {
                          missed.push_back(why);
                          missed_since.push_back(since);
                        }}};

  void say(Sender from, std::string_view bytes) { wiretap.bytes(from, bytes, now); }
  void frame(Sender from, std::string_view payload) { say(from, wire::frame(payload)); }

  bool holds_secret() const {
    for (const auto& frame : frames) {
      if (frame.payload.bytes().find("hush") != std::string::npos) return true;
    }
    for (const auto& why : missed) {
      if (why.find("hush") != std::string::npos) return true;
    }
    return false;
  }
};

}  // namespace

TEST_CASE("All of the server's frames are recorded, of the program's the proxies' first lines",
          "[net]") {
  Heard heard;
  heard.frame(Sender::client, login);
  heard.frame(Sender::server, login_reply);
  heard.frame(Sender::client, "c2|route|invite");
  heard.frame(Sender::client, "c3|proxy|tx1|remainInDialog||||\r\nINVITE sip:b SIP/2.0\r\n\r\n");
  heard.frame(Sender::server, "s2|response|c3|OK|done");
  heard.frame(Sender::client, "c4|sip|tx1|\r\nSIP/2.0 200 OK\r\n\r\n");
  REQUIRE(heard.frames.size() == 3);
  CHECK(heard.frames[0].payload.bytes() == login_reply);
  CHECK(heard.frames[0].server == "pbx");
  CHECK(heard.frames[0].connection == 7);
  CHECK(heard.frames[1].payload.bytes() == "c3|proxy|tx1|remainInDialog||||\r");
  CHECK(heard.frames[1].from == Sender::client);
  CHECK(heard.frames[2].payload.bytes() == "s2|response|c3|OK|done");
  CHECK(heard.missed.empty());
}

TEST_CASE("The frames are the same however the bytes are cut", "[net]") {
  Heard whole;
  Heard cut;
  const std::string bytes = wire::frame(login_reply) + wire::frame("s2|response|c2|OK");
  whole.say(Sender::server, bytes);
  for (const char c : bytes) cut.say(Sender::server, {&c, 1});
  REQUIRE(cut.frames.size() == 2);
  CHECK(cut.frames[1].payload.bytes() == whole.frames[1].payload.bytes());
}

TEST_CASE("A login from the server's side is not recorded, nor anything after it", "[net]") {
  Heard heard;
  heard.frame(Sender::server, login);
  heard.frame(Sender::server, login);
  heard.frame(Sender::client, login_reply);
  CHECK(heard.frames.empty());
  REQUIRE(heard.missed.size() == 1);
  CHECK_THAT(heard.missed[0], contains("mistaken"));
  CHECK_FALSE(heard.holds_secret());
}

TEST_CASE("Bytes that are no frames end the recording of that side with one warning", "[net]") {
  Heard heard;
  heard.frame(Sender::server, login_reply);
  heard.say(Sender::server, "no frame at all");
  heard.say(Sender::server, "more of it");
  REQUIRE(heard.missed.size() == 1);
  CHECK_THAT(heard.missed[0], contains("at byte ") && contains("no frame at all"));
  heard.frame(Sender::client, "c3|proxy|tx1|||||");
  CHECK(heard.frames.size() == 2);
}

TEST_CASE("What a broken server's side goes on to send is missing until it ends, and told as that",
          "[net]") {
  Heard heard;
  heard.frame(Sender::server, login_reply);
  heard.now = to_instant(1'000'000);
  heard.say(Sender::server, "zz#bad");
  heard.now = to_instant(9'000'000);
  heard.frame(Sender::server, "s2|response|c2|OK");
  REQUIRE(heard.missed.size() == 1);
  CHECK_THAT(heard.missed[0],
             contains("nothing more of this connection is recorded until it closes"));
  heard.wiretap.ended(Sender::client);
  CHECK(heard.missed.size() == 1);
  heard.wiretap.ended(Sender::server);
  heard.wiretap.ended(Sender::server);
  REQUIRE(heard.missed.size() == 2);
  CHECK_THAT(heard.missed[1],
             contains("nothing more of this connection was recorded until it closed"));
  CHECK(heard.missed_since[0] == to_instant(1'000'000));
  CHECK(heard.missed_since[1] == to_instant(1'000'000));
  CHECK(heard.frames.size() == 1);
}

TEST_CASE("Of a broken program's side only the proxying is missing until it ends", "[net]") {
  Heard heard;
  heard.frame(Sender::server, login_reply);
  heard.say(Sender::client, "zz#bad");
  heard.frame(Sender::server, "s2|response|c2|OK");
  CHECK(heard.frames.size() == 2);
  heard.wiretap.ended(Sender::client);
  REQUIRE(heard.missed.size() == 2);
  for (const auto& why : heard.missed) CHECK_THAT(why, contains("proxying"));
}

TEST_CASE("No excerpt of what a program sent is shown", "[net]") {
  Heard heard;
  heard.frame(Sender::server, login_reply);
  heard.say(Sender::client, "4#c1|ahush|authenticate|hush");
  REQUIRE(heard.missed.size() == 1);
  CHECK_THAT(heard.missed[0], contains("at byte 6"));
  CHECK_FALSE(heard.holds_secret());
}

TEST_CASE("No excerpt is shown of a server that has not spoken as one", "[net]") {
  Heard heard;
  heard.say(Sender::server, "hush, said the echo");
  REQUIRE(heard.missed.size() == 1);
  CHECK_FALSE(heard.holds_secret());
}

TEST_CASE("A connection that ends in the middle of the server's frame is missed something",
          "[net]") {
  Heard heard;
  heard.frame(Sender::server, login_reply);
  heard.say(Sender::server, "100#half");
  heard.wiretap.ended(Sender::server);
  heard.wiretap.ended(Sender::server);
  REQUIRE(heard.missed.size() == 1);
  CHECK_THAT(heard.missed[0], contains("8 bytes"));
}

TEST_CASE("Whoever the server has not let in can cause no gap", "[net]") {
  Heard heard;
  heard.say(Sender::client, "GET / HTTP/1.1\r\n\r\n");
  heard.wiretap.ended(Sender::client);
  heard.wiretap.ended(Sender::server);
  CHECK(heard.missed.empty());
}

TEST_CASE("What one read brings is handed over together, before what is missing after it",
          "[net]") {
  std::vector<std::string> told;
  net::Wiretap wiretap{"pbx",
                       7,
                       {[&](std::span<record::Frame> frames) {
                          told.push_back(std::to_string(frames.size()) + " frames");
                        },
                        [&](const std::string&, Instant) { told.emplace_back("missed"); }}};
  const std::string two = wire::frame(login_reply) + wire::frame("s2|response|c3|OK|done");
  wiretap.bytes(Sender::server, two, {});
  wiretap.bytes(Sender::server, wire::frame("s3|response|c4|OK|done") + "no frame", {});
  CHECK(told == std::vector<std::string>{"2 frames", "1 frames", "missed"});
}
