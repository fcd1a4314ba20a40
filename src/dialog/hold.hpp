// The rules of hold. Who holds a call, and what our side wants of its streams, is decided stream by
// stream from each offer and its answer (RFC 3264 6.1 and 8.4, RFC 6337 5.3). Pure functions of
// session descriptions.
#pragma once

#include "sip/sdp.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::dialog {

// Each character of `streams` is one m= line: which sides hold it, 'n'one, 'l'ocal, 'r'emote or
// 'b'oth. A stream beyond its end is held as the call is.
struct Holding {
  bool locally = false;
  bool remotely = false;
  std::string streams;
  bool operator==(const Holding&) const = default;
};

// A completed offer of our side or the far end's. The call's first is none of these: it holds
// nothing.
struct Exchange {
  bool offered_by_us = false;
  std::string_view offer;
  std::optional<std::string_view> answer;  // nothing where none was seen
  // The offering side's description before this one, by which a refresh is told; nothing where
  // there was none.
  std::optional<std::string_view> before;
};

// A side holds a stream in use that it offers sendonly or inactive, or answers with less than the
// offer lets it receive. It holds the call where it holds each stream in use, and there is one.
Holding after_exchange(const Holding& before, const Exchange& exchange);

// The directions that our side wants of each stream, one character a stream: sendrecv 'b',
// sendonly 's', recvonly 'r', inactive 'i'. A stream beyond its end is wanted sendrecv.
//
// `wanted` as it is once our side has offered `ours`, or has answered `offer` with it. A direction
// that the far end's offer did not let us exceed is no wish; nor is one that only holds the far
// end, but in the call's `first` description of ours, which holds nothing.
std::string wanted_after(const std::string& wanted, std::string_view ours,
                         std::optional<std::string_view> offer, bool first);

// The same as directions, for each stream of `sdp`.
std::vector<sip::Flow> wanted_flows(const std::string& wanted, std::string_view sdp);

}  // namespace drachtio::dialog
