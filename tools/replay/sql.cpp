// dialog-replay sql: one SELECT of the user's own, that can do nothing but read.
//
// A read-only connection is not enough: VACUUM INTO and ATTACH write other files on one, and a
// PRAGMA may change how the file is read. So SQLite asks, when it compiles the statement, whether
// each thing that it does is allowed; and what runs too long is stopped, for it holds a read
// transaction.
#include "log/reader.hpp"
#include "replay/commands.hpp"
#include "text/escape.hpp"

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>
#include <poll.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

namespace drachtio::replay {

namespace {

using Clock = std::chrono::steady_clock;

// Bytes: of a value that a statement makes, or a row. No message is longer than 16 MiB.
constexpr int longest_value = 32 * 1024 * 1024;

// Functions that reach outside the database, should this SQLite have them.
constexpr std::array<std::string_view, 9> outside{"load_extension", "writefile", "readfile",
                                                  "edit",           "eval",      "fsdir",
                                                  "lsmode",         "zipfile",   "fts3_tokenizer"};

bool reaches_outside(const char* function) {
  const std::string_view name{function == nullptr ? "" : function};
  return std::ranges::any_of(outside, [&](std::string_view other) {
    return std::ranges::equal(name, other, [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
    });
  });
}

// What an action that is not allowed would do, in the words of SQL.
const char* words_of(int action) {
  switch (action) {
    case SQLITE_INSERT: return "INSERT";
    case SQLITE_UPDATE: return "UPDATE";
    case SQLITE_DELETE: return "DELETE";
    case SQLITE_PRAGMA: return "PRAGMA";
    case SQLITE_ATTACH: return "ATTACH or VACUUM";
    case SQLITE_DETACH: return "DETACH";
    case SQLITE_TRANSACTION: return "a transaction";
    case SQLITE_SAVEPOINT: return "a savepoint";
    case SQLITE_FUNCTION: return "the function";
    default: return "a change to the schema";
  }
}

// `refused`, a string, is told what the first action was that is not allowed.
int authorize(void* refused, int action, const char* first, const char* second,
              const char* /*database*/, const char* /*trigger*/) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
      if (!reaches_outside(second)) return SQLITE_OK;
      first = second;
      break;
    default: break;
  }
  std::string& what = *static_cast<std::string*>(refused);
  if (what.empty()) {
    what = words_of(action);
    if (first != nullptr && *first != '\0') what += std::string{" "} + first;
  }
  return SQLITE_DENY;
}

int stop_when_late(void* deadline) {
  return Clock::now() >= *static_cast<const Clock::time_point*>(deadline) ? 1 : 0;
}

// SQLite looks at the clock between the steps of a statement only, and a single step may take
// hours: instr() of two long texts, or a write to a pipe that nobody reads. Who is not done a
// second after the deadline is ended with the program; nothing can be left half written.
class LastResort {
 public:
  LastResort(Clock::time_point deadline, const std::string& message)
      : message_(message),
        thread_([this, deadline] { watch(deadline + std::chrono::seconds{1}); }) {}
  ~LastResort() {
    {
      const std::lock_guard lock{mutex_};
      done_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  LastResort(const LastResort&) = delete;
  LastResort& operator=(const LastResort&) = delete;
  LastResort(LastResort&&) = delete;
  LastResort& operator=(LastResort&&) = delete;

 private:
  void watch(Clock::time_point end) {
    std::unique_lock lock{mutex_};
    if (changed_.wait_until(lock, end, [this] { return done_; })) return;
    // Not by stdio and exit(): the output may be what is stuck.
    pollfd standard_error{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&standard_error, 1, 0) == 1) {
      (void)!::write(STDERR_FILENO, message_.data(), message_.size());
    }
    std::_Exit(wrong_or_not_found);
  }

  const std::string& message_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;  // last: uses the rest
};

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

int refuse(const std::string& why) {
  fmt::print(stderr, "{}\n", text::escaped(why));
  return usage;
}

Cell cell(sqlite3_stmt* statement, int index) {
  const auto bytes = [&](const void* data) {
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, index));
    return data == nullptr ? std::string{} : std::string{static_cast<const char*>(data), size};
  };
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, index)};
    case SQLITE_FLOAT: return sqlite3_column_double(statement, index);
    case SQLITE_TEXT: return bytes(sqlite3_column_text(statement, index));
    case SQLITE_BLOB: return Blob{bytes(sqlite3_column_blob(statement, index))};
    default: return {};
  }
}

std::vector<Column> columns(sqlite3_stmt* statement) {
  const int count = sqlite3_column_count(statement);
  std::vector<Column> result;
  result.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const char* name = sqlite3_column_name(statement, i);
    result.push_back({name == nullptr ? "" : name});
  }
  return result;
}

// A table-valued function declares its table when it is first used, which the authorizer would take
// for a CREATE TABLE. Those that only read JSON are used once before it is in place.
void introduce_table_functions(sqlite3* database) {
  for (const char* use : {"SELECT 1 FROM json_each('[]')", "SELECT 1 FROM json_tree('[]')"}) {
    sqlite3_exec(database, use, nullptr, nullptr, nullptr);  // older SQLite may lack them
  }
}

// Comments and semicolons compile to nothing; anything else is another statement.
bool is_empty(sqlite3* database, const char* text) {
  while (*text != '\0') {
    sqlite3_stmt* compiled = nullptr;
    const int result = sqlite3_prepare_v2(database, text, -1, &compiled, &text);
    const Statement statement{compiled};
    if (result != SQLITE_OK || statement) return false;
  }
  return true;
}

// SQLITE_DONE, or what stopped it.
int print(sqlite3_stmt* statement, Format format, Clock::time_point deadline) {
  Sheet sheet{format, columns(statement)};
  int result = SQLITE_OK;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    std::vector<Cell> cells;
    const int columns = sqlite3_column_count(statement);
    cells.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) cells.push_back(cell(statement, i));
    sheet.row(cells);
    // A reader of our output that is slow counts too: the transaction is open meanwhile.
    if (Clock::now() >= deadline) return SQLITE_INTERRUPT;
  }
  return result;
}

}  // namespace

int sql(const SqlOptions& options) {
  log::Reader reader{options.db};
  sqlite3* database = reader.database().getHandle();
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, longest_value);
  introduce_table_functions(database);
  std::string refused;
  sqlite3_set_authorizer(database, authorize, &refused);

  const char* rest = nullptr;
  const std::string& text = options.statement;
  sqlite3_stmt* compiled = nullptr;
  if (sqlite3_prepare_v2(database, text.c_str(), static_cast<int>(text.size()) + 1, &compiled,
                         &rest) != SQLITE_OK) {
    if (!refused.empty()) return refuse("SQL: only reading is allowed here, not " + refused);
    return refuse(std::string{"SQL: "} + sqlite3_errmsg(database));
  }
  const Statement statement{compiled};
  if (!statement) return refuse("SQL: there is no statement");
  if (!is_empty(database, rest)) return refuse("SQL: one statement at a time");
  if (sqlite3_stmt_readonly(statement.get()) == 0)
    return refuse("SQL: only reading is allowed here");

  Clock::time_point deadline = Clock::now() + options.timeout;
  sqlite3_progress_handler(database, 1000, stop_when_late, &deadline);
  const std::string late =
      fmt::format("stopped after {} s, before the end: --timeout allows more\n",
                  std::chrono::duration<double>(options.timeout).count());
  int result = SQLITE_OK;
  {
    const LastResort last_resort{deadline, late};
    result = print(statement.get(), options.format, deadline);
  }
  sqlite3_progress_handler(database, 0, nullptr, nullptr);
  switch (result & 0xFF) {
    case SQLITE_DONE: return done;
    case SQLITE_INTERRUPT: std::fputs(late.c_str(), stderr); return wrong_or_not_found;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
      fmt::print(stderr, "cannot read the log {}: {}\n", options.db.string(),
                 sqlite3_errmsg(database));
      return cannot_read;
    default: return refuse(std::string{"SQL: "} + sqlite3_errmsg(database));
  }
}

}  // namespace drachtio::replay
