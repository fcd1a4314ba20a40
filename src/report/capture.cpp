#include "report/capture.hpp"

#include "wire/frame_reader.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

namespace drachtio::report {

namespace {

// "HH:MM:SS.micros", UTC
std::string time_of_day(Instant at) {
  using namespace std::chrono;
  const auto since_midnight = at - floor<days>(at);
  const hh_mm_ss time{since_midnight};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%06d",
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

// "udp|10.0.0.1|5060" of a peer as evidence has it.
std::string peer_tokens(std::string_view peer) {
  const std::size_t slash = peer.find('/');
  const std::string_view protocol = slash == std::string_view::npos ? "" : peer.substr(0, slash);
  const std::string_view address = slash == std::string_view::npos ? peer : peer.substr(slash + 1);
  const std::size_t colon = std::min(address.rfind(':'), address.size());
  std::string tokens{protocol};
  tokens.append("|").append(address.substr(0, colon)).append("|");
  return tokens.append(address.substr(std::min(colon + 1, address.size())));
}

std::string_view reason_of_stop(const Event& event) {
  switch (event.cause.value_or(Cause::far_end_release)) {
    case Cause::cancelled: return "call-canceled";
    case Cause::rejected:
    case Cause::challenged: return "call-rejected";
    case Cause::session_expired: return "session-expired";
    case Cause::server_release: return "system-initiated-termination";
    default: return "normal-release";
  }
}

// Frames makes the frames of one leg.
class Frames {
 public:
  explicit Frames(const Leg& leg) : leg_(leg) {
    for (const Leg::Entry& entry : leg.entries) {
      if (!entry.event.opening) continue;
      server_ = entry.event.opening->server;
      dialog_id_ = entry.event.opening->dialog_id;
      role_ = to_string(entry.event.opening->role);
      break;
    }
  }

  [[nodiscard]] const std::string& server() const { return server_; }

  struct Frame {
    wire::Sender from;
    std::string payload;
  };
  // Returns the frames from which the event came; none where it came from none.
  [[nodiscard]] std::vector<Frame> of(const Leg::Entry& entry) const {
    const Event& event = entry.event;
    const std::string id = "id-" + std::to_string(event.position);
    if (event.type == EventType::proxied && !event.from_call_record) {
      // The program has said `proxy`, and the server has taken it.
      return {{wire::Sender::client, id + "|proxy|" + invite_transaction()},
              {wire::Sender::server, "reply-to-" + id + "|response|" + id + "|OK"}};
    }
    if (!entry.evidence || event.direction == Direction::none) return {};
    const std::string first = event.from_call_record ? call_record(event) : transport(entry);
    return {{wire::Sender::server, id + '|' + first + "\r\n" + entry.evidence->bytes}};
  }

 private:
  [[nodiscard]] std::string call_record(const Event& event) const {
    const std::string where = std::string{'|'} +
                              (event.direction == Direction::in ? "network" : "application") + '|' +
                              time_of_day(event.occurred_at);
    if (event.type == EventType::invited) return "cdr:attempt" + where;
    if (event.method == "INVITE" && event.status >= 200 && event.status < 300) {
      return "cdr:start" + where + '|' + (event.answered_by_proxy ? "proxy-" : "") + role_;
    }
    return "cdr:stop" + where + '|' + std::string{reason_of_stop(event)};
  }

  [[nodiscard]] std::string transport(const Leg::Entry& entry) const {
    const Event& event = entry.event;
    const bool is_program = event.direction == Direction::out && !event.unsolicited;
    const std::string id = "reply-to-" + std::to_string(event.position);
    std::string tokens = is_program ? "response|" + id + "|OK" : "sip";
    tokens += event.direction == Direction::in ? "|network|" : "|application|";
    tokens += std::to_string(entry.evidence->bytes.size()) + '|' +
              peer_tokens(entry.evidence->peer) + '|' + time_of_day(event.occurred_at) + '|' +
              (event.unsolicited ? "unsolicited" : transaction(event)) + '|';
    // The server tells no dialog with the INVITE that creates one.
    if (event.type != EventType::invited) tokens += dialog_id_;
    tokens += '|';
    if (is_program) return tokens + "Msg sent:|";
    if (!event.received_on) return tokens;
    const bool is_ipv6 = event.received_on->host.find(':') != std::string::npos;
    const std::string host = event.received_on->host;
    return tokens + (is_ipv6 ? '[' + host + ']' : host) + '|' +
           std::to_string(event.received_on->port) + '|';
  }

  // The log has the id of the transaction that an INVITE opened; the CSeq tells others apart.
  [[nodiscard]] std::string transaction(const Event& event) const {
    if (event.method == "INVITE" || event.method == "CANCEL") {
      for (const Leg::Entry& entry : leg_.entries) {
        const Event& other = entry.event;
        if (other.cseq == event.cseq && !other.transaction_id.empty()) return other.transaction_id;
      }
    }
    return "tx-" + dialog_id_ + '-' + std::to_string(event.cseq) + event.method;
  }

  // Returns the id of the latest transaction that opens the leg.
  [[nodiscard]] std::string invite_transaction() const {
    std::string latest;
    for (const Leg::Entry& entry : leg_.entries) {
      if (!entry.event.transaction_id.empty()) latest = entry.event.transaction_id;
    }
    return latest;
  }

  const Leg& leg_;
  std::string server_;
  std::string dialog_id_;
  std::string role_;
};

}  // namespace

std::vector<wire::CaptureChunk> capture_of(const std::vector<Leg>& legs,
                                           std::uint64_t first_connection) {
  struct Placed {
    std::int64_t position;
    wire::CaptureChunk chunk;
  };
  std::vector<Placed> placed;
  for (const Leg& leg : legs) {
    const Frames frames{leg};
    for (const Leg::Entry& entry : leg.entries) {
      for (const auto& [from, payload] : frames.of(entry)) {
        wire::CaptureChunk chunk;
        chunk.read_at = entry.event.occurred_at;
        chunk.connection = first_connection + (entry.event.from_call_record ? 1 : 0);
        chunk.from = from;
        chunk.bytes = wire::frame(payload);
        chunk.server = frames.server();
        placed.push_back({entry.event.position, std::move(chunk)});
      }
    }
  }
  std::ranges::stable_sort(placed, {}, &Placed::position);
  std::vector<wire::CaptureChunk> chunks;
  chunks.reserve(placed.size());
  for (Placed& one : placed) chunks.push_back(std::move(one.chunk));
  return chunks;
}

}  // namespace drachtio::report
