// What an event changed: the dialog before it and after it, property by property.
#pragma once

#include "dialog/dialog.hpp"
#include "replay/zone.hpp"

#include <string>
#include <vector>

namespace drachtio::replay {

struct Change {
  std::string property;  // as in JSON, with a dot: "local.tag"
  std::string json;      // its new value
  std::string words;     // for people, not escaped; empty where the event itself says as much
};

// Times are in UTC in `json`, and in `zone` in `words`.
std::vector<Change> changes(const dialog::Dialog& before, const dialog::Dialog& after, Zone zone);

// The words, joined.
std::string words_of(const std::vector<Change>& changes);

}  // namespace drachtio::replay
