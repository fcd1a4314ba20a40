// A dialog-recorder that runs in a folder of its own, beside a server that the test plays, and what
// it has recorded.
#pragma once

#include "capture_file.hpp"
#include "catch.hpp"
#include "net/peer.hpp"
#include "program.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace drachtio::test {

inline constexpr const char* secret = "cymru";  // as in the captures

inline std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

// Types of all events of dialogs, in the order of the log.
inline std::string events_in(const std::filesystem::path& db) {
  const SQLite::Database database{db.string(), SQLite::OPEN_READONLY, 5000};
  SQLite::Statement query{database,
                          "SELECT type FROM event WHERE dialog IS NOT NULL ORDER BY position"};
  std::string types;
  while (query.executeStep()) types += query.getColumn(0).getString() + '\n';
  return types;
}

// Type, time and data of all events of dialogs, in the order of the log.
inline std::string events_in_full(const std::filesystem::path& db) {
  const SQLite::Database database{db.string(), SQLite::OPEN_READONLY, 5000};
  SQLite::Statement query{database,
                          "SELECT type || ' ' || occurred_at || ' ' || data FROM event "
                          "WHERE dialog IS NOT NULL ORDER BY position"};
  std::string events;
  while (query.executeStep()) events += query.getColumn(0).getString() + '\n';
  return events;
}

inline std::string notes_in(const std::filesystem::path& db) {
  const SQLite::Database database{db.string(), SQLite::OPEN_READONLY, 5000};
  SQLite::Statement query{database,
                          "SELECT type || ' ' || data FROM event WHERE dialog IS NULL AND position "
                          "> 0 ORDER BY position"};
  std::string notes;
  while (query.executeStep()) notes += query.getColumn(0).getString() + '\n';
  return notes;
}

// A recorder that runs, in a folder of its own.
class Recorder {
 public:
  Recorder() { ::setenv("DRACHTIO_SECRET", secret, 1); }
  ~Recorder() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      wait_for(pid_);
    }
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  Recorder(Recorder&&) = delete;
  Recorder& operator=(Recorder&&) = delete;

  void start(const std::string& command, std::vector<std::string> arguments) {
    // The captures' times of day may lie hours back.
    arguments.insert(arguments.begin(), {command, "--db", db().string(), "--pending-after", "900d",
                                         "--lost-after", "900d", "--log-level", "trace"});
    ++runs_;
    pid_ = test::start("dialog-recorder", arguments, log());
  }
  int end(int signal = SIGTERM) {
    ::kill(pid_, signal);
    const int status = wait_for(pid_);
    pid_ = 0;
    return status;
  }
  // Waits for it to end by itself.
  int ends() {
    const int status = wait_for(pid_);
    pid_ = 0;
    return status;
  }
  // From now on its files may not grow beyond so many bytes, as on a full disk.
  void limit_files(rlim_t bytes) const {
    const rlimit limit{bytes, RLIM_INFINITY};
    REQUIRE(::prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) == 0);
  }
  void ask() const { ::kill(pid_, SIGUSR1); }

  // Where a tap listens, once it does.
  std::uint16_t port() const {
    const std::string before = "listening on 127.0.0.1:";
    std::string said;
    if (!comes_true([&] { return (said = told()).find(before) != std::string::npos; })) return 0;
    return static_cast<std::uint16_t>(std::stoul(said.substr(said.find(before) + before.size())));
  }
  [[nodiscard]] bool tells(const std::string& what) const {
    return comes_true([&] { return told().find(what) != std::string::npos; });
  }
  [[nodiscard]] std::string told() const { return text_of(log()); }
  [[nodiscard]] std::filesystem::path db() const { return folder_ / "calls.db"; }
  [[nodiscard]] std::filesystem::path capture() const { return folder_ / "traffic.jsonl"; }

  // Whether any file here, messages included, has the secret in it.
  [[nodiscard]] bool leaks() const {
    for (const auto& file : std::filesystem::directory_iterator{folder_.path()}) {
      if (text_of(file.path()).find(secret) != std::string::npos) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] std::filesystem::path log() const {
    return folder_ / ("log-" + std::to_string(runs_));
  }

  ScratchFolder folder_;
  int pid_ = 0;
  int runs_ = 0;
};

// What an import of the same captures makes of them.
inline std::string imported(const std::vector<std::string>& captures) {
  const ScratchFolder folder;
  std::vector<std::string> arguments{"import", "--db", (folder / "calls.db").string(), "--server",
                                     "pbx"};
  for (const auto& name : captures) arguments.push_back(capture_path(name).string());
  REQUIRE(run("dialog-recorder", arguments).status == 0);
  return events_in(folder / "calls.db");
}

inline std::vector<std::string> captures_ending(const std::string& suffix) {
  std::vector<std::string> names;
  for (const std::string& name : capture_names()) {
    if (name.ends_with(suffix)) names.push_back(name);
  }
  return names;
}

// The part of a drachtio-server that lets a client in.
inline void let_in(Peer& peer) {
  for (int i = 0; i < 4; ++i) {
    const std::string frame = peer.read_frame();
    const std::string id = frame.substr(0, frame.find('|'));
    const std::string rest = frame.substr(id.size() + 1);
    peer.send_frame("r|response|" + id + "|OK" +
                    (i == 0 ? "|udp/127.0.0.1:5060|v0.9.4|udp/127.0.0.1:5060" : ""));
    if (i == 0) CHECK(rest == std::string{"authenticate|"} + secret + '|');
  }
}

}  // namespace drachtio::test
