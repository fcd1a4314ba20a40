#include "report/media.hpp"

#include "sip/codecs.hpp"
#include "sip/header_value.hpp"
#include "sip/sdp.hpp"
#include "sip/sdp_lines.hpp"

#include <algorithm>
#include <vector>

namespace drachtio::report {

namespace {

constexpr std::size_t most_codecs = 4;

std::string_view address_in(std::string_view connection) {
  sip::take_word(connection);
  sip::take_word(connection);
  const std::string_view address = sip::take_word(connection);
  return address.substr(0, address.find('/'));
}

// Returns the address of each stream, in their order.
std::vector<std::string_view> addresses(std::string_view sdp) {
  std::vector<std::string_view> streams;
  std::string_view of_session;
  while (!sdp.empty()) {
    const std::string_view line = sip::take_sdp_line(sdp);
    if (line.starts_with("m=")) {
      streams.push_back(of_session);
    } else if (line.starts_with("c=")) {
      (streams.empty() ? of_session : streams.back()) = address_in(line.substr(2));
    }
  }
  return streams;
}

std::string codecs_in_short(std::vector<std::string_view> names) {
  if (std::ranges::any_of(names, sip::carries_media)) {
    std::erase_if(names, [](std::string_view name) { return !sip::carries_media(name); });
  }
  std::string words;
  for (std::size_t i = 0; i < std::min(names.size(), most_codecs); ++i) {
    if (i > 0) words += '/';
    words += names[i];
  }
  if (names.size() > most_codecs) words += "+" + std::to_string(names.size() - most_codecs);
  return words;
}

std::string stream_in_short(const sip::Stream& stream, const std::vector<std::string_view>& codecs,
                            std::string_view address) {
  std::string words;
  if (stream.media != "audio") words = std::string{stream.media} + ' ';
  if (stream.is_refused) return words + (words.empty() ? "audio refused" : "refused");
  words += stream.is_rtp ? codecs_in_short(codecs) : std::string{stream.protocol};
  if (stream.flow != sip::Flow::sendrecv) words += ' ' + std::string{sip::name_of(stream.flow)};
  if (address.empty()) return words;
  const bool is_ipv6 = address.find(':') != std::string_view::npos;
  words += ' ' + (is_ipv6 ? '[' + std::string{address} + ']' : std::string{address});
  return words + ':' + std::string{stream.port};
}

}  // namespace

std::string media_in_short(std::string_view sdp) {
  const std::vector<sip::Stream> streams = sip::streams(sdp);
  const auto codecs = sip::codecs(sdp);
  const std::vector<std::string_view> hosts = addresses(sdp);
  std::string words;
  for (std::size_t i = 0; i < streams.size() && i < hosts.size(); ++i) {
    if (i > 0) words += ", ";
    words += stream_in_short(streams[i], codecs[i], hosts[i]);
  }
  return words.empty() ? "no media" : words;
}

}  // namespace drachtio::report
