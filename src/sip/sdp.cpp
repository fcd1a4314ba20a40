#include "sip/sdp.hpp"

#include "sip/header_value.hpp"
#include "sip/sdp_lines.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string>

namespace drachtio::sip {

namespace {

bool is_null_ipv6(const std::string& address) {
  in6_addr parsed{};
  return inet_pton(AF_INET6, address.c_str(), &parsed) == 1 &&
         std::ranges::all_of(parsed.s6_addr, [](std::uint8_t byte) { return byte == 0; });
}

// "IN IP4 0.0.0.0" or "IN IP6 ::"
bool is_null_address(std::string_view connection) {
  take_word(connection);
  take_word(connection);
  std::string_view address = take_word(connection);
  address = address.substr(0, address.find('/'));
  const bool only_zeros = address.find_first_not_of("0.") == std::string_view::npos;
  const bool is_ipv4 = std::ranges::count(address, '.') == 3;
  return (is_ipv4 && only_zeros) || is_null_ipv6(std::string{address});
}

// The session, or one stream of it, as its lines describe it.
struct Scope {
  std::optional<Flow> flow;
  std::optional<bool> null_address;
  bool does_ice = false;
  bool bundle_only = false;

  void read_attribute(std::string_view attribute) {
    if (const auto named = flow_named(attribute)) flow = named;
    if (attribute.starts_with("ice-ufrag:")) does_ice = true;
    if (attribute.starts_with("ice-options:") &&
        (" " + std::string{attribute.substr(12)} + " ").find(" trickle ") != std::string::npos) {
      does_ice = true;
    }
    if (trimmed(attribute) == "bundle-only") bundle_only = true;
  }
};

Stream stream_of(const MediaLine& line, const Scope& media, const Scope& session) {
  Stream stream;
  const bool null_address = media.null_address.value_or(session.null_address.value_or(false));
  const bool does_ice = media.does_ice || session.does_ice;
  stream.flow = null_address && !does_ice
                    ? Flow::inactive
                    : media.flow.value_or(session.flow.value_or(Flow::sendrecv));
  stream.is_rtp =
      line.protocol.starts_with("RTP/") || line.protocol.find("/RTP/") != std::string_view::npos;
  stream.is_refused = !line.has_port() && !media.bundle_only;
  stream.media = line.media;
  stream.port = line.port;
  stream.protocol = line.protocol;
  stream.formats = line.formats;
  return stream;
}

struct Origin {
  std::string_view session_id;
  std::string_view version;
};

std::optional<Origin> origin(std::string_view sdp) {
  while (!sdp.empty()) {
    std::string_view line = take_sdp_line(sdp);
    if (!line.starts_with("o=")) continue;
    line.remove_prefix(2);
    take_word(line);
    Origin found;
    found.session_id = take_word(line);
    found.version = take_word(line);
    if (found.version.empty()) return std::nullopt;
    return found;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Stream> streams(std::string_view sdp) {
  std::vector<Stream> found;
  Scope session;
  Scope media;
  std::optional<MediaLine> media_line;
  const auto close_media = [&] {
    if (media_line) found.push_back(stream_of(*media_line, media, session));
  };
  while (!sdp.empty()) {
    std::string_view line = take_sdp_line(sdp);
    if (line.size() < 2 || line[1] != '=') continue;
    const char type = line[0];
    line.remove_prefix(2);
    Scope& scope = media_line ? media : session;
    if (type == 'm') {
      close_media();
      media = Scope{};
      media_line.emplace(line);
    } else if (type == 'a') {
      scope.read_attribute(line);
    } else if (type == 'c') {
      scope.null_address = is_null_address(line);
    }
  }
  close_media();
  return found;
}

bool same_kind(const Stream& one, const Stream& other) {
  return one.media == other.media && one.protocol == other.protocol;
}

bool same_version(std::string_view sdp, std::string_view other) {
  const auto a = origin(sdp);
  const auto b = origin(other);
  return a && b && a->session_id == b->session_id && a->version == b->version;
}

}  // namespace drachtio::sip
