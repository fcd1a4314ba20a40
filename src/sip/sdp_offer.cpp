// This file makes offers and answers of the descriptions that there are (RFC 3264 6 and 8).
#include "sip/header_value.hpp"
#include "sip/sdp.hpp"
#include "sip/sdp_lines.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace drachtio::sip {

namespace {

bool sends(Flow flow) { return flow == Flow::sendrecv || flow == Flow::sendonly; }
bool receives(Flow flow) { return flow == Flow::sendrecv || flow == Flow::recvonly; }
Flow flow_of(bool send, bool receive) {
  if (send) return receive ? Flow::sendrecv : Flow::sendonly;
  return receive ? Flow::recvonly : Flow::inactive;
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

// The line of this type ("c=") in one section, with its CRLF; empty where it has none.
std::string line_of(std::string_view section, std::string_view type) {
  while (!section.empty()) {
    const std::string_view line = take_sdp_line(section);
    if (line.starts_with(type)) return std::string{line} + "\r\n";
  }
  return {};
}

// A stream as a description has it that may be an earlier one of ours.
struct OwnStream {
  Stream line;
  std::string attributes;  // what follows the m= line
  bool is_former = false;
};

// Returns the stream as the former description has it. An address that stands in the session there,
// and is not that of the session here, goes with it.
OwnStream former_stream(const FormerStream& former, std::string_view session) {
  const Sections sections{former.sdp.text};
  const std::vector<Stream> all = streams(former.sdp.text);
  if (former.line >= all.size() || former.line >= sections.streams.size()) return {};
  std::string_view attributes = sections.streams[former.line];
  take_sdp_line(attributes);
  OwnStream stream{all[former.line], {}, true};
  const std::string address = line_of(sections.session, "c=");
  if (line_of(attributes, "c=").empty() && address != line_of(session, "c=")) {
    stream.attributes = address;
  }
  stream.attributes += attributes;
  return stream;
}

// Returns our stream for an m= line: as our description has it, or as an earlier one has, with more
// formats, or before the stream was turned off. `offered` says which kind of stream it is to be;
// where there is none, it is what our description has.
OwnStream own_stream(std::size_t line, const std::vector<Stream>& present, const Sections& own,
                     const std::vector<FormerStream>& former, const Stream* offered) {
  OwnStream stream;
  stream.line.is_refused = true;
  if (line < present.size()) {
    std::string_view attributes = own.streams[line];
    take_sdp_line(attributes);
    stream = {present[line], std::string{attributes}, false};
  }
  for (const FormerStream& one : former) {
    if (one.line != line) continue;
    OwnStream earlier = former_stream(one, own.session);
    const bool fits = offered != nullptr
                          ? same_kind(earlier.line, *offered)
                          : stream.line.is_refused || same_kind(earlier.line, stream.line);
    if (fits && !earlier.line.is_refused) stream = std::move(earlier);
  }
  return stream;
}

}  // namespace

Flow answered_flow(Flow wanted, Flow offered) {
  return flow_of(sends(wanted) && receives(offered), receives(wanted) && sends(offered));
}

Flow held(Flow wanted) { return flow_of(sends(wanted), false); }

std::string with_flows(std::string_view sdp, const std::vector<Flow>& flows,
                       const std::vector<FormerStream>& former) {
  const std::vector<Stream> present = streams(sdp);
  const Sections sections{sdp};
  std::vector<std::string> changed;
  bool is_same = true;
  for (std::size_t i = 0; i < sections.streams.size(); ++i) {
    const OwnStream stream = own_stream(i, present, sections, former, nullptr);
    const Flow flow = i < flows.size() ? flows[i] : present[i].flow;
    is_same = is_same && flow == present[i].flow && !stream.is_former;
    changed.push_back(in_direction(
        media_line(stream.line.media, stream.line.port, stream.line.protocol, stream.line.formats) +
            stream.attributes,
        flow));
  }
  return is_same ? std::string{sdp} : next_description(sections.session, changed);
}

std::string answer_with(std::string_view ours, std::string_view offer,
                        const std::vector<Flow>& wanted, const std::vector<FormerStream>& former) {
  const Sections own{ours};
  const std::vector<Stream> offered = streams(offer);
  const std::vector<Stream> present = streams(ours);
  std::vector<std::string> answer;
  bool is_same = offered.size() == present.size();
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const Stream& theirs = offered[i];
    const OwnStream have = own_stream(i, present, own, former, &theirs);
    const Stream* now = i < present.size() ? &present[i] : nullptr;
    if (theirs.is_refused || have.line.is_refused || !same_kind(have.line, theirs)) {
      answer.push_back(media_line(theirs.media, "0", theirs.protocol, theirs.formats));
      is_same = is_same && now != nullptr &&
                answer.back() == media_line(now->media, now->port, now->protocol, now->formats);
      continue;
    }
    const Flow flow = answered_flow(i < wanted.size() ? wanted[i] : Flow::sendrecv, theirs.flow);
    const std::string formats = common_formats(have.line.formats, theirs.formats);
    is_same = is_same && now != nullptr && same_kind(*now, have.line) &&
              now->port == have.line.port && flow == now->flow && formats == now->formats;
    answer.push_back(in_direction(
        media_line(have.line.media, have.line.port, have.line.protocol, formats) + have.attributes,
        flow));
  }
  return is_same ? std::string{ours} : next_description(own.session, answer);
}

}  // namespace drachtio::sip
