// This file reads the calls that somebody has chosen, by name or by what they have in common.
#pragma once

#include "projection/selection.hpp"
#include "replay/zone.hpp"
#include "report/ladder.hpp"

#include <functional>
#include <string>
#include <vector>

namespace drachtio::replay {

struct Choice {
  std::vector<std::string> calls;   // each as find_call() takes it; none: what is selected
  projection::Selection selection;  // a call is chosen if one of its legs is
  bool related = false;             // with the legs that belong to them
  bool secrets = false;             // with what without_secrets() masks (report/secrets.hpp)
  Zone zone = Zone::utc;
};

struct ChosenCall {
  std::vector<report::Leg> legs;
  report::Ladder ladder;  // of these
};

// Visits each call chosen once, whole, in order of their start. Returns false, and visits none,
// where a call that was named is not there, or is not the only one; that has been said on standard
// error. Throws log::Error.
bool each_chosen_call(log::Reader& reader, const Choice& choice,
                      const std::function<void(const ChosenCall&)>& visit);

}  // namespace drachtio::replay
