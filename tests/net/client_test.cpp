// A client's link, against servers that behave and servers that do not.
#include "net/client.hpp"

#include "catch.hpp"
#include "contains.hpp"
#include "loop.hpp"
#include "peer.hpp"
#include "record/writer.hpp"

#include <atomic>
#include <set>

using namespace drachtio;
using namespace std::chrono_literals;
using test::contains;

namespace {

const std::string secret = "hush-hush";

// A client on a loop of its own, that is quick to give up and to try again.
class Linked {
 public:
  explicit Linked(const std::function<void(net::Client::Options&)>& change = {}) {
    net::Client::Options options;
    options.server = {"127.0.0.1", server.port()};
    options.secret = secret;
    options.routes = {"cdr:attempt", "cdr:start", "cdr:stop"};
    options.backoff = {.least = 1ms, .first = 2ms, .longest = 20ms, .good_link = 10s};
    if (change) change(options);
    client = std::make_unique<net::Client>(
        loop.io(), options,
        net::Client::Handlers{[this](const std::string& detail) { told.say("up " + detail); },
                              [this](const std::string& why) {
                                silent_since = client->silent_since();
                                told.say("down " + why);
                              },
                              [this](const std::string& why) { told.say("refused " + why); },
                              [this](const record::Payload& payload, Instant) {
                                told.say("frame " + payload.bytes());
                              }});
    loop.on([this] { client->start(); });
  }
  ~Linked() {
    loop.on([this] { client->stop(); });
    for (const std::string& line : told.lines()) CHECK_THAT(line, !contains(secret));
  }
  Linked(const Linked&) = delete;
  Linked& operator=(const Linked&) = delete;
  Linked(Linked&&) = delete;
  Linked& operator=(Linked&&) = delete;

  test::Door server;
  test::Told told;
  std::optional<Instant> silent_since;  // once it has told of a "down"

 private:
  test::Loop loop;
  std::unique_ptr<net::Client> client;
};

std::string id_of(const std::string& frame) { return frame.substr(0, frame.find('|')); }
std::string rest_of(const std::string& frame) { return frame.substr(frame.find('|') + 1); }

void answer(test::Peer& peer, const std::string& frame, const std::string& outcome) {
  peer.send_frame("server-id|response|" + id_of(frame) + '|' + outcome);
}

// Lets the client in and grants its routes; returns what it asked for.
std::set<std::string> let_in(test::Peer& peer) {
  answer(peer, peer.read_frame(), "OK|udp/127.0.0.1:5060|v0.9.4|udp/127.0.0.1:5060");
  std::set<std::string> asked;
  for (int i = 0; i < 3; ++i) {
    const std::string frame = peer.read_frame();
    asked.insert(rest_of(frame));
    answer(peer, frame, "OK");
  }
  return asked;
}

}  // namespace

TEST_CASE("A client logs in, asks for its routes, and hands on what comes", "[net]") {
  Linked linked{[](auto& options) { options.tags = "a,b"; }};
  test::Peer peer = linked.server.accept();
  const std::string login = peer.read_frame();
  CHECK(id_of(login).size() == 36);
  CHECK(rest_of(login) == "authenticate|" + secret + "|a,b");
  answer(peer, login, "OK|udp/127.0.0.1:5060|v0.9.4|");
  std::set<std::string> asked;
  for (int i = 0; i < 3; ++i) {
    const std::string frame = peer.read_frame();
    asked.insert(rest_of(frame));
    answer(peer, frame, "OK");
  }
  CHECK(asked == std::set<std::string>{"route|cdr:attempt", "route|cdr:start", "route|cdr:stop"});
  CHECK(linked.told.line(0) == "up logged in, drachtio-server v0.9.4");
  peer.send_frame("1|cdr:attempt|network|00:00:00.000000\r\nINVITE");
  CHECK_THAT(linked.told.line(1), contains("frame 1|cdr:attempt"));
}

TEST_CASE("A frame that makes no sense is handed on all the same", "[net]") {
  Linked linked;
  test::Peer peer = linked.server.accept();
  let_in(peer);
  peer.send_frame("1|surprise|");
  CHECK(linked.told.line(1) == "frame 1|surprise|");
}

TEST_CASE("A refused secret is told in the server's words, and tried again", "[net]") {
  Linked linked;
  for (int attempt = 0; attempt < 3; ++attempt) {
    test::Peer peer = linked.server.accept();
    answer(peer, peer.read_frame(), "NO|incorrect secret");
  }
  CHECK_THAT(linked.told.line(0), contains("refused") && contains("incorrect secret"));
  CHECK_THAT(linked.told.line(2), contains("incorrect secret"));
}

TEST_CASE("A server that repeats the secret does not get it shown", "[net]") {
  Linked linked;
  test::Peer peer = linked.server.accept();
  answer(peer, peer.read_frame(), "NO|\x1b[31mno such secret: " + secret);
  CHECK_THAT(linked.told.line(0), contains("\\x1B[31mno such secret: ***"));
}

TEST_CASE("A refused route refuses the link", "[net]") {
  Linked linked;
  test::Peer peer = linked.server.accept();
  answer(peer, peer.read_frame(), "OK|udp/127.0.0.1:5060|v0.9.4|");
  answer(peer, peer.read_frame(), "NOK|no such verb");
  CHECK_THAT(linked.told.line(0),
             contains("refused") && contains("cdr:attempt") && contains("no such verb"));
}

TEST_CASE("A server that sends garbage is refused", "[net]") {
  Linked linked;
  test::Peer peer = linked.server.accept();
  peer.read_frame();
  peer.send("SSH-2.0-OpenSSH_9.2p1\r\n");
  CHECK_THAT(linked.told.line(0), contains("refused not a drachtio-server") && contains("SSH-2.0"));
  CHECK(peer.is_closed());
}

TEST_CASE("An echo is not mistaken for a server", "[net]") {
  Linked linked;
  test::Peer peer = linked.server.accept();
  peer.send_frame(peer.read_frame());
  CHECK_THAT(linked.told.line(0), contains("refused not a drachtio-server"));
}

TEST_CASE("Garbage after good frames brings the link down, and those frames are kept", "[net]") {
  Linked linked;
  test::Peer peer = linked.server.accept();
  let_in(peer);
  peer.send(wire::frame("1|good") + "0#" + wire::frame("2|lost"));
  CHECK(linked.told.line(1) == "frame 1|good");
  CHECK_THAT(linked.told.line(2), contains("down not a drachtio-server: frame of length zero"));
}

TEST_CASE("A frame over the limit brings the link down before it has come", "[net]") {
  Linked linked{[](auto& options) { options.frame_limit = 1000; }};
  test::Peer peer = linked.server.accept();
  let_in(peer);
  peer.send("1001#");
  CHECK_THAT(linked.told.line(1), contains("down") && contains("over the size limit"));
}

TEST_CASE("A server that closes in the middle of a frame brings the link down", "[net]") {
  Linked linked;
  test::Peer peer = linked.server.accept();
  let_in(peer);
  peer.send(wire::frame("1|good") + "100#half");
  peer.close();
  CHECK(linked.told.line(1) == "frame 1|good");
  CHECK_THAT(linked.told.line(2), contains("down") && contains("in the middle of a frame"));
  CHECK_FALSE(linked.silent_since);
}

TEST_CASE("A server that accepts and says nothing is given up", "[net]") {
  Linked linked{[](auto& options) { options.reply_timeout = 50ms; }};
  test::Peer peer = linked.server.accept();
  CHECK_THAT(linked.told.line(0), contains("refused no reply to the login within 50 ms"));
  CHECK(peer.is_closed());
}

TEST_CASE("A server that falls silent is noticed by a ping that has no answer", "[net]") {
  Linked linked{[](auto& options) {
    options.ping_interval = 20ms;
    options.reply_timeout = 1s;
  }};
  test::Peer peer = linked.server.accept();
  let_in(peer);
  for (int i = 0; i < 3; ++i) {
    const std::string ping = peer.read_frame();
    CHECK(rest_of(ping) == "ping");
    answer(peer, ping, "OK|pong");
  }
  CHECK(linked.told.lines().size() == 1);  // neither the pongs nor anything else
  CHECK_THAT(linked.told.line(1), contains("down no reply to a ping within 1000 ms"));
  REQUIRE(linked.silent_since);
  CHECK(drachtio::now() - *linked.silent_since >= 1s);
}

TEST_CASE("A client that is let in again asks for its routes again", "[net]") {
  Linked linked;
  for (int time = 0; time < 3; ++time) {
    test::Peer peer = linked.server.accept();
    CHECK(let_in(peer).size() == 3);
    CHECK_THAT(linked.told.line(2 * static_cast<std::size_t>(time)), contains("up"));
    time % 2 == 0 ? peer.close() : peer.reset();
    CHECK_THAT(linked.told.line(2 * static_cast<std::size_t>(time) + 1), contains("down"));
  }
}

TEST_CASE("A server that is not there is tried until it is", "[net]") {
  std::uint16_t port = 0;
  {
    const test::Door closed;
    port = closed.port();
  }
  Linked linked{[&](auto& options) { options.server.port = port; }};
  CHECK_THAT(linked.told.line(4),
             contains("refused cannot connect to 127.0.0.1:") && contains("refused"));
}

TEST_CASE("A client that is stopped is silent", "[net]") {
  test::Door door;
  test::Loop loop;
  std::atomic<int> told{0};
  net::Client::Options options;
  options.server = {"127.0.0.1", door.port()};
  options.routes = {"cdr:attempt", "cdr:start", "cdr:stop"};
  const net::Client::Handlers handlers{
      [&](const std::string&) { ++told; }, [&](const std::string&) { ++told; },
      [&](const std::string&) { ++told; }, [&](const record::Payload&, Instant) { ++told; }};
  SECTION("before it is linked") {
    net::Client client{loop.io(), options, handlers};
    loop.on([&] { client.start(); });
    loop.on([&] { client.stop(); });
    loop.on([] {});
    CHECK(told == 0);
  }
  SECTION("when it is") {
    net::Client client{loop.io(), options, handlers};
    loop.on([&] { client.start(); });
    test::Peer peer = door.accept();
    let_in(peer);
    loop.on([&] { client.stop(); });
    const int before = told;
    peer.close();
    loop.on([] {});
    CHECK(told == before);
  }
}
