// The relay: bytes in are bytes out, whoever stalls, ends or breaks off.
#include "catch.hpp"
#include "contains.hpp"
#include "relayed.hpp"

#include <atomic>
#include <random>
#include <thread>

using namespace drachtio;
using namespace std::chrono_literals;
using net::Side;
using test::contains;
using test::Door;
using test::noise;
using test::Peer;
using test::Relayed;

namespace drachtio::test {

std::string noise(std::size_t size, std::uint32_t seed) {
  std::mt19937 random{seed};
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

void send_in_pieces(Peer& peer, std::string_view bytes, std::uint32_t seed) {
  std::mt19937 random{seed};
  while (!bytes.empty()) {
    const std::size_t most = random() % 4 == 0 ? 200'000 : 500;
    const std::size_t size = std::min<std::size_t>(bytes.size(), 1 + random() % most);
    peer.send(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
}

}  // namespace drachtio::test

namespace {

net::RelayOptions to(const Door& door) {
  net::RelayOptions options;
  options.dial = {"127.0.0.1", door.port()};
  return options;
}

}  // namespace

TEST_CASE("A relay passes bytes both ways and shows them", "[net]") {
  Door door;
  Relayed relay{to(door)};
  Peer program{relay.port()};
  Peer server = door.accept();
  program.send("hello");
  CHECK(server.read_exactly(5) == "hello");
  server.send("good day");
  CHECK(program.read_exactly(8) == "good day");
  program.close();
  CHECK(server.read_to_end().empty());
  server.close();
  CHECK(relay.wait_for("closed 1"));
  CHECK(relay.heard(1, Side::program) == "hello");
  CHECK(relay.heard(1, Side::server) == "good day");
  CHECK(relay.told.line(0) == "opened 1");
}

TEST_CASE("Under load from several connections each gets its own bytes, all and in order",
          "[net][slow]") {
  constexpr std::size_t size = 12'000'000;
  constexpr std::uint32_t connections = 4;
  Door door;
  Relayed relay{to(door)};
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (std::uint32_t i = 0; i < connections; ++i) {
    auto program = std::make_shared<Peer>(relay.port());
    auto server = std::make_shared<Peer>(door.accept());  // one after the other: they match
    const auto send = [](const std::shared_ptr<Peer>& peer, std::uint32_t seed) {
      test::send_in_pieces(*peer, noise(size, seed), seed);
      peer->finish_writing();
    };
    const auto receive = [&good](const std::shared_ptr<Peer>& peer, std::uint32_t seed) {
      if (peer->read_to_end() == noise(size, seed)) ++good;
    };
    threads.emplace_back(send, program, 2 * i);
    threads.emplace_back(receive, server, 2 * i);
    threads.emplace_back(send, server, 2 * i + 1);
    threads.emplace_back(receive, program, 2 * i + 1);
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 2 * connections);
  for (std::uint32_t i = 0; i < connections; ++i) {
    REQUIRE(relay.wait_for("closed " + std::to_string(i + 1)));
    CHECK(relay.heard(i + 1, Side::program) == noise(size, 2 * i));
    CHECK(relay.heard(i + 1, Side::server) == noise(size, 2 * i + 1));
  }
}

TEST_CASE("The server is read though the program takes nothing, which then gets it all",
          "[net][slow]") {
  constexpr std::size_t size = 40'000'000;
  Door door;
  Relayed relay{to(door)};
  Peer program{relay.port()};
  Peer server = door.accept();
  server.send(noise(size, 1));  // does not return before it is taken
  server.finish_writing();
  program.send("still here");
  CHECK(server.read_exactly(10) == "still here");
  CHECK(program.read_to_end() == noise(size, 1));
}

TEST_CASE("A program that takes less than the bound allows is hung up on, alone", "[net]") {
  constexpr std::size_t hold = 1'000'000;
  Door door;
  auto options = to(door);
  options.hold = hold;
  Relayed relay{options};
  Peer program{relay.port()};
  Peer server = door.accept();
  Peer other_program{relay.port()};
  Peer other_server = door.accept();
  try {
    for (std::uint32_t i = 0; i < 1000; ++i) server.send(noise(100'000, i));
    FAIL("100 MB were taken");
  } catch (const std::runtime_error&) {
    // hung up on, too: what follows cannot reach its program
  }
  REQUIRE(relay.wait_for("closed 1"));
  bool given_up = false;
  for (const auto& line : relay.told.lines()) {
    if (!line.starts_with("given up 1 ")) continue;
    given_up = true;
    CHECK(std::stoul(line.substr(11)) > hold);
    CHECK(std::stoul(line.substr(11)) <= hold + 65536);
  }
  CHECK(given_up);
  // It is closed for the program, too, after what its socket had taken.
  CHECK(program.is_closed());
  other_server.send("unharmed");
  CHECK(other_program.read_exactly(8) == "unharmed");
}

TEST_CASE("A program that outpaces its server has to wait", "[net]") {
  Door door;
  Relayed relay{to(door)};
  Peer program{relay.port()};
  Peer server = door.accept();
  const std::string bytes = noise(60'000'000, 3);
  const std::size_t sent = program.send_until_stalled(bytes, 300ms);
  CHECK(sent < bytes.size());
  CHECK(server.read_exactly(sent) == bytes.substr(0, sent));
}

TEST_CASE("The end of one direction is passed on and leaves the other open", "[net]") {
  Door door;
  Relayed relay{to(door)};
  Peer program{relay.port()};
  Peer server = door.accept();
  SECTION("the program's") {
    program.send("last words");
    program.finish_writing();
    CHECK(server.read_to_end() == "last words");
    server.send(noise(500'000, 1));
    server.finish_writing();
    CHECK(program.read_to_end() == noise(500'000, 1));
  }
  SECTION("the server's") {
    server.send("last words");
    server.finish_writing();
    CHECK(program.read_to_end() == "last words");
    program.send(noise(500'000, 2));
    program.finish_writing();
    CHECK(server.read_to_end() == noise(500'000, 2));
  }
  CHECK(relay.wait_for("closed 1"));
}

TEST_CASE("A side that breaks off takes the other with it, after what it had sent", "[net]") {
  Door door;
  auto options = to(door);
  options.linger = 50ms;
  Relayed relay{options};
  Peer program{relay.port()};
  Peer server = door.accept();
  SECTION("the program") {
    program.send("bye");
    CHECK(server.read_exactly(3) == "bye");
    program.reset();
    CHECK(server.is_closed());
  }
  SECTION("the server") {
    server.send("bye");
    CHECK(program.read_exactly(3) == "bye");
    server.reset();
    CHECK(program.is_closed());
  }
  CHECK(relay.wait_for("closed 1"));
}

TEST_CASE("A program whose server is not there is hung up on", "[net]") {
  std::uint16_t port = 0;
  {
    const Door closed;
    port = closed.port();
  }
  net::RelayOptions options;
  options.dial = {"127.0.0.1", port};
  Relayed relay{options};
  Peer program{relay.port()};
  CHECK(program.is_closed());
  CHECK_THAT(relay.told.line(0), contains("refused cannot connect to 127.0.0.1:"));
}

TEST_CASE("Where the server dials, who connects is the server", "[net]") {
  Door door;
  auto options = to(door);
  options.server_dials = true;
  Relayed relay{options};
  Peer server{relay.port()};
  Peer program = door.accept();
  program.send("login");
  CHECK(server.read_exactly(5) == "login");
  server.send("a request");
  CHECK(program.read_exactly(9) == "a request");
  relay.stop();
  CHECK(relay.heard(1, Side::server) == "a request");
  CHECK(relay.heard(1, Side::program) == "login");
}

TEST_CASE("A relay that is stopped closes all, and tells so", "[net]") {
  Door door;
  Relayed relay{to(door)};
  Peer program{relay.port()};
  Peer server = door.accept();
  REQUIRE(relay.wait_for("opened 1"));
  relay.stop();
  CHECK(relay.told.lines().back() == "closed 1");
  CHECK(program.is_closed());
  CHECK(server.is_closed());
  CHECK_THROWS(Peer{relay.port()});
}

TEST_CASE("An address that is taken cannot be listened on", "[net]") {
  Door door;
  test::Loop loop;
  net::RelayOptions options;
  options.listen = {"127.0.0.1", door.port()};
  CHECK_THROWS_WITH(net::Relay(loop.io(), options, {}),
                    contains("cannot listen on 127.0.0.1:") && contains("in use"));
}
