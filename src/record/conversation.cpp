#include "record/conversation.hpp"

#include "text/utf8.hpp"
#include "wire/protocol_error.hpp"
#include "wire/server_clock.hpp"

#include <charconv>

namespace drachtio::record {

namespace {

using wire::Envelope;

// More proxy frames than this without a reply, and the oldest ones will not get one any more.
constexpr std::size_t most_unanswered_proxies = 65536;

Direction direction_of(wire::Source source) {
  return source == wire::Source::network ? Direction::in : Direction::out;
}

dialog::Channel channel_of(Envelope::Kind kind) {
  switch (kind) {
    case Envelope::Kind::cdr_attempt: return dialog::Channel::attempt;
    case Envelope::Kind::cdr_start: return dialog::Channel::start;
    case Envelope::Kind::cdr_stop: return dialog::Channel::stop;
    default: return dialog::Channel::sip;
  }
}

std::string peer_of(const wire::Transport& transport) {
  if (transport.address.empty()) return {};
  std::string peer;
  if (!transport.protocol.empty()) peer += text::to_utf8(transport.protocol) + "/";
  return peer + text::to_utf8(transport.address) + ":" + text::to_utf8(transport.port);
}

// The server brackets an IPv6 address here and nowhere else.
std::optional<HostPort> received_on(const wire::Transport& transport) {
  std::string_view host = transport.received_on_address;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  const std::string_view text = transport.received_on_port;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), port);
  if (host.empty() || result.ec != std::errc{}) return std::nullopt;
  return HostPort{text::to_utf8(host), port};
}

Sighting message_seen(const Frame& frame, const Envelope& envelope, const std::string& server) {
  Sighting sighting;
  const wire::Transport& transport = envelope.transport;
  sighting.direction = direction_of(transport.source);
  sighting.peer = peer_of(transport);
  sighting.bytes = envelope.message;
  sighting.occurred_at = transport.time_of_day
                             ? wire::resolve_time(*transport.time_of_day, frame.read_at)
                             : frame.read_at;
  std::string why;
  auto message = sip::parse_message(frame.message(), why);
  if (!message) {
    sighting.unreadable = Unreadable{std::move(why), text::to_utf8(transport.dialog_id)};
    return sighting;
  }
  dialog::Observation& seen = sighting.observation.emplace();
  seen.channel = channel_of(envelope.kind);
  seen.occurred_at = sighting.occurred_at;
  seen.direction = sighting.direction;
  seen.server = server;
  seen.unsolicited =
      transport.source == wire::Source::application && transport.transaction_id == "unsolicited";
  seen.transaction_id = text::to_utf8(transport.transaction_id);
  seen.received_on = received_on(transport);
  seen.call_record_token = text::to_utf8(envelope.call_record_token);
  seen.message = std::move(*message);
  seen.key = dialog::message_key(seen.channel, seen.message);
  return sighting;
}

bool is_login(std::string_view payload) {
  try {
    return wire::parse_envelope(wire::Sender::client, payload).kind == Envelope::Kind::authenticate;
  } catch (const wire::ProtocolError&) {
    return false;
  }
}

// Kept as evidence, but for a login: only a capture whose sides are mistaken for each other has
// one here, and the secret must be in no log.
Sighting unreadable_frame(const Frame& frame, std::string why) {
  Sighting sighting;
  sighting.occurred_at = frame.read_at;
  sighting.direction = Direction::in;
  if (is_login(frame.payload.bytes())) {
    why = "a login from the server's side: client and server are mistaken for each other";
  } else {
    sighting.bytes = frame.payload.bytes();
  }
  sighting.unreadable = Unreadable{std::move(why), {}};
  return sighting;
}

// "tcp/127.0.0.1:5090,udp/127.0.0.1:5090|v0.9.4|...": the reply to a login, and no other.
std::string first_contact(std::string_view reply) {
  std::string_view contact = reply.substr(0, reply.find('|'));
  if (contact.size() == reply.size()) return {};
  contact = contact.substr(0, contact.find(','));
  for (const std::string_view protocol : {"udp/", "tcp/", "tls/", "ws/", "wss/"}) {
    if (contact.starts_with(protocol)) return text::to_utf8(contact);
  }
  return {};
}

}  // namespace

Sighting Conversation::read(const Frame& frame) {
  if (!frame.server.empty() && frame.server != server_) server_ = text::to_utf8(frame.server);
  try {
    const Envelope& envelope = frame.envelope();
    if (frame.from == wire::Sender::server) return read_server(frame, envelope);
    if (envelope.kind == Envelope::Kind::proxy) {
      if (proxies_.size() == most_unanswered_proxies) proxies_.clear();
      Sighting sighting;
      sighting.proxy = {text::to_utf8(envelope.proxied_transaction_id), true};
      proxies_.insert_or_assign(std::string{envelope.id}, sighting.proxy->transaction_id);
      return sighting;
    }
    return {};
  } catch (const wire::ProtocolError& error) {
    if (frame.from == wire::Sender::client)
      return {};  // the server's business, and it may hold the secret
    return unreadable_frame(frame, error.what());
  }
}

Sighting Conversation::read_server(const Frame& frame, const Envelope& envelope) {
  if (envelope.kind == Envelope::Kind::reply) return read_reply(frame, envelope);
  return message_seen(frame, envelope, server());
}

// With fullResponse the reply to a `proxy` tells each destination's final answer.
Sighting Conversation::final_answer_of_proxied(const Frame& frame, const Envelope& envelope) const {
  if (envelope.message.empty()) return {};
  Sighting sighting = message_seen(frame, envelope, server());
  if (sighting.observation) sighting.observation->of_proxied = true;
  return sighting;
}

Sighting Conversation::read_reply(const Frame& frame, const Envelope& envelope) {
  if (const auto proxy = proxies_.find(std::string{envelope.in_reply_to});
      proxy != proxies_.end()) {
    const std::string transaction_id = std::move(proxy->second);
    proxies_.erase(proxy);
    Sighting sighting;
    if (envelope.outcome != Envelope::Outcome::ok) {
      sighting.proxy = {transaction_id, false};
      return sighting;
    }
    if (envelope.proxy_progress) sighting = final_answer_of_proxied(frame, envelope);
    sighting.handed_on = transaction_id;
    sighting.acknowledged_at = frame.read_at;
    return sighting;
  }
  if (envelope.outcome != Envelope::Outcome::ok) return {};
  if (envelope.proxy_progress) return final_answer_of_proxied(frame, envelope);
  if (!envelope.message.empty()) {
    return message_seen(frame, envelope, server());
  }
  if (server_ == unknown) {
    if (std::string contact = first_contact(envelope.reply_text); !contact.empty()) {
      server_ = std::move(contact);
    }
  }
  return {};
}

}  // namespace drachtio::record
