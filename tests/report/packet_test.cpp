// The packets of a call go between the addresses that the server told, or that its messages name.
#include "report/packet.hpp"

#include "catch.hpp"

using namespace drachtio;
using namespace drachtio::report;

namespace {

constexpr std::string_view invite =
    "INVITE sip:bob@203.0.113.1:5080 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7\r\n\r\n";

Rung message(const std::string& direction, const std::string& peer, int status = 0,
             std::string_view bytes = invite) {
  Rung rung;
  rung.leg = 0;
  rung.from = direction == "in" ? 0 : 1;
  rung.to = 1 - rung.from;
  rung.status = status;
  rung.transport = peer.substr(0, peer.find('/'));
  rung.evidence = log::Evidence{direction, peer, std::string{bytes}};
  return rung;
}

Ladder ladder(const std::string& far_end, std::vector<Rung> rungs) {
  Ladder ladder;
  ladder.legs.emplace_back().call_id = "c@x";
  ladder.participants = {{Participant::Kind::far_end, far_end, {}},
                         {Participant::Kind::program, "", {}}};
  ladder.rungs = std::move(rungs);
  return ladder;
}

std::string shown(const SocketAddress& address) {
  return to_string(address.host) + ' ' + std::to_string(address.port);
}

struct Shown {
  std::string from;
  std::string to;
  bool operator==(const Shown&) const = default;
};

Shown only(const Ladder& ladder) {
  StandIns stand_ins;
  const auto packets = packets_of(ladder, stand_ins);
  REQUIRE(packets.size() == 1);
  return {shown(packets.front().from), shown(packets.front().to)};
}

std::ostream& operator<<(std::ostream& out, const Shown& shown) {
  return out << shown.from << " to " << shown.to;
}

}  // namespace

TEST_CASE("Packets: our side is where the server says that it sends a request from") {
  CHECK(only(ladder("198.51.100.7:5070", {message("out", "udp/203.0.113.1:5090")})) ==
        Shown{"203.0.113.1 5090", "198.51.100.7 5070"});
}

TEST_CASE("Packets: our side is where the server had the call, or its Contact") {
  Ladder call = ladder("198.51.100.7:5070", {message("in", "udp/198.51.100.7:5070")});
  call.legs.front().local.signaling_address = "203.0.113.9";
  CHECK(only(call) == Shown{"198.51.100.7 5070", "203.0.113.9 5060"});
  call.legs.front().local.signaling_port = 5091;
  CHECK(only(call) == Shown{"198.51.100.7 5070", "203.0.113.9 5091"});
}

TEST_CASE("Packets: our side is where the caller sent its request to, if nothing else is known") {
  CHECK(only(ladder("198.51.100.7:5070", {message("in", "udp/198.51.100.7:5070")})) ==
        Shown{"198.51.100.7 5070", "203.0.113.1 5080"});
}

TEST_CASE("Packets: IPv6 addresses are read as the server and as messages write them") {
  const std::string far = GENERATE("2001:db8::7:5070", "[2001:db8::7]:5070");
  CHECK(only(ladder(far, {message("out", "udp/2001:db8::1:5060")})) ==
        Shown{"2001:db8::1 5060", "2001:db8::7 5070"});
}

TEST_CASE("Packets: an IPv4 address is mapped where the other one is IPv6") {
  CHECK(only(ladder("2001:db8::7:5070", {message("out", "udp/203.0.113.1:5060")})) ==
        Shown{"::ffff:203.0.113.1 5060", "2001:db8::7 5070"});
}

TEST_CASE("Packets: what has no address gets one for documentation, the same each time") {
  StandIns stand_ins;
  const Ladder call = ladder(
      "sip.example.com:5070",
      {message("out", "udp/203.0.113.1:5060"), message("in", "", 200, "SIP/2.0 200 OK\r\n\r\n")});
  for (int round = 0; round < 2; ++round) {
    const auto packets = packets_of(call, stand_ins);
    CHECK(shown(packets.at(0).to) == "192.0.2.1 5070");
    CHECK(shown(packets.at(1).from) == "192.0.2.1 5070");
  }
  CHECK(stand_ins.all().size() == 1);
  for (int i = 0; i < 400; ++i) stand_ins.address_of("host-" + std::to_string(i));
  CHECK(to_string(stand_ins.address_of("host-399")) == "2001:db8::191");
}

TEST_CASE("Packets: over TCP is what came so, and what no datagram can carry") {
  const auto is_over_tcp = [](const std::string& transport, std::size_t size) {
    StandIns stand_ins;
    const std::string peer =
        transport.empty() ? "203.0.113.1:5060" : transport + "/203.0.113.1:5060";
    Ladder call = ladder("198.51.100.7:5070", {message("out", peer, 0, std::string(size, 'x'))});
    call.rungs.front().transport = transport;
    return packets_of(call, stand_ins).front().over_tcp;
  };
  CHECK_FALSE(is_over_tcp("udp", 65507));
  CHECK(is_over_tcp("udp", 65508));
  CHECK_FALSE(is_over_tcp("", 100));
  for (const char* transport : {"tcp", "tls", "ws", "wss"}) CHECK(is_over_tcp(transport, 100));
}

TEST_CASE("Packets: what a WebSocket carried is not shown at a port of HTTP") {
  Ladder call = ladder("198.51.100.7:40000", {message("out", "ws/203.0.113.1:8080")});
  CHECK(only(call).from == "203.0.113.1 5060");
  call.rungs.front().transport = "tcp";
  CHECK(only(call).from == "203.0.113.1 8080");
}

TEST_CASE("Packets: there is none of what was dropped, or is no message") {
  Ladder call = ladder("198.51.100.7:5070", {message("in", ""), message("in", "")});
  call.rungs.front().evidence.reset();
  call.rungs.back().kind = Rung::Kind::note;
  StandIns stand_ins;
  CHECK(packets_of(call, stand_ins).empty());
}
