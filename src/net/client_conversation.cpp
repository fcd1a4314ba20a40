// What a Client says on a connection and what it waits for: the login, routes, pings, the program's
// frames; and when the server has been silent for too long.
#include "net/client_link.hpp"
#include "net/secret.hpp"
#include "text/escape.hpp"
#include "wire/compose.hpp"
#include "wire/protocol_error.hpp"

namespace drachtio::net {

namespace {

constexpr std::size_t longest_refusal_shown = 300;  // bytes of a server's own words that are shown

// The second of "<contacts>|<version>|<local contacts>".
std::string version_in(std::string_view login_reply) {
  const std::size_t bar = login_reply.find('|');
  if (bar == std::string_view::npos) return "drachtio-server";
  const std::string_view rest = login_reply.substr(bar + 1);
  return "drachtio-server " + text::escaped(rest.substr(0, rest.find('|')), 100);
}

}  // namespace

Client::Sent Client::Link::send(std::string_view rest) {
  if (!stream_ || !logged_in_ || stopped_) return {{}, "there is no link to the server"};
  std::string id = ids_.next();
  const std::size_t size = id.size() + 1 + rest.size();
  if (size > wire::largest_payload) {
    return {{},
            "the message makes a payload of " + std::to_string(size) +
                " bytes; a drachtio-server takes no more than " +
                std::to_string(wire::largest_payload)};
  }
  outbox_->push(id, rest);
  return {std::move(id), {}};
}

std::string Client::Link::fit_to_show(std::string_view text) const {
  return text::escaped(without_secret(text, options_.secret), longest_refusal_shown);
}

// Returns why the connection must end, if so.
std::optional<std::string> Client::Link::take(record::Payload payload, Instant read_at) {
  const wire::Envelope* envelope = nullptr;
  try {
    envelope = &payload.envelope(wire::Sender::server);
  } catch (const wire::ProtocolError& fault) {
    // Whoever is no server before the login may be an echo: what it says stays unseen.
    if (!logged_in_) return "not a drachtio-server: " + std::string{to_string(fault.fault())};
  }
  if (envelope != nullptr && envelope->kind == wire::Envelope::Kind::reply) {
    outbox_->replied(envelope->in_reply_to);
    if (const auto asked = asked_.find(envelope->in_reply_to); asked != asked_.end()) {
      const std::string what = std::move(asked->second);
      asked_.erase(asked);
      reply_by_ = Clock::now() + options_.reply_timeout;
      auto over = take_reply(*envelope, what);
      watch_the_time();
      return over;
    }
  }
  if (!logged_in_) return "not a drachtio-server: it does not wait for the login";
  if (handlers_.frame && !stopped_) handlers_.frame(std::move(payload), read_at);
  return std::nullopt;
}

std::optional<std::string> Client::Link::take_reply(const wire::Envelope& reply,
                                                    const std::string& asked) {
  if (reply.outcome != wire::Envelope::Outcome::ok) {
    return "the server refuses " + asked + ": " + fit_to_show(reply.reply_text);
  }
  if (!logged_in_) {
    logged_in_ = true;
    version_ = version_in(without_secret(reply.reply_text, options_.secret));
    for (const std::string& verb : options_.routes) {
      ask(verb, wire::route(verb));
    }
  }
  if (!up_since_ && asked_.empty()) {
    up_since_ = Clock::now();
    ping_at_ = *up_since_ + options_.ping_interval;
    if (handlers_.up && !stopped_) handlers_.up("logged in, " + version_);
  }
  return std::nullopt;
}

// To be called whenever the times may have changed.
void Client::Link::watch_the_time() {
  auto next = Clock::time_point::max();
  if (!asked_.empty() || outbox_->awaits_reply()) next = reply_by_;
  if (up_since_) next = std::min(next, ping_at_);
  deadline_.expires_at(next);
  deadline_.async_wait([weak = weak_from_this()](const error_code& error) {
    if (error) return;
    if (const auto self = weak.lock()) self->look_at_the_time();
  });
}

void Client::Link::look_at_the_time() {
  if (!stream_ || stopped_) return;
  const auto time = Clock::now();
  if ((!asked_.empty() || outbox_->awaits_reply()) && time >= reply_by_) {
    dead_ = "no reply to " + (asked_.empty() ? "a long frame" : asked_.begin()->second) +
            " within " + std::to_string(options_.reply_timeout.count()) + " ms";
  } else if (up_since_ && time >= ping_at_) {
    ping_at_ = time + options_.ping_interval;
    ask("a ping", wire::ping());
  }
  if (dead_.empty()) return watch_the_time();
  stream_->close();
}

// Sends the frame, and ends the connection if no reply comes.
void Client::Link::ask(const std::string& what, const wire::ClientFrame& frame) {
  const std::string id = ids_.next();
  if (asked_.empty()) reply_by_ = Clock::now() + options_.reply_timeout;
  asked_.emplace(id, what);
  outbox_->push(id, frame.text);
  watch_the_time();
}

}  // namespace drachtio::net
