// What the view call_record works out for one dialog: there is one definition of it, for SQL and
// for the subcommands that show calls.
#pragma once

#include "dialog/dialog.hpp"
#include "log/reader.hpp"
#include "replay/sheet.hpp"

#include <SQLiteCpp/Statement.h>

#include <string>

namespace drachtio::replay {

struct CallRecord {
  std::string disposition;
  Cell setup;  // Seconds, or nothing
  Cell talk;
};

class CallRecords {
 public:
  explicit CallRecords(log::Reader& reader);

  // By primary key, in a read transaction of its own.
  CallRecord of(const dialog::Dialog& dialog);

 private:
  Cell seconds(int column);

  SQLite::Statement statement_;
};

}  // namespace drachtio::replay
