// Explores a value that takes events: every order of events that can be, breadth first, until no
// state is new. What breaks a rule is returned with the events that lead there, the shortest way.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace drachtio::test {

struct Violation {
  std::string rule;
  std::vector<std::string> path;  // the events
};

struct Explored {
  std::size_t states = 0;
  std::size_t steps = 0;
  std::set<std::string> events;  // that came in some state
  std::optional<Violation> violation;
};

// A State is copied; `state == state`; hash(state) of equal states is equal. events(state) are
// those that can come now, name(event) shows one. step(state, event) changes the state;
// broken(state) returns the rule that it breaks, if it does.
template <typename State, typename Events, typename Step, typename Broken, typename Hash,
          typename Name>
Explored explore(State first, Events events, Step step, Broken broken, Hash hash, Name name) {
  struct Reached {
    State state;
    std::size_t from;
    std::string by;
  };
  std::vector<Reached> reached;
  std::unordered_multimap<std::size_t, std::size_t> known;
  Explored explored;
  const auto path_to = [&](std::size_t index) {
    std::vector<std::string> path;
    for (; index != 0; index = reached[index].from) path.insert(path.begin(), reached[index].by);
    return path;
  };
  // Returns whether to go on.
  const auto reach = [&](State state, std::size_t from, std::string by) {
    const std::size_t key = hash(state);
    const auto [begin, end] = known.equal_range(key);
    for (auto it = begin; it != end; ++it) {
      if (reached[it->second].state == state) return true;
    }
    known.emplace(key, reached.size());
    reached.push_back({std::move(state), from, std::move(by)});
    if (const std::optional<std::string> rule = broken(reached.back().state)) {
      explored.violation = {*rule, path_to(reached.size() - 1)};
      return false;
    }
    return true;
  };
  bool goes_on = reach(std::move(first), 0, {});
  for (std::size_t index = 0; goes_on && index < reached.size(); ++index) {
    for (const auto& event : events(reached[index].state)) {
      State next = reached[index].state;
      step(next, event);
      ++explored.steps;
      explored.events.insert(name(event));
      goes_on = reach(std::move(next), index, name(event));
      if (!goes_on) break;
    }
  }
  explored.states = reached.size();
  return explored;
}

// Returns the rule that is broken, and how.
inline std::string shown(const Explored& explored) {
  if (!explored.violation) return "no rule is broken";
  std::string text = explored.violation->rule + " does not hold after:";
  for (const std::string& event : explored.violation->path) text += "\n  " + event;
  return text;
}

}  // namespace drachtio::test
