#include "report/rung_words.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace drachtio::report {

std::string gap_words(Microseconds gap) {
  const double seconds = static_cast<double>(gap.count()) / 1e6;
  const double size = std::fabs(seconds);
  std::array<char, 32> text{};
  if (size < 100) {
    std::snprintf(text.data(), text.size(), "%+.3f", seconds);
  } else if (size < 3600) {
    std::snprintf(text.data(), text.size(), "%+.1f", seconds);
  } else {
    const auto whole = static_cast<long long>(size);
    std::snprintf(text.data(), text.size(), "%c%lld:%02lld:%02lld", seconds < 0 ? '-' : '+',
                  whole / 3600, whole / 60 % 60, whole % 60);
  }
  return text.data();
}

std::vector<std::string> participant_words(const Participant& participant) {
  if (participant.kind == Participant::Kind::program) return {"program"};
  if (participant.kind == Participant::Kind::server) return {"server", participant.name};
  std::vector<std::string> words = participant.roles;
  if (!participant.name.empty()) words.push_back(participant.name);
  return words;
}

std::string rung_label(const Ladder& ladder, const Rung& rung) {
  if (rung.kind == Rung::Kind::blind) return "recorder blind: " + rung.label;
  if (!rung.leg || ladder.legs.size() < 2) return rung.label;
  return rung.label + " [" + std::to_string(*rung.leg + 1) + ']';
}

std::string rung_details(const Rung& rung, std::string_view separator) {
  std::string words;
  const auto add = [&](const std::string& more) {
    if (more.empty()) return;
    if (!words.empty()) words += separator;
    words += more;
  };
  for (const std::string& change : rung.changes) add(change);
  add(rung.media);
  return words;
}

Tone tone_of(const Rung& rung) {
  if (rung.kind == Rung::Kind::note) return Tone::note;
  if (rung.kind == Rung::Kind::blind) return Tone::blind;
  if (rung.status == 0) return Tone::request;
  if (rung.status < 200) return Tone::provisional;
  if (rung.status < 300) return Tone::success;
  return rung.status < 400 ? Tone::redirection : Tone::failure;
}

}  // namespace drachtio::report
