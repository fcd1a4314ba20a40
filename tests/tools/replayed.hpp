// A log of a few calls, and dialog-replay run on it.
#pragma once

#include "program.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace drachtio::test {

class Log {
 public:
  Log() {
    SampleLog sample{path()};
    sample.call("first@example.com", 10);
    sample.challenged_call("second@example.com", 20);
    Event evil;
    Opening opening;
    opening.server = "10.0.0.1:9022";
    opening.call_id = "evil\x1b[2J";
    opening.dialog_id = opening.call_id + ";from-tag=x";
    opening.calling_party.display = "a \"quoted\", name";
    evil.type = EventType::invited;
    evil.opening = opening;
    evil.occurred_at = at_second(30);
    sample.append(evil);
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "calls.db"; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return folder_ / name;
  }
  [[nodiscard]] Ran replay(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--db", path().string()});
    return run("dialog-replay", arguments);
  }

 private:
  ScratchFolder folder_;
};

inline std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace drachtio::test
