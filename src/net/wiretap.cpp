#include "net/wiretap.hpp"

#include "wire/envelope.hpp"
#include "wire/protocol_error.hpp"

namespace drachtio::net {

namespace {

bool is_login(std::string_view payload) {
  const std::size_t bar = payload.find('|');
  return bar != std::string_view::npos && payload.substr(bar + 1).starts_with("authenticate");
}

}  // namespace

void Wiretap::bytes(wire::Sender from, std::string_view bytes, Instant read_at) {
  Way& way = from == wire::Sender::server ? server_way_ : program_;
  if (way.over) return;
  way.last_read_at = read_at;
  way.frames.push(bytes);
  try {
    while (const auto payload = way.frames.next()) {
      from == wire::Sender::server ? server_frame(*payload, read_at)
                                   : program_frame(*payload, read_at);
      if (way.over) return;
    }
  } catch (const wire::ProtocolError& error) {
    // Shown in full only for who is surely the server: others' bytes may hold the secret.
    if (from == wire::Sender::client && !server_known_) {
      way.over = true;  // nobody the server has let in: nothing of a call is missed
    } else if (from == wire::Sender::server && server_known_) {
      lose(from, std::string{"the server sent no frame: "} + error.what(), read_at);
    } else {
      lose(from,
           std::string{from == wire::Sender::server ? "the server" : "the program"} +
               " sent no frame: " + std::string{to_string(error.fault())} + " at byte " +
               std::to_string(error.offset()),
           read_at);
    }
  }
}

void Wiretap::ended(wire::Sender from) {
  Way& way = from == wire::Sender::server ? server_way_ : program_;
  if (way.over) return;
  way.over = true;
  // What a program leaves unfinished, its server never acted on.
  if (from == wire::Sender::client || way.frames.pending() == 0) return;
  lose(from,
       "the connection ended in the middle of a frame: " + std::to_string(way.frames.pending()) +
           " bytes of it are lost",
       way.last_read_at);
}

void Wiretap::server_frame(std::string_view payload, Instant read_at) {
  if (is_login(payload)) {
    lose(wire::Sender::server,
         "a login came from the server's side: either the two sides are mistaken for each other, "
         "or no drachtio-server is there",
         read_at);
    program_.over = true;  // then that side's excerpts and frames mean nothing either
    return;
  }
  if (!server_known_) {
    try {
      wire::parse_envelope(wire::Sender::server, payload);
      server_known_ = true;
    } catch (const wire::ProtocolError& error) {
      lose(wire::Sender::server, "no drachtio-server: " + std::string{to_string(error.fault())},
           read_at);
      return;
    }
  }
  if (listener_.frame) {
    listener_.frame({server_, connection_, wire::Sender::server, std::string{payload}, read_at});
  }
}

void Wiretap::program_frame(std::string_view payload, Instant read_at) {
  const std::string_view line = payload.substr(0, payload.find('\n'));
  try {
    if (parse_envelope(wire::Sender::client, line).kind != wire::Envelope::Kind::proxy) return;
  } catch (const wire::ProtocolError&) {
    return;  // the server will refuse it
  }
  if (listener_.frame) {
    listener_.frame({server_, connection_, wire::Sender::client, std::string{line}, read_at});
  }
}

void Wiretap::lose(wire::Sender from, const std::string& why, Instant since) {
  (from == wire::Sender::server ? server_way_ : program_).over = true;
  if (listener_.missed) listener_.missed(why, since);
}

}  // namespace drachtio::net
