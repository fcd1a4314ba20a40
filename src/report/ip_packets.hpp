// This file packs messages into IP packets, as a network would have carried them.
#pragma once

#include "report/packet.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace drachtio::report {

// IpPackets keeps what the packets of one connection have in common. Not thread-safe.
class IpPackets {
 public:
  // Returns the IP packets, of 1,500 bytes at most, that carry the message: a UDP datagram, in
  // fragments where it is larger (RFC 791 3.2, RFC 8200 4.5), or the segments of a TCP connection
  // that was open before, with the sequence numbers that follow from the messages before
  // (RFC 9293 3.4). Checksums are right. Does not change `packet`.
  std::vector<std::string> carry(const Packet& packet);

 private:
  using Way = std::pair<SocketAddress, SocketAddress>;  // from, to

  std::vector<std::string> datagram(const Packet& packet);
  std::vector<std::string> segments(const Packet& packet);

  std::map<Way, std::uint32_t> next_sequence_;  // of what the first sends to the second
  std::uint32_t next_identification_ = 1;
};

}  // namespace drachtio::report
