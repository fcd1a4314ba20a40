// Each transaction notes how many bytes of the capture are done, so an import that was killed goes
// on where its last transaction ended. What comes before that point is read again, to find the
// frames' boundaries and the proxies not yet acknowledged, but recorded no more.
#include "import.hpp"

#include "record/ledger.hpp"
#include "record/writer.hpp"
#include "text/escape.hpp"
#include "wire/capture.hpp"
#include "wire/frame_reader.hpp"
#include "wire/protocol_error.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

namespace drachtio::tools {

namespace {

constexpr std::size_t frames_a_transaction = 1000;

// A capture that cannot be read on from some line.
struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Unopened : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Progress {
  digest::Hash digest{};
  std::string name;
  std::int64_t size = 0;
  std::int64_t done = 0;
};

std::ifstream open_capture(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) throw Unopened{"it is a directory"};
  std::ifstream file{path, std::ios::binary};
  if (!file) throw Unopened{std::strerror(errno)};
  return file;
}

Progress read_progress(record::Ledger& ledger, const std::filesystem::path& path) {
  Progress progress;
  progress.name = path.filename().string();
  std::ifstream file = open_capture(path);
  digest::Sha256 hasher;
  std::vector<char> buffer(1U << 20U);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    const auto length = static_cast<std::size_t>(file.gcount());
    hasher.update({buffer.data(), length});
    progress.size += static_cast<std::int64_t>(length);
  }
  progress.digest = hasher.finish();
  SQLite::Statement statement{ledger.store().log().database(),
                              "SELECT done FROM import WHERE digest = ?"};
  statement.bind(1, progress.digest.data(), static_cast<int>(progress.digest.size()));
  if (statement.executeStep()) progress.done = statement.getColumn(0).getInt64();
  return progress;
}

void save_progress(SQLite::Database& database, const Progress& progress, std::int64_t done) {
  SQLite::Statement statement{
      database,
      "INSERT INTO import (digest, name, size, done, recorded_at) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (digest) DO UPDATE SET done = excluded.done, recorded_at = "
      "excluded.recorded_at"};
  statement.bind(1, progress.digest.data(), static_cast<int>(progress.digest.size()));
  statement.bind(2, text::escaped(progress.name));
  statement.bind(3, progress.size);
  statement.bind(4, done);
  statement.bind(5, to_integer(record::now()));
  statement.exec();
}

// One capture on its way into the log.
class Import {
 public:
  Import(record::Ledger& ledger, const ImportOptions& options, Progress progress)
      : ledger_(ledger), options_(options), progress_(std::move(progress)) {}

  // Throws Malformed, with the line; all before it is committed.
  void run(std::ifstream file) {
    std::string line;
    std::int64_t number = 0;
    double started_at = 0;
    try {
      while (std::getline(file, line)) {
        ++number;
        offset_ += static_cast<std::int64_t>(line.size()) + (file.eof() ? 0 : 1);
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        if (number == 1) {
          started_at = wire::parse_capture_header(line);
        } else {
          chunk(wire::parse_capture_chunk(line, started_at));
        }
        if (since_commit_ >= frames_a_transaction) commit();
      }
    } catch (const wire::CaptureError& error) {
      commit();
      throw Malformed{fmt::format("line {}: {}", number, error.what())};
    }
    if (number == 0) throw Malformed{"the file is empty"};
    commit();
  }

  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Direction {
    wire::FrameReader frames;
    bool broken = false;
  };
  using Key = std::pair<std::uint64_t, wire::Sender>;

  // Beyond the point where the last import of this capture ended?
  [[nodiscard]] bool is_new() const { return offset_ > progress_.done; }

  void chunk(const wire::CaptureChunk& chunk) {
    Direction& direction = directions_[Key{chunk.connection, chunk.from}];
    if (direction.broken) return;
    direction.frames.push(chunk.bytes);
    try {
      while (const auto payload = direction.frames.next()) frame(chunk, *payload);
    } catch (const wire::ProtocolError& error) {
      direction.broken = true;
      warn(chunk, chunk.from == wire::Sender::server
                      ? error.what()
                      : fmt::format("{} at byte {}", to_string(error.fault()), error.offset()));
    }
    if (chunk.closed && direction.frames.pending() > 0 && !direction.broken) {
      direction.broken = true;
      warn(chunk,
           fmt::format("it ends in the middle of a frame, at byte {}", direction.frames.offset()));
    }
  }

  void frame(const wire::CaptureChunk& chunk, std::string_view payload) {
    record::Frame frame;
    frame.server = options_.server;
    frame.connection = chunk.connection;
    frame.from = chunk.from;
    frame.payload = payload;
    frame.read_at = chunk.read_at;
    if (is_new()) {
      ledger_.frame(frame);
      ++since_commit_;
    } else {
      ledger_.catch_up(frame);
    }
  }

  void warn(const wire::CaptureChunk& chunk, const std::string& what) {
    if (!is_new()) return;
    warnings_.push_back(
        fmt::format("connection {}, from the {}: {}; the rest of it is left out", chunk.connection,
                    chunk.from == wire::Sender::server ? "server" : "client", what));
  }

  void commit() {
    if (!is_new()) return;
    ledger_.commit(
        [&](SQLite::Database& database) { save_progress(database, progress_, offset_); });
    since_commit_ = 0;
  }

  record::Ledger& ledger_;
  const ImportOptions& options_;
  Progress progress_;
  std::int64_t offset_ = 0;  // bytes of the file read so far
  std::size_t since_commit_ = 0;
  std::map<Key, Direction> directions_;
  std::vector<std::string> warnings_;
};

// Returns what to say of the capture.
int import_one(record::Ledger& ledger, const ImportOptions& options,
               const std::filesystem::path& path) {
  const std::string name = text::escaped(path.string());
  try {
    const Progress progress = read_progress(ledger, path);
    if (progress.size > 0 && progress.done == progress.size) {
      fmt::print("{}: already imported, nothing added\n", name);
      return 0;
    }
    const std::int64_t before = ledger.head().position;
    Import import{ledger, options, progress};
    std::optional<Malformed> fault;
    try {
      import.run(open_capture(path));
    } catch (const Malformed& error) {
      fault = error;
    }
    ledger.forget_connections();
    for (const std::string& warning : import.warnings()) {
      fmt::print(stderr, "dialog-recorder: {}: {}\n", name, warning);
    }
    const std::int64_t added = ledger.head().position - before;
    fmt::print("{}: {}{}\n", name, progress.done > 0 ? "resumed, " : "",
               added == 0   ? fault ? "nothing added" : "nothing new: all of it was in the log"
               : added == 1 ? "1 event"
                            : fmt::format("{} events", added));
    if (!fault) return import.warnings().empty() ? 0 : 1;
    fmt::print(stderr, "dialog-recorder: {}: {}; what came before it is in the log\n", name,
               fault->what());
    return 1;
  } catch (const Unopened& error) {
    fmt::print(stderr, "dialog-recorder: cannot open the capture {}: {}\n", name, error.what());
    return 3;
  }
}

}  // namespace

int run_import(const ImportOptions& options) {
  try {
    record::Ledger ledger{log::EventLog{options.db}, [] { return record::now(); }};
    int status = 0;
    for (const auto& capture : options.captures) {
      status = std::max(status, import_one(ledger, options, capture));
    }
    fmt::print("log head: position {}, hash {}\n", ledger.head().position,
               digest::to_hex(ledger.head().hash));
    return status;
  } catch (const log::Error& error) {
    fmt::print(stderr, "dialog-recorder: {}\n", error.what());
    return 3;
  }
}

}  // namespace drachtio::tools
