#include "wire/envelope.hpp"

#include "wire/protocol_error.hpp"

#include <string>

namespace drachtio::wire {

namespace {

// Walks the `|`-separated tokens of a first line. "a|b|" has three, the last one empty.
class Tokens {
 public:
  Tokens(std::string_view payload, std::string_view line) : payload_(payload), rest_(line) {}

  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] std::string_view rest() const { return done_ ? std::string_view{} : rest_; }
  [[nodiscard]] std::uint64_t offset() const {
    return static_cast<std::uint64_t>(rest_.data() - payload_.data());
  }

  std::optional<std::string_view> optional() {
    if (done_) return std::nullopt;
    const std::size_t bar = rest_.find('|');
    const std::string_view token = rest_.substr(0, bar);
    if (bar == std::string_view::npos) {
      rest_.remove_prefix(rest_.size());
      done_ = true;
    } else {
      rest_.remove_prefix(bar + 1);
    }
    return token;
  }

  std::string_view required(const char* what) {
    if (auto token = optional()) return *token;
    throw ProtocolError{Fault::missing_token, offset(), payload_, std::string{what} + " expected"};
  }

 private:
  std::string_view payload_;
  std::string_view rest_;
  bool done_ = false;
};

[[noreturn]] void malformed(std::string_view payload, std::string_view token, const char* what) {
  throw ProtocolError{Fault::bad_token, static_cast<std::uint64_t>(token.data() - payload.data()),
                      token, what};
}

Source parse_source(std::string_view payload, std::string_view token) {
  if (token == "network") return Source::network;
  if (token == "application") return Source::application;
  malformed(payload, token, "source is neither network nor application");
}

// "HH:MM:SS.micros"
std::optional<Microseconds> parse_time_of_day(std::string_view token) {
  const auto two = [&](std::size_t at) -> int {
    if (at + 1 >= token.size()) return -1;
    const char a = token[at];
    const char b = token[at + 1];
    if (a < '0' || a > '9' || b < '0' || b > '9') return -1;
    return (a - '0') * 10 + (b - '0');
  };
  const int hours = two(0);
  const int minutes = two(3);
  const int seconds = two(6);
  if (token.size() < 8 || token[2] != ':' || token[5] != ':' || hours < 0 || hours > 23 ||
      minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60) {
    return std::nullopt;
  }
  std::int64_t micros = 0;
  if (token.size() > 8) {
    if (token[8] != '.' || token.size() == 9) return std::nullopt;
    std::int64_t scale = 100000;
    for (const char c : token.substr(9)) {
      if (c < '0' || c > '9') return std::nullopt;
      micros += (c - '0') * scale;
      scale /= 10;
    }
  }
  return Microseconds{((hours * 60LL + minutes) * 60 + seconds) * 1000000 + micros};
}

std::optional<Microseconds> require_time(std::string_view payload, std::string_view token) {
  auto time = parse_time_of_day(token);
  if (!time) malformed(payload, token, "time is not HH:MM:SS.micros");
  return time;
}

// <bytes>|<proto>|<addr>|<port>|<time>|<transactionId>, after the source
void parse_transport(std::string_view payload, Tokens& tokens, Transport& transport) {
  tokens.required("byte count");
  transport.protocol = tokens.required("protocol");
  transport.address = tokens.required("address");
  transport.port = tokens.required("port");
  transport.time_of_day = require_time(payload, tokens.required("time"));
  transport.transaction_id = tokens.required("transaction id");
}

void parse_sip(std::string_view payload, Tokens& tokens, Envelope& envelope) {
  envelope.kind = Envelope::Kind::sip;
  envelope.transport.source = parse_source(payload, tokens.required("source"));
  parse_transport(payload, tokens, envelope.transport);
  envelope.transport.dialog_id = tokens.optional().value_or("");
  envelope.transport.received_on_address = tokens.optional().value_or("");
  envelope.transport.received_on_port = tokens.optional().value_or("");
}

// A reply shows a message only where it says so: "OK|application|...|Msg sent:|" to a `sip`
// frame, "OK|network|...|continue" to a `proxy` frame. The former comes with or without a
// dialogId token before "Msg sent:".
void parse_reply(std::string_view payload, Tokens& tokens, Envelope& envelope) {
  envelope.kind = Envelope::Kind::reply;
  envelope.in_reply_to = tokens.required("id of the message replied to");
  const std::string_view outcome = tokens.required("outcome");
  if (outcome == "OK") {
    envelope.outcome = Envelope::Outcome::ok;
  } else if (outcome == "NOK") {
    envelope.outcome = Envelope::Outcome::nok;
  } else if (outcome == "NO") {
    envelope.outcome = Envelope::Outcome::no;
  } else {
    malformed(payload, outcome, "outcome is none of OK, NOK and NO");
  }
  envelope.reply_text = tokens.rest();
  if (envelope.outcome != Envelope::Outcome::ok) {
    envelope.refusal = refusal_of(envelope.reply_text);
  }
  if (envelope.outcome != Envelope::Outcome::ok || envelope.message.empty()) return;

  envelope.transport.source = parse_source(payload, tokens.required("source"));
  parse_transport(payload, tokens, envelope.transport);
  const std::string_view token = tokens.required("dialog id or \"Msg sent:\"");
  if (token != "Msg sent:") envelope.transport.dialog_id = token;
  envelope.proxy_progress = envelope.reply_text.ends_with("continue");
}

void parse_call_record(std::string_view payload, Tokens& tokens, Envelope& envelope) {
  envelope.transport.source = parse_source(payload, tokens.required("source"));
  envelope.transport.time_of_day = require_time(payload, tokens.required("time"));
  if (envelope.kind != Envelope::Kind::cdr_attempt) {
    envelope.call_record_token = tokens.required("role or reason");
  }
}

void parse_from_server(std::string_view payload, Tokens& tokens, Envelope& envelope) {
  const std::string_view verb = tokens.required("message type");
  if (verb == "sip") return parse_sip(payload, tokens, envelope);
  if (verb == "response") return parse_reply(payload, tokens, envelope);
  if (verb == "cdr:attempt") {
    envelope.kind = Envelope::Kind::cdr_attempt;
  } else if (verb == "cdr:start") {
    envelope.kind = Envelope::Kind::cdr_start;
  } else if (verb == "cdr:stop") {
    envelope.kind = Envelope::Kind::cdr_stop;
  } else {
    throw ProtocolError{Fault::unknown_word,
                        static_cast<std::uint64_t>(verb.data() - payload.data()), verb};
  }
  parse_call_record(payload, tokens, envelope);
}

void parse_from_client(Tokens& tokens, Envelope& envelope) {
  const std::string_view verb = tokens.required("message type");
  if (verb == "proxy") {
    envelope.kind = Envelope::Kind::proxy;
    envelope.proxied_transaction_id = tokens.required("transaction id");
  } else if (verb == "authenticate") {
    envelope.kind = Envelope::Kind::authenticate;
  } else {
    envelope.kind = Envelope::Kind::other;
  }
}

}  // namespace

Envelope parse_envelope(Sender sender, std::string_view payload) {
  std::size_t line_end = payload.find('\n');
  std::string_view line = payload.substr(0, line_end);
  Envelope envelope;
  if (line_end != std::string_view::npos) envelope.message = payload.substr(line_end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);

  Tokens tokens{payload, line};
  envelope.id = tokens.required("message id");
  if (sender == Sender::server) {
    parse_from_server(payload, tokens, envelope);
  } else {
    parse_from_client(tokens, envelope);
  }
  return envelope;
}

}  // namespace drachtio::wire
