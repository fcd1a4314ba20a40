#include "report/media.hpp"

#include "sip/sdp.hpp"
#include "sip/sdp_lines.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <utility>
#include <vector>

namespace drachtio::report {

namespace {

constexpr std::size_t most_codecs = 4;

// RFC 3551 6, those in use.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> static_payloads{
    {{"0", "PCMU"},
     {"3", "GSM"},
     {"4", "G723"},
     {"8", "PCMA"},
     {"9", "G722"},
     {"15", "G728"},
     {"18", "G729"},
     {"13", "CN"},
     {"34", "H263"}}};

// Lines holds what sip::streams() does not tell of a stream: its codecs' names, and its address.
struct Lines {
  std::map<std::string_view, std::string_view> names;  // by payload type
  std::string_view address;
};

std::string_view address_in(std::string_view connection) {
  sip::take_word(connection);
  sip::take_word(connection);
  const std::string_view address = sip::take_word(connection);
  return address.substr(0, address.find('/'));
}

// Returns the lines of each stream, in their order.
std::vector<Lines> lines_of(std::string_view sdp) {
  std::vector<Lines> streams;
  std::string_view of_session;
  while (!sdp.empty()) {
    std::string_view line = sip::take_sdp_line(sdp);
    if (line.starts_with("m=")) {
      streams.emplace_back().address = of_session;
    } else if (line.starts_with("c=")) {
      (streams.empty() ? of_session : streams.back().address) = address_in(line.substr(2));
    } else if (line.starts_with("a=rtpmap:") && !streams.empty()) {
      line.remove_prefix(std::string_view{"a=rtpmap:"}.size());
      const std::string_view payload = sip::take_word(line);
      const std::string_view encoding = sip::take_word(line);
      streams.back().names.emplace(payload, encoding.substr(0, encoding.find('/')));
    }
  }
  return streams;
}

std::string_view name_of_payload(std::string_view payload, const Lines& lines) {
  if (const auto named = lines.names.find(payload); named != lines.names.end()) {
    return named->second;
  }
  const auto* fixed =
      std::ranges::find(static_payloads, payload, [](const auto& known) { return known.first; });
  return fixed == static_payloads.end() ? payload : fixed->second;
}

bool is_speech_beside(std::string_view codec) {
  std::string lower{codec};
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower != "telephone-event" && lower != "cn";
}

std::string codecs(const sip::Stream& stream, const Lines& lines) {
  if (!stream.is_rtp) return std::string{stream.protocol};
  std::vector<std::string_view> names;
  std::string_view formats = stream.formats;
  while (!formats.empty()) {
    const std::string_view payload = sip::take_word(formats);
    if (payload.empty()) break;
    const std::string_view name = name_of_payload(payload, lines);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  if (std::ranges::any_of(names, is_speech_beside)) {
    std::erase_if(names, [](std::string_view name) { return !is_speech_beside(name); });
  }
  std::string words;
  for (std::size_t i = 0; i < std::min(names.size(), most_codecs); ++i) {
    if (i > 0) words += '/';
    words += names[i];
  }
  if (names.size() > most_codecs) words += "+" + std::to_string(names.size() - most_codecs);
  return words;
}

std::string stream_in_short(const sip::Stream& stream, const Lines& lines) {
  std::string words;
  if (stream.media != "audio") words = std::string{stream.media} + ' ';
  if (stream.is_refused) return words + (words.empty() ? "audio refused" : "refused");
  words += codecs(stream, lines);
  if (stream.flow != sip::Flow::sendrecv) words += ' ' + std::string{sip::name_of(stream.flow)};
  if (lines.address.empty()) return words;
  const bool is_ipv6 = lines.address.find(':') != std::string_view::npos;
  words += ' ' + (is_ipv6 ? '[' + std::string{lines.address} + ']' : std::string{lines.address});
  return words + ':' + std::string{stream.port};
}

}  // namespace

std::string media_in_short(std::string_view sdp) {
  const std::vector<sip::Stream> streams = sip::streams(sdp);
  const std::vector<Lines> lines = lines_of(sdp);
  std::string words;
  for (std::size_t i = 0; i < streams.size() && i < lines.size(); ++i) {
    if (i > 0) words += ", ";
    words += stream_in_short(streams[i], lines[i]);
  }
  return words.empty() ? "no media" : words;
}

}  // namespace drachtio::report
