// A heading stands above a ladder and says which call it is, who spoke with whom, for how long, and
// who hung up.
#pragma once

#include "report/ladder.hpp"

#include <functional>
#include <string>
#include <vector>

namespace drachtio::report {

// Returns lines of plain words, the Call-ID first and then two lines a leg. They are not escaped.
// `time` is as in TextStyle.
std::vector<std::string> heading(const Ladder& ladder,
                                 const std::function<std::string(Instant)>& time);

// These return its parts: `"Ann Lee" ann`, `ended: rejected (486), Q.850 cause 17`, `0.829 s`.
std::string party_text(const Party& party);
std::string end_text(const DialogState& leg);
std::string seconds_text(Instant from, Instant to);

}  // namespace drachtio::report
