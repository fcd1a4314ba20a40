#include "sip/sdp.hpp"

#include "sip/header_value.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace drachtio::sip {

namespace {

// Takes a line off the front of `text`, without its CRLF or LF.
std::string_view take_sdp_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  return word;
}

constexpr std::array<std::string_view, 4> flow_names{"sendrecv", "sendonly", "recvonly",
                                                     "inactive"};

std::string_view name_of(Flow flow) { return flow_names.at(static_cast<std::size_t>(flow)); }

std::optional<Flow> flow_named(std::string_view attribute) {
  const auto* found = std::ranges::find(flow_names, trimmed(attribute));
  if (found == flow_names.end()) return std::nullopt;
  return static_cast<Flow>(found - flow_names.begin());
}

bool sends(Flow flow) { return flow == Flow::sendrecv || flow == Flow::sendonly; }
bool receives(Flow flow) { return flow == Flow::sendrecv || flow == Flow::recvonly; }
Flow flow_of(bool send, bool receive) {
  if (send) return receive ? Flow::sendrecv : Flow::sendonly;
  return receive ? Flow::recvonly : Flow::inactive;
}

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

// "audio 6000/2 RTP/AVP 0 8"
struct MediaLine {
  std::string_view media;
  std::string_view port;
  std::string_view protocol;
  std::string_view formats;

  explicit MediaLine(std::string_view line)
      : media(take_word(line)),
        port(take_word(line)),
        protocol(take_word(line)),
        formats(trimmed(line)) {}

  [[nodiscard]] bool has_port() const {
    return port.substr(0, port.find('/')).find_first_not_of('0') != std::string_view::npos;
  }
};

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

// "o=app 1 2 IN IP4 192.0.2.1" as "o=app 1 3 IN IP4 192.0.2.1"; as it is where it has no number.
std::string next_version(std::string_view line) {
  std::string_view rest = line;
  take_word(rest);
  take_word(rest);
  const std::string_view version = take_word(rest);
  const auto number = number_of<std::uint64_t>(version);
  if (!number) return std::string{line};
  std::string next{line.substr(0, static_cast<std::size_t>(version.data() - line.data()))};
  return next.append(std::to_string(*number + 1)).append(rest);
}

// A description as text blocks: the session's lines, and each stream's, from its m= line on. Lines
// keep their order and end with CRLF.
struct Sections {
  std::string session;
  std::vector<std::string> streams;

  explicit Sections(std::string_view sdp) {
    while (!sdp.empty()) {
      const std::string_view line = take_sdp_line(sdp);
      if (line.empty()) continue;
      if (line.starts_with("m=")) streams.emplace_back();
      (streams.empty() ? session : streams.back()).append(line).append("\r\n");
    }
  }
};

// The section without the lines that `unwanted` names.
template <typename Unwanted>
std::string without_lines(std::string_view section, Unwanted unwanted) {
  std::string kept;
  while (!section.empty()) {
    const std::string_view line = take_sdp_line(section);
    if (!unwanted(line)) kept.append(line).append("\r\n");
  }
  return kept;
}

bool is_flow_line(std::string_view line) {
  return line.starts_with("a=") && flow_named(line.substr(2));
}

std::string in_direction(std::string_view section, Flow flow) {
  std::string changed = without_lines(section, is_flow_line);
  return changed.append("a=").append(name_of(flow)).append("\r\n");
}

std::string media_line(std::string_view media, std::string_view port, std::string_view protocol,
                       std::string_view formats) {
  std::string line{"m="};
  line.append(media).append(" ").append(port).append(" ").append(protocol);
  if (!formats.empty()) line.append(" ").append(formats);
  return line.append("\r\n");
}

// A version later, with these streams, each of which says its direction itself.
std::string next_description(std::string_view session, const std::vector<std::string>& streams) {
  std::string description;
  while (!session.empty()) {
    const std::string_view line = take_sdp_line(session);
    if (is_flow_line(line)) continue;
    description.append(line.starts_with("o=") ? next_version(line) : std::string{line});
    description.append("\r\n");
  }
  for (const std::string& stream : streams) description += stream;
  return description;
}

// Our formats that are offered too; all of ours where none is, which the far end can tell apart no
// better than we.
std::string common_formats(std::string_view ours, std::string_view offered) {
  const std::string among = " " + std::string{offered} + " ";
  std::string common;
  for (std::string_view rest = ours; !rest.empty();) {
    const std::string format{take_word(rest)};
    if (among.find(" " + format + " ") == std::string::npos) continue;
    common += (common.empty() ? "" : " ") + format;
  }
  return common.empty() ? std::string{ours} : common;
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

bool same_version(std::string_view sdp, std::string_view other) {
  const auto a = origin(sdp);
  const auto b = origin(other);
  return a && b && a->session_id == b->session_id && a->version == b->version;
}

Flow answered_flow(Flow wanted, Flow offered) {
  return flow_of(sends(wanted) && receives(offered), receives(wanted) && sends(offered));
}

Flow held(Flow wanted) { return flow_of(sends(wanted), false); }

std::string with_flows(std::string_view sdp, const std::vector<Flow>& flows) {
  const std::vector<Stream> present = streams(sdp);
  const Sections sections{sdp};
  std::vector<std::string> changed;
  bool is_same = true;
  for (std::size_t i = 0; i < sections.streams.size(); ++i) {
    const Flow flow = i < flows.size() ? flows[i] : present[i].flow;
    is_same = is_same && flow == present[i].flow;
    changed.push_back(in_direction(sections.streams[i], flow));
  }
  return is_same ? std::string{sdp} : next_description(sections.session, changed);
}

std::string answer_with(std::string_view ours, std::string_view offer,
                        const std::vector<Flow>& wanted) {
  const Sections own{ours};
  const std::vector<Stream> offered = streams(offer);
  const std::vector<Stream> present = streams(ours);
  std::vector<std::string> answer;
  bool is_same = offered.size() == present.size();
  std::string_view rest = offer;
  while (!rest.empty()) {
    const std::string_view line = take_sdp_line(rest);
    if (!line.starts_with("m=")) continue;
    const std::size_t i = answer.size();
    const MediaLine theirs{line.substr(2)};
    std::string_view attributes = i < own.streams.size() ? own.streams[i] : std::string_view{};
    const std::string_view our_line = take_sdp_line(attributes);
    const MediaLine have{our_line.substr(std::min<std::size_t>(2, our_line.size()))};
    const bool accepts = i < present.size() && !offered[i].is_refused && !present[i].is_refused &&
                         have.media == theirs.media && have.protocol == theirs.protocol;
    if (!accepts) {
      answer.push_back(media_line(theirs.media, "0", theirs.protocol, theirs.formats));
      is_same = is_same && answer.back().starts_with(our_line);
      continue;
    }
    const Flow flow =
        answered_flow(i < wanted.size() ? wanted[i] : Flow::sendrecv, offered[i].flow);
    const std::string formats = common_formats(have.formats, theirs.formats);
    is_same = is_same && flow == present[i].flow && formats == have.formats;
    answer.push_back(in_direction(
        media_line(have.media, have.port, have.protocol, formats) + std::string{attributes}, flow));
  }
  return is_same ? std::string{ours} : next_description(own.session, answer);
}

}  // namespace drachtio::sip
