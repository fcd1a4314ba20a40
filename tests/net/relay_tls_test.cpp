// TLS on either side of the relay. Two relays in a row, the first with TLS towards the server, the
// second towards the program, make a TLS connection between two plain ends.
#include "catch.hpp"
#include "certificate.hpp"
#include "contains.hpp"
#include "net/tls.hpp"
#include "relayed.hpp"

#include <thread>

using namespace drachtio;
using namespace std::chrono_literals;
using test::Certificate;
using test::contains;
using test::Door;
using test::noise;
using test::Peer;
using test::Relayed;

namespace {

// program == (plain) == near == (TLS) == far == (plain) == server
struct Chain {
  explicit Chain(const Certificate& shown, const std::optional<net::TlsContext>& trust,
                 const std::string& host = "127.0.0.1")
      : far(far_options(door, shown)), near(near_options(far, trust, host)) {}

  static net::RelayOptions far_options(const Door& door, const Certificate& shown) {
    net::RelayOptions options;
    options.dial = {"127.0.0.1", door.port()};
    options.accept_tls = net::TlsContext::server(shown.certificate(), shown.key());
    return options;
  }
  static net::RelayOptions near_options(const Relayed& far,
                                        const std::optional<net::TlsContext>& trust,
                                        const std::string& host) {
    net::RelayOptions options;
    options.dial = {host, far.port()};
    options.dial_tls = trust;
    return options;
  }

  Door door;
  Relayed far;
  Relayed near;
};

}  // namespace

TEST_CASE("Bytes go through TLS unchanged, both ways at once", "[net][slow]") {
  const Certificate certificate{"IP:127.0.0.1"};
  Chain chain{certificate, net::TlsContext::client(certificate.certificate())};
  Peer program{chain.near.port()};
  Peer server = chain.door.accept();
  constexpr std::size_t size = 20'000'000;
  std::thread up{[&] {
    test::send_in_pieces(program, noise(size, 1), 1);
    program.finish_writing();
  }};
  std::thread down{[&] {
    test::send_in_pieces(server, noise(size, 2), 2);
    server.finish_writing();
  }};
  std::string from_program;
  std::thread reader{[&] { from_program = server.read_to_end(); }};
  const std::string from_server = program.read_to_end();
  up.join();
  down.join();
  reader.join();
  CHECK(from_server == noise(size, 2));
  CHECK(from_program == noise(size, 1));
  CHECK(chain.near.wait_for("closed 1"));
  CHECK(chain.far.wait_for("closed 1"));
}

TEST_CASE("The end of one direction goes through TLS and leaves the other open", "[net]") {
  const Certificate certificate{"IP:127.0.0.1"};
  Chain chain{certificate, net::TlsContext::client(certificate.certificate())};
  Peer program{chain.near.port()};
  Peer server = chain.door.accept();
  Peer& first = GENERATE(true, false) ? program : server;
  Peer& second = &first == &program ? server : program;
  first.send("last words");
  first.finish_writing();
  CHECK(second.read_to_end() == "last words");
  second.send(noise(1'000'000, 1));
  second.finish_writing();
  CHECK(first.read_to_end() == noise(1'000'000, 1));
  CHECK(chain.near.wait_for("closed 1"));
}

TEST_CASE("A stalled program behind TLS gets all that was held for it", "[net][slow]") {
  const Certificate certificate{"IP:127.0.0.1"};
  Chain chain{certificate, net::TlsContext::client(certificate.certificate())};
  Peer program{chain.near.port()};
  Peer server = chain.door.accept();
  server.send(noise(30'000'000, 1));
  server.finish_writing();
  CHECK(program.read_to_end() == noise(30'000'000, 1));
}

// Of several frames in one TLS record a drachtio-server answers the first only.
TEST_CASE("Frames that a program sends one by one arrive in TLS records of their own", "[net]") {
  const Certificate certificate{"IP:127.0.0.1"};
  Door door;
  const Relayed far{Chain::far_options(door, certificate)};
  net::RelayOptions between;
  between.dial = {"127.0.0.1", far.port()};
  Relayed middle{between};
  Relayed near{
      Chain::near_options(middle, net::TlsContext::client(certificate.certificate()), "127.0.0.1")};
  Peer program{near.port()};
  Peer server = door.accept();
  program.send("5#hello11#hello world3#abc");  // as they may be read in one go
  program.finish_writing();
  CHECK(server.read_to_end() == "5#hello11#hello world3#abc");
  REQUIRE(middle.wait_for("ended 1 program"));  // it has shown all of it
  const std::string sealed = middle.heard(1, net::Side::program);
  std::vector<std::size_t> sizes;  // RFC 8446 5.2: type and tag add 17 bytes
  for (std::size_t at = 0; at + 5 <= sealed.size();) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sealed[at + i]); };
    const std::size_t size = byte(3) * 256U + byte(4);
    if (byte(0) == 23) sizes.push_back(size - 17);
    at += 5 + size;
  }
  const std::vector<std::size_t> frames{7, 14, 5};
  CHECK_FALSE(std::ranges::search(sizes, frames).empty());
}

TEST_CASE("A certificate nobody vouches for is refused", "[net]") {
  const Certificate certificate{"IP:127.0.0.1"};
  Chain chain{certificate, net::TlsContext::client({})};
  Peer program{chain.near.port()};
  CHECK(program.is_closed());
  CHECK_THAT(chain.near.told.line(0), contains("refused") && contains("self-signed"));
  CHECK_THAT(chain.far.told.line(0), contains("not let in"));
}

TEST_CASE("A certificate for another name is refused", "[net]") {
  const Certificate certificate{"DNS:localhost"};
  const auto trust = net::TlsContext::client(certificate.certificate());
  SECTION("dialled by address") {
    Chain chain{certificate, trust, "127.0.0.1"};
    Peer program{chain.near.port()};
    CHECK(program.is_closed());
    CHECK_THAT(chain.near.told.line(0), contains("refused") && contains("mismatch"));
  }
  SECTION("dialled by its name") {
    Chain chain{certificate, trust, "localhost"};
    Peer program{chain.near.port()};
    Peer server = chain.door.accept();
    server.send("hello");
    CHECK(program.read_exactly(5) == "hello");
  }
}

TEST_CASE("Who is told to believe any certificate does", "[net]") {
  const Certificate certificate{"DNS:elsewhere"};
  Chain chain{certificate, net::TlsContext::client({}, false)};
  Peer program{chain.near.port()};
  Peer server = chain.door.accept();
  server.send("hello");
  CHECK(program.read_exactly(5) == "hello");
}

TEST_CASE("Who speaks no TLS to a relay that does is hung up on", "[net]") {
  const Certificate certificate{"IP:127.0.0.1"};
  Chain chain{certificate, std::nullopt};
  Peer program{chain.near.port()};
  program.send("56#no TLS");
  CHECK(program.is_closed());
  CHECK_THAT(chain.far.told.line(0), contains("not let in"));
  CHECK_FALSE(chain.door.accept_within(0ms));
}

TEST_CASE("Certificates that cannot be used are refused at once, and named", "[net]") {
  const Certificate one{"IP:127.0.0.1"};
  const Certificate other{"IP:127.0.0.1"};
  CHECK_THROWS_WITH(net::TlsContext::server(one.certificate(), other.key()),
                    contains("key") && contains("mismatch"));
  CHECK_THROWS_WITH(net::TlsContext::server("/nowhere.pem", one.key()), contains("/nowhere.pem"));
  CHECK_THROWS_WITH(net::TlsContext::client("/nowhere.pem"), contains("/nowhere.pem"));
}
