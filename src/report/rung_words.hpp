// This file has the words of a ladder that all its pictures have in common. Texts from the network
// are in them as they came.
#pragma once

#include "report/ladder.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::report {

// An instant as RFC 3339 text, 2026-01-02T15:04:05.000000Z, has its date and its time in these
// columns.
constexpr std::size_t date_columns = 10;
constexpr std::size_t time_begin = 11;
constexpr std::size_t time_columns = 12;  // to the millisecond

// Returns "+0.031", "+12.3" or "+1:02:03": how long after the rung before.
std::string gap_words(Microseconds gap);

// Returns what stands above the lifeline of a participant, line by line.
std::vector<std::string> participant_words(const Participant& participant);

// Returns the label of a rung, with the number of its leg where the ladder has several:
// "INVITE [2]"; of a time of blindness, that it is one.
std::string rung_label(const Ladder& ladder, const Rung& rung);

// Returns what the rung changed, and its session description in short.
std::string rung_details(const Rung& rung, std::string_view separator);

// A Tone says what a rung is, for its colour.
enum class Tone : std::uint8_t { request, provisional, success, redirection, failure, note, blind };
Tone tone_of(const Rung& rung);

}  // namespace drachtio::report
