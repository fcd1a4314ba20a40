// A log with calls in it, written event by event as a recorder would, and what an attacker with
// write access to the file might do to it.
#pragma once

#include "dialog/dialog.hpp"
#include "log/event_log.hpp"

#include <drachtio/event.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::test {

class SampleLog {
 public:
  explicit SampleLog(const std::filesystem::path& path);
  ~SampleLog();
  SampleLog(const SampleLog&) = delete;
  SampleLog& operator=(const SampleLog&) = delete;
  SampleLog(SampleLog&&) = delete;
  SampleLog& operator=(SampleLog&&) = delete;

  // Appends `event` with evidence; one without a dialog number but with an opening opens a dialog.
  // Returns its dialog's number.
  std::int64_t append(Event event);

  // An INVITE at `start`, and after each further second 180, 200, ACK, BYE, 200: as many of the
  // six as asked for. The BYE comes `length` seconds after the INVITE.
  std::int64_t call(const std::string& call_id, std::int64_t start, int events = 6,
                    std::int64_t length = 4);
  // INVITE, 407, INVITE again, 200, ACK, BYE, a second apart.
  std::int64_t challenged_call(const std::string& call_id, std::int64_t start);
  // An INVITE at `start`, answered and confirmed, and found lost at `found`.
  std::int64_t lost_call(const std::string& call_id, std::int64_t start, std::int64_t found);
  // The evidence through `position` goes, by the rules.
  void drop_evidence(std::int64_t position);

  [[nodiscard]] log::EventLog& log() { return log_; }

 private:
  log::Entry entry_of(const Event& event, bool with_evidence);

  log::EventLog log_;
  std::map<std::int64_t, dialog::Dialog> dialogs_;
};

// The instant so many seconds after 2026-01-01.
Instant at_second(std::int64_t second);

// Runs SQL without the triggers, and puts them back as they were.
void forge(const std::filesystem::path& path, const std::string& sql);

// As forge(), but with the tables' types and constraints out of the way too: any value goes
// anywhere.
void forge_anything(const std::filesystem::path& path, const std::string& sql);

// The rows `sql` gives, each value as an SQL literal.
std::vector<std::string> dump(const std::filesystem::path& path, const std::string& sql);

}  // namespace drachtio::test
