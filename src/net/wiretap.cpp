#include "net/wiretap.hpp"

#include "wire/envelope.hpp"
#include "wire/protocol_error.hpp"

namespace drachtio::net {

namespace {

bool is_login(std::string_view payload) {
  const std::size_t bar = payload.find('|');
  return bar != std::string_view::npos && payload.substr(bar + 1).starts_with("authenticate");
}

// Says what is not recorded any more once the frames of this side cannot be found.
std::string missing_of(wire::Sender from) {
  return from == wire::Sender::server ? "nothing more of this connection"
                                      : "no more proxying by this connection";
}

}  // namespace

void Wiretap::bytes(wire::Sender from, std::string_view bytes, Instant read_at) {
  read(from, bytes, read_at);
  hand_over();
}

void Wiretap::read(wire::Sender from, std::string_view bytes, Instant read_at) {
  Way& heard = way(from);
  if (heard.over || heard.lost_since) return;
  heard.last_read_at = read_at;
  heard.frames.push(bytes);
  try {
    while (const auto payload = heard.frames.next()) {
      from == wire::Sender::server ? server_frame(*payload, read_at)
                                   : program_frame(*payload, read_at);
      if (heard.over || heard.lost_since) return;
    }
  } catch (const wire::ProtocolError& error) {
    // Shown in full only for who is surely the server: others' bytes may hold the secret.
    if (from == wire::Sender::client && !server_known_) {
      heard.over = true;  // nobody the server has let in: nothing of a call is missed
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
  Way& heard = way(from);
  if (heard.over) return;
  heard.over = true;
  if (heard.lost_since) {
    tell(missing_of(from) + " was recorded until it closed", *heard.lost_since);
    return;
  }
  // What a program leaves unfinished, its server never acted on.
  if (from == wire::Sender::client || heard.frames.pending() == 0) return;
  tell("the connection ended in the middle of a frame: " + std::to_string(heard.frames.pending()) +
           " bytes of it are lost",
       heard.last_read_at);
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
  found_.push_back({server_, connection_, wire::Sender::server, std::string{payload}, read_at});
}

void Wiretap::program_frame(std::string_view payload, Instant read_at) {
  const std::string_view line = payload.substr(0, payload.find('\n'));
  try {
    if (parse_envelope(wire::Sender::client, line).kind != wire::Envelope::Kind::proxy) return;
  } catch (const wire::ProtocolError&) {
    return;  // the server will refuse it
  }
  found_.push_back({server_, connection_, wire::Sender::client, std::string{line}, read_at});
}

void Wiretap::lose(wire::Sender from, const std::string& why, Instant since) {
  way(from).lost_since = since;
  tell(why + "; " + missing_of(from) + " is recorded until it closes", since);
}

void Wiretap::tell(const std::string& why, Instant since) {
  hand_over();  // the frames that were found come before the gap
  if (listener_.missed) listener_.missed(why, since);
}

void Wiretap::hand_over() {
  if (!found_.empty() && listener_.frames) listener_.frames(found_);
  found_.clear();
}

}  // namespace drachtio::net
