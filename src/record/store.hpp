// A Store makes batches durable: it writes the log and the projection beside it in one transaction.
#pragma once

#include "dialog/dialog.hpp"
#include "log/event_log.hpp"
#include "projection/dialog_table.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace drachtio::record {

// A batch is what one transaction writes: rows in the order of the log, and the legs that they
// changed, as these stand after the last row.
struct Batch {
  std::vector<log::Entry> entries;
  std::vector<dialog::Dialog> legs;
  std::vector<projection::OpenRow> open_legs;  // nothing else of these has changed

  [[nodiscard]] bool empty() const { return entries.empty(); }
};

// One thread at a time, but for committed().
class Store {
 public:
  // Takes over an open log.
  explicit Store(log::EventLog log);

  // Puts a batch on disk, and `alongside` with it. Batches must come in the order they were walked.
  // Throws log::Error; then nothing has happened, and the same batch may be tried again.
  void commit(const Batch& batch, const log::EventLog::Alongside& alongside = {});
  // Does the same, and deletes the evidence through `position`: `batch` must hold the event that
  // says so.
  void drop_evidence(const Batch& batch, std::int64_t through);

  // The position of the last row on disk. Thread-safe.
  [[nodiscard]] std::int64_t committed() const { return committed_.load(); }

  [[nodiscard]] const log::EventLog& log() const { return log_; }
  [[nodiscard]] log::EventLog& log() { return log_; }
  [[nodiscard]] projection::DialogTable& dialogs() { return dialogs_; }

 private:
  log::EventLog log_;
  projection::DialogTable dialogs_;
  std::atomic<std::int64_t> committed_;
};

}  // namespace drachtio::record
