// Proves a log: that its rows and its evidence are what was once written, all of it, in order, and
// that the rules which keep it append-only are still in place.
//
// A recorder may write meanwhile. Rows are read a thousand at a time, each time in a short read
// transaction, and memory is bounded; only integrity_check, which SQLite does in one go, holds a
// read transaction for as long as it takes. What the log cannot prove about itself is that its end
// was not cut off: for that, give a head noted earlier and kept elsewhere.
#pragma once

#include "log/fault.hpp"
#include "log/reader.hpp"

#include <optional>

namespace drachtio::log {

struct VerifyOptions {
  std::optional<Hash> noted_head;  // must be the hash of some row
  Progress progress;               // in positions
};

struct Verified {
  Head head;                  // the last row whose columns could be read
  std::int64_t events = 0;    // rows read
  std::int64_t messages = 0;  // evidence proved
  std::int64_t dropped = 0;   // evidence dropped by retention
};

// Checks everything: schema, integrity_check, chain, evidence. Whatever is wrong with the file goes
// to `faults`: an unreadable page is a fault too, not an exception.
Verified verify(Reader& reader, const VerifyOptions& options, Faults& faults);

// The parts.
void verify_schema(SQLite::Database& database, Faults& faults);
void verify_integrity(SQLite::Database& database, Faults& faults);
Verified verify_chain(SQLite::Database& database, const VerifyOptions& options, Faults& faults);

}  // namespace drachtio::log
