#include "traffic.hpp"

#include "wire/frame_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace drachtio::bench {

namespace {

// Looks random, and is the same each time: ids must not come in index order.
std::string scrambled(std::uint64_t number, std::uint64_t salt) {
  std::uint64_t x = number * 0x9E3779B97F4A7C15ULL + salt * 0xBF58476D1CE4E5B9ULL;
  x ^= x >> 31U;
  x *= 0x94D049BB133111EBULL;
  x ^= x >> 29U;
  return fmt::format("{:016x}", x);
}

std::string uuid(std::uint64_t number, std::uint64_t salt) {
  const std::string a = scrambled(number, salt);
  const std::string b = scrambled(number, salt + 1000);
  return fmt::format("{}-{}-4{}-a{}-{}", a.substr(0, 8), a.substr(8, 4), a.substr(13, 3),
                     b.substr(0, 3), b.substr(3, 12));
}

constexpr const char* offered_sdp =
    "v=0\r\no={} {} 1 IN IP4 192.0.2.{}\r\ns=-\r\nc=IN IP4 192.0.2.{}\r\nt=0 0\r\n"
    "m=audio {} RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n";

class Call {
 public:
  explicit Call(std::uint64_t number)
      : n_(number),
        call_id_(uuid(number, 1)),
        from_tag_(scrambled(number, 2).substr(0, 12)),
        to_tag_(scrambled(number, 3).substr(0, 13)),
        invite_branch_("z9hG4bK" + scrambled(number, 4)),
        invite_id_(uuid(number, 5)),
        bye_id_(uuid(number, 6)),
        user_(fmt::format("{:07}", number % 10000000)) {}

  [[nodiscard]] std::string payload(std::size_t step) const {
    const std::string dialog_id = call_id_ + ";from-tag=" + from_tag_;
    switch (step) {
      case 0:
        return fmt::format("{}|sip|network|{}|udp|192.0.2.{}|5060|{}|{}||198.51.100.1|5060|\r\n",
                           uuid(n_, 7), 800, n_ % 200, time(0), invite_id_) +
               request("INVITE", 1, invite_branch_, "", body("caller", 1));
      case 1:
        return reply(8, time(1), invite_id_, dialog_id) + response("180 Ringing", 1, "INVITE", {});
      case 2:
        return reply(9, time(2), invite_id_, dialog_id) +
               response("200 OK", 1, "INVITE", body("callee", 2));
      case 3:
        return in_dialog(10, time(3), invite_id_, dialog_id) +
               request("ACK", 1, "z9hG4bK" + scrambled(n_, 11), to_tag_, {});
      case 4:
        return in_dialog(12, time(40), bye_id_, dialog_id) +
               request("BYE", 2, "z9hG4bK" + scrambled(n_, 13), to_tag_, {});
      default: return reply(14, time(41), bye_id_, "") + response("200 OK", 2, "BYE", {});
    }
  }

 private:
  [[nodiscard]] std::string time(std::uint64_t offset_ms) const {
    const std::uint64_t micros = (n_ * 997 + offset_ms * 1000) % 3600000000ULL;
    return fmt::format("12:{:02}:{:02}.{:06}", micros / 60000000, micros / 1000000 % 60,
                       micros % 1000000);
  }
  [[nodiscard]] std::string body(const char* who, int side) const {
    const std::uint64_t host = n_ % 200 + static_cast<std::uint64_t>(side);
    return fmt::format(fmt::runtime(offered_sdp), who, n_, host, host, 10000 + n_ % 20000);
  }
  [[nodiscard]] std::string in_dialog(std::uint64_t salt, const std::string& at,
                                      const std::string& transaction,
                                      const std::string& dialog_id) const {
    return fmt::format("{}|sip|network|500|udp|192.0.2.{}|5060|{}|{}|{}|\r\n", uuid(n_, salt),
                       n_ % 200, at, transaction, dialog_id);
  }
  [[nodiscard]] std::string reply(std::uint64_t salt, const std::string& at,
                                  const std::string& transaction,
                                  const std::string& dialog_id) const {
    return fmt::format(
        "{}|response|{}|OK|application|600|udp|192.0.2.{}|5060|{}|{}|{}||Msg sent:|\r\n",
        uuid(n_, salt), uuid(n_, salt + 100), n_ % 200, at, transaction, dialog_id);
  }
  [[nodiscard]] std::string parties(const std::string& to_tag) const {
    return fmt::format(
        "From: \"Subscriber {0}\" <sip:+1555{0}@pbx.example.com>;tag={1}\r\n"
        "To: <sip:service@198.51.100.1:5060>{2}\r\nCall-ID: {3}\r\n",
        user_, from_tag_, to_tag.empty() ? "" : ";tag=" + to_tag, call_id_);
  }
  [[nodiscard]] std::string request(const char* method, int cseq, const std::string& branch,
                                    const std::string& to_tag, const std::string& body) const {
    return fmt::format(
               "{0} sip:service@198.51.100.1:5060 SIP/2.0\r\n"
               "Via: SIP/2.0/UDP 192.0.2.{1}:5060;branch={2};rport=5060\r\n",
               method, n_ % 200, branch) +
           parties(to_tag) +
           fmt::format(
               "CSeq: {} {}\r\nContact: <sip:+1555{}@192.0.2.{}:5060;transport=udp>\r\n"
               "Max-Forwards: 70\r\nUser-Agent: Example PBX 4.2\r\n"
               "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, INFO, PRACK, UPDATE\r\n"
               "Supported: replaces, timer, 100rel\r\n",
               cseq, method, user_, n_ % 200) +
           with_body(body);
  }
  [[nodiscard]] std::string response(const char* status, int cseq, const char* method,
                                     const std::string& body) const {
    return fmt::format(
               "SIP/2.0 {}\r\nVia: SIP/2.0/UDP 192.0.2.{}:5060;branch={};rport=5060\r\n", status,
               n_ % 200,
               std::string{method} == "BYE" ? "z9hG4bK" + scrambled(n_, 13) : invite_branch_) +
           parties(to_tag_) +
           fmt::format("CSeq: {} {}\r\nContact: <sip:198.51.100.1:5060>\r\n", cseq, method) +
           with_body(body);
  }
  static std::string with_body(const std::string& body) {
    if (body.empty()) return "Content-Length: 0\r\n\r\n";
    return fmt::format("Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}", body.size(),
                       body);
  }

  std::uint64_t n_;
  std::string call_id_;
  std::string from_tag_;
  std::string to_tag_;
  std::string invite_branch_;
  std::string invite_id_;
  std::string bye_id_;
  std::string user_;
};

}  // namespace

std::vector<std::string> call(std::uint64_t number) { return call(number, frames_a_call); }

std::vector<std::string> call(std::uint64_t number, std::size_t count) {
  const Call made{number};
  std::vector<std::string> payloads;
  for (std::size_t step = 0; step < count; ++step) payloads.push_back(made.payload(step));
  return payloads;
}

std::string caller(std::uint64_t number) { return fmt::format("+1555{:07}", number % 10000000); }

std::string stream(std::uint64_t calls, std::uint64_t overlap) {
  std::string bytes;
  for (std::uint64_t first = 0; first < calls; first += overlap) {
    const std::uint64_t last = std::min(first + overlap, calls);
    for (std::size_t step = 0; step < frames_a_call; ++step) {
      for (std::uint64_t number = first; number < last; ++number) {
        bytes += wire::frame(Call{number}.payload(step));
      }
    }
  }
  return bytes;
}

}  // namespace drachtio::bench
