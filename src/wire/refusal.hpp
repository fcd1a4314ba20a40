// This file tells what a drachtio-server has against a frame of a client's: its words of
// `NOK|<why>` and `NO|<why>`, told apart in this one place. The words are those of drachtio-server
// 0.8 and 0.9.
#pragma once

#include <cstdint>
#include <string_view>

namespace drachtio::wire {

enum class Refusal : std::uint8_t {
  none,
  // The server does not know the request that was to be answered or cancelled, or no longer: it was
  // answered or cancelled before, or nobody answered it for 64 s.
  unknown_transaction,
  unknown_dialog,  // likewise the dialog of a request
  other,           // all else: what was asked for may be asked for again, differently
};

// Returns what the server means by the text that follows `NOK|` or `NO|`.
Refusal refusal_of(std::string_view words);

}  // namespace drachtio::wire
