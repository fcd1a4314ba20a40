#include "dialog/former_streams.hpp"

#include "sip/sdp.hpp"

#include <algorithm>

namespace drachtio::dialog {

namespace {

using sip::Stream;

constexpr std::size_t most_former_streams = 16;

// Each word of `some` is one of `all`, which has others.
bool are_fewer(std::string_view some, std::string_view all) {
  const auto is_among_all = [&](std::string_view word) {
    return (" " + std::string{all} + " ").find(" " + std::string{word} + " ") != std::string::npos;
  };
  const auto count = [](std::string_view words) { return std::ranges::count(words, ' '); };
  for (std::string_view rest = some; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (!word.empty() && !is_among_all(word)) return false;
  }
  return count(some) < count(all);
}

// Returns whether our side would have the former m= line again, although it is another one now: it
// would where the far end has turned the stream off, has left it fewer formats, or has put another
// kind of stream there.
bool stays(const Stream& before, const Stream& now, const Stream* offered) {
  if (!sip::same_kind(before, now)) return true;
  if (offered == nullptr) return false;
  if (now.is_refused) return offered->is_refused;
  return now.port == before.port && are_fewer(now.formats, before.formats);
}

const Stream* at(const std::vector<Stream>& streams, std::size_t line) {
  return line < streams.size() ? &streams[line] : nullptr;
}

}  // namespace

std::vector<FormerStream> former_after(std::vector<FormerStream> former, const Sdp& before,
                                       std::string_view ours,
                                       std::optional<std::string_view> offer) {
  if (former.empty() && before.text == ours) return former;
  // Streams that the former description has, and that are not kept yet, are kept from now on.
  const std::vector<Stream> described = sip::streams(before.text);
  for (std::size_t i = 0; i < described.size(); ++i) {
    const bool is_kept = std::ranges::any_of(former, [&](const FormerStream& one) {
      if (one.line != i) return false;
      const std::vector<Stream> kept = sip::streams(one.sdp.text);
      return i < kept.size() && sip::same_kind(kept[i], described[i]);
    });
    if (!described[i].is_refused && !is_kept) former.push_back({i, before});
  }
  const std::vector<Stream> now = sip::streams(ours);
  const std::vector<Stream> offered = offer ? sip::streams(*offer) : std::vector<Stream>{};
  std::erase_if(former, [&](const FormerStream& one) {
    const std::vector<Stream> kept = sip::streams(one.sdp.text);
    const Stream* had = at(kept, one.line);
    const Stream* has = at(now, one.line);
    return had == nullptr || (has != nullptr && !stays(*had, *has, at(offered, one.line)));
  });
  if (former.size() > most_former_streams) {
    former.erase(former.begin(), former.end() - most_former_streams);
  }
  return former;
}

}  // namespace drachtio::dialog
