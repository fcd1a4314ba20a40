#include "report/heading.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace drachtio::report {

std::string seconds_text(Instant from, Instant to) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f s", static_cast<double>((to - from).count()) / 1e6);
  return text.data();
}

std::string party_text(const Party& party) {
  const std::string user = party.user.value_or("unknown");
  return party.display ? '"' + *party.display + "\" " + user : user;
}

std::string end_text(const DialogState& leg) {
  if (leg.state != State::terminated) return std::string{"still "} += to_string(leg.state);
  std::string words = "ended";
  if (leg.cause) words += ": " + std::string{to_string(*leg.cause)};
  if (leg.status && *leg.status >= 300) words += " (" + std::to_string(*leg.status) + ')';
  if (leg.q850_cause) words += ", Q.850 cause " + std::to_string(*leg.q850_cause);
  return words;
}

namespace {

std::string who_and_when(const DialogState& leg, const std::function<std::string(Instant)>& time) {
  std::string words = party_text(leg.calling_party) + " called " + party_text(leg.called_party);
  if (leg.times.start_time) words += " at " + time(*leg.times.start_time);
  return words;
}

std::string how_it_went(const DialogState& leg) {
  const Times& times = leg.times;
  std::string words;
  if (times.start_time && times.connect_time) {
    words += "set up in " + seconds_text(*times.start_time, *times.connect_time) + ", ";
  }
  if (times.connect_time && times.end_time) {
    words += "talked for " + seconds_text(*times.connect_time, *times.end_time) + ", ";
  }
  return words + end_text(leg);
}

}  // namespace

std::vector<std::string> heading(const Ladder& ladder,
                                 const std::function<std::string(Instant)>& time) {
  std::vector<std::string> lines;
  std::string call;  // of the leg before
  for (std::size_t i = 0; i < ladder.legs.size(); ++i) {
    const DialogState& leg = ladder.legs[i];
    const std::string of_leg = "Call " + leg.call_id + " on " + leg.server;
    if (of_leg != call) lines.push_back(of_leg);
    call = of_leg;
    const std::string number = ladder.legs.size() > 1 ? "[" + std::to_string(i + 1) + "] " : "";
    const std::string& relation = ladder.relations[i];
    lines.push_back("  " + number + who_and_when(leg, time));
    lines.push_back("  " + std::string(number.size(), ' ') + how_it_went(leg) +
                    (relation.empty() ? "" : " (" + relation + ')'));
  }
  return lines;
}

}  // namespace drachtio::report
