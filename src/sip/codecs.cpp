#include "sip/codecs.hpp"

#include "sip/header_value.hpp"
#include "sip/sdp.hpp"
#include "sip/sdp_lines.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace drachtio::sip {

namespace {

// RFC 3551 6 names these payload types.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> static_payloads{
    {{"0", "PCMU"},   {"3", "GSM"},   {"4", "G723"},  {"5", "DVI4"},  {"6", "DVI4"},
     {"7", "LPC"},    {"8", "PCMA"},  {"9", "G722"},  {"10", "L16"},  {"11", "L16"},
     {"12", "QCELP"}, {"13", "CN"},   {"14", "MPA"},  {"15", "G728"}, {"16", "DVI4"},
     {"17", "DVI4"},  {"18", "G729"}, {"25", "CelB"}, {"26", "JPEG"}, {"28", "nv"},
     {"31", "H261"},  {"32", "MPV"},  {"33", "MP2T"}, {"34", "H263"}}};

using NamesByPayload = std::map<std::string_view, std::string_view>;

// Returns the rtpmap lines of each stream.
std::vector<NamesByPayload> rtpmaps(std::string_view sdp) {
  constexpr std::string_view rtpmap = "a=rtpmap:";
  std::vector<NamesByPayload> streams;
  while (!sdp.empty()) {
    std::string_view line = take_sdp_line(sdp);
    if (line.starts_with("m=")) streams.emplace_back();
    if (!line.starts_with(rtpmap) || streams.empty()) continue;
    line.remove_prefix(rtpmap.size());
    const std::string_view payload = take_word(line);
    const std::string_view encoding = take_word(line);
    streams.back().emplace(payload, encoding.substr(0, encoding.find('/')));
  }
  return streams;
}

std::string_view name_of_payload(std::string_view payload, const NamesByPayload& names) {
  if (const auto named = names.find(payload); named != names.end()) return named->second;
  const auto* fixed =
      std::ranges::find(static_payloads, payload, [](const auto& known) { return known.first; });
  return fixed == static_payloads.end() ? payload : fixed->second;
}

bool has_name(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::any_of(names,
                             [&](std::string_view one) { return same_ignoring_case(one, name); });
}

}  // namespace

std::vector<std::vector<std::string_view>> codecs(std::string_view sdp) {
  const std::vector<NamesByPayload> names = rtpmaps(sdp);
  std::vector<std::vector<std::string_view>> result;
  for (const Stream& stream : streams(sdp)) {
    std::vector<std::string_view>& of_stream = result.emplace_back();
    if (!stream.is_rtp || result.size() > names.size()) continue;
    std::string_view formats = stream.formats;
    for (std::string_view payload = take_word(formats); !payload.empty();
         payload = take_word(formats)) {
      const std::string_view name = name_of_payload(payload, names[result.size() - 1]);
      if (std::ranges::find(of_stream, name) == of_stream.end()) of_stream.push_back(name);
    }
  }
  return result;
}

bool carries_media(std::string_view codec) {
  return !same_ignoring_case(codec, "telephone-event") && !same_ignoring_case(codec, "CN");
}

bool share_a_codec(std::string_view sdp, std::string_view other) {
  const std::vector<Stream> ours = streams(sdp);
  const std::vector<Stream> theirs = streams(other);
  const auto our_codecs = codecs(sdp);
  const auto their_codecs = codecs(other);
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    if (ours[i].is_refused || theirs[i].is_refused || !same_kind(ours[i], theirs[i])) continue;
    if (!ours[i].is_rtp) return true;
    const bool is_shared = std::ranges::any_of(our_codecs[i], [&](std::string_view name) {
      return carries_media(name) && has_name(their_codecs[i], name);
    });
    if (is_shared) return true;
  }
  return false;
}

}  // namespace drachtio::sip
