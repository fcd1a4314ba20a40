// dialog-recorder as its users run it: beside a server that this test plays, with the recorded
// traffic of a real one.
#include "capture_file.hpp"
#include "catch.hpp"
#include "net/contains.hpp"
#include "net/peer.hpp"
#include "program.hpp"
#include "scratch_folder.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <sstream>
#include <thread>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* secret = "cymru";  // as in the captures

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

template <typename Condition>
bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

// Types of all events of dialogs, in the order of the log.
std::string events_in(const std::filesystem::path& db) {
  const SQLite::Database database{db.string(), SQLite::OPEN_READONLY, 5000};
  SQLite::Statement query{database,
                          "SELECT type FROM event WHERE dialog IS NOT NULL ORDER BY position"};
  std::string types;
  while (query.executeStep()) types += query.getColumn(0).getString() + '\n';
  return types;
}

std::string notes_in(const std::filesystem::path& db) {
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

  // Whether any file here, messages included, has the secret in it.
  [[nodiscard]] bool leaks() const {
    for (const auto& file : std::filesystem::directory_iterator{folder_.path()}) {
      if (text_of(file.path()).find(secret) != std::string::npos) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] std::filesystem::path log() const { return folder_ / "log"; }

  ScratchFolder folder_;
  int pid_ = 0;
};

// What an import of the same captures makes of them.
std::string imported(const std::vector<std::string>& captures) {
  const ScratchFolder folder;
  std::vector<std::string> arguments{"import", "--db", (folder / "calls.db").string(), "--server",
                                     "pbx"};
  for (const auto& name : captures) arguments.push_back(capture_path(name).string());
  REQUIRE(run("dialog-recorder", arguments).status == 0);
  return events_in(folder / "calls.db");
}

std::vector<std::string> captures_ending(const std::string& suffix) {
  std::vector<std::string> names;
  for (const std::string& name : capture_names()) {
    if (name.ends_with(suffix)) names.push_back(name);
  }
  return names;
}

// The part of a drachtio-server that lets a client in.
void let_in(Peer& peer) {
  for (int i = 0; i < 4; ++i) {
    const std::string frame = peer.read_frame();
    const std::string id = frame.substr(0, frame.find('|'));
    const std::string rest = frame.substr(id.size() + 1);
    peer.send_frame("r|response|" + id + "|OK" +
                    (i == 0 ? "|udp/127.0.0.1:5060|v0.9.4|udp/127.0.0.1:5060" : ""));
    if (i == 0) CHECK(rest == std::string{"authenticate|"} + secret + '|');
  }
}

}  // namespace

TEST_CASE("watch records what an import of the same call records does", "[recorder]") {
  const auto names = captures_ending(".cdr");
  Door door;
  Recorder recorder;
  recorder.start("watch", {"--server", "pbx=127.0.0.1:" + std::to_string(door.port())});
  Peer server = door.accept();
  let_in(server);
  for (const std::string& name : names) {
    for (const std::string& frame : call_records(name)) server.send_frame(frame);
  }
  const std::string expected = imported(names);
  CHECK(comes_true([&] { return events_in(recorder.db()) == expected; }));
  CHECK(recorder.end() == 0);
  CHECK(events_in(recorder.db()) == expected);
  CHECK_THAT(notes_in(recorder.db()),
             contains("link-up") && contains("v0.9.4") && contains("link-down"));
  CHECK_FALSE(recorder.leaks());
}

TEST_CASE("tap records what an import of the same traffic does, and passes on every byte",
          "[recorder]") {
  const auto names = captures_ending(".app");
  Door door;
  Recorder recorder;
  recorder.start("tap", {"--server", "pbx=127.0.0.1:" + std::to_string(door.port()), "--listen",
                         "127.0.0.1:0"});
  const std::uint16_t port = recorder.port();
  for (const std::string& name : names) {
    std::map<std::uint64_t, std::pair<Peer, Peer>> connections;
    for (const auto& chunk : read_capture(capture_path(name)).chunks) {
      auto found = connections.find(chunk.connection);
      if (found == connections.end()) {
        Peer program{port};
        Peer server = door.accept();
        found =
            connections.emplace(chunk.connection, std::pair{std::move(program), std::move(server)})
                .first;
      }
      auto& [program, server] = found->second;
      Peer& from = chunk.from == wire::Sender::client ? program : server;
      Peer& to = chunk.from == wire::Sender::client ? server : program;
      if (chunk.closed) {
        from.finish_writing();
        CHECK(to.read_to_end().empty());
      } else {
        from.send(chunk.bytes);
        REQUIRE(to.read_exactly(chunk.bytes.size()) == chunk.bytes);
      }
    }
  }
  CHECK(recorder.end(SIGINT) == 0);
  CHECK(events_in(recorder.db()) == imported(names));
  CHECK_FALSE(recorder.leaks());
}

TEST_CASE("tap for a server that dials its programs records under the server's address",
          "[recorder]") {
  Door door;
  Recorder recorder;
  recorder.start("tap", {"--outbound", "--program", "127.0.0.1:" + std::to_string(door.port()),
                         "--listen", "127.0.0.1:0"});
  Peer server{recorder.port()};
  Peer program = door.accept();
  for (const auto& chunk : read_capture(capture_path("uas-normal.app")).chunks) {
    if (chunk.closed) continue;
    Peer& from = chunk.from == wire::Sender::client ? program : server;
    Peer& to = chunk.from == wire::Sender::client ? server : program;
    from.send(chunk.bytes);
    REQUIRE(to.read_exactly(chunk.bytes.size()) == chunk.bytes);
  }
  CHECK(recorder.end() == 0);
  CHECK(events_in(recorder.db()) == imported({"uas-normal.app"}));
  const SQLite::Database database{recorder.db().string(), SQLite::OPEN_READONLY};
  SQLite::Statement query{database, "SELECT DISTINCT server FROM dialog"};
  REQUIRE(query.executeStep());
  CHECK(query.getColumn(0).getString() == "127.0.0.1");
  // Its links and gaps are told under the same name.
  SQLite::Statement links{database,
                          "SELECT group_concat(type || ' ' || json_extract(data, '$.server')) "
                          "FROM event WHERE type LIKE 'link-%'"};
  REQUIRE(links.executeStep());
  CHECK(links.getColumn(0).getString() == "link-up 127.0.0.1,link-down 127.0.0.1");
}

TEST_CASE("A tap whose sides are mistaken for each other keeps the login out of the log",
          "[recorder]") {
  Door door;
  Recorder recorder;
  recorder.start("tap", {"--outbound", "--program", "127.0.0.1:" + std::to_string(door.port()),
                         "--listen", "127.0.0.1:0"});
  Peer program{recorder.port()};
  Peer server = door.accept();
  program.send_frame(std::string{"id|authenticate|"} + secret + "|");
  server.read_frame();
  program.finish_writing();
  server.finish_writing();
  CHECK(recorder.tells("mistaken"));
  CHECK(recorder.end() == 0);
  CHECK_THAT(notes_in(recorder.db()), contains("gap"));
  CHECK_FALSE(recorder.leaks());
}

TEST_CASE("A tap tells for how long it could record nothing of a connection", "[recorder]") {
  Door door;
  Recorder recorder;
  recorder.start("tap", {"--server", "pbx=127.0.0.1:" + std::to_string(door.port()), "--listen",
                         "127.0.0.1:0"});
  Peer program{recorder.port()};
  Peer server = door.accept();
  server.send_frame("r|response|c|OK|udp/127.0.0.1:5060|v0.9.4|udp/127.0.0.1:5060");
  server.send("zz#bad");
  REQUIRE(recorder.tells("until it closes"));
  for (const std::string& frame : call_records("uas-normal.cdr")) server.send_frame(frame);
  SECTION("until it closes") {
    server.close();
    CHECK(recorder.tells("until it closed"));
  }
  SECTION("until the recorder is stopped") {}
  CHECK(recorder.end() == 0);
  CHECK(events_in(recorder.db()).empty());
  const SQLite::Database database{recorder.db().string(), SQLite::OPEN_READONLY};
  SQLite::Statement gaps{database,
                         "SELECT began, seconds FROM coverage_gap WHERE server = 'pbx' "
                         "AND position IN (SELECT position FROM event WHERE type = 'gap')"
                         " ORDER BY position"};
  REQUIRE(gaps.executeStep());
  const std::string began = gaps.getColumn(0).getString();
  const double noticed_within = gaps.getColumn(1).getDouble();
  REQUIRE(gaps.executeStep());
  CHECK(gaps.getColumn(0).getString() == began);
  CHECK(gaps.getColumn(1).getDouble() > noticed_within);
  CHECK_FALSE(gaps.executeStep());
}

TEST_CASE("A refused secret is an event, once, and is shown nowhere", "[recorder]") {
  Door door;
  Recorder recorder;
  recorder.start("watch", {"--server", "127.0.0.1:" + std::to_string(door.port())});
  for (int i = 0; i < 2; ++i) {
    Peer server = door.accept();
    const std::string login = server.read_frame();
    server.send_frame("r|response|" + login.substr(0, login.find('|')) + "|NO|incorrect secret");
  }
  CHECK(recorder.tells("incorrect secret"));
  CHECK(recorder.end() == 0);
  const std::string notes = notes_in(recorder.db());
  CHECK_THAT(notes, contains("link-refused") && contains("incorrect secret"));
  CHECK(notes.find("link-refused") == notes.rfind("link-refused"));
  CHECK_FALSE(recorder.leaks());
}

TEST_CASE("A tap without its server notes so, once", "[recorder]") {
  Recorder recorder;
  auto door = std::make_unique<Door>();
  const auto address = "127.0.0.1:" + std::to_string(door->port());
  door.reset();
  recorder.start("tap", {"--server", address, "--listen", "127.0.0.1:0"});
  for (int i = 0; i < 3; ++i) {
    Peer program{recorder.port()};
    CHECK(program.is_closed());
  }
  CHECK(recorder.end() == 0);
  const std::string notes = notes_in(recorder.db());
  CHECK_THAT(notes, contains("link-refused") && contains("cannot connect to " + address));
  CHECK(notes.find("link-refused") == notes.rfind("link-refused"));
}

TEST_CASE("A tap notes when its server takes connections again", "[recorder]") {
  Recorder recorder;
  auto door = std::make_unique<Door>();
  const std::uint16_t server_port = door->port();
  door.reset();
  recorder.start(
      "tap", {"--server", "127.0.0.1:" + std::to_string(server_port), "--listen", "127.0.0.1:0"});
  CHECK(Peer{recorder.port()}.is_closed());
  REQUIRE(recorder.tells("cannot connect"));
  Door again{server_port};
  Peer program{recorder.port()};
  Peer server = again.accept();
  CHECK(recorder.tells("open, server"));
  CHECK(recorder.end() == 0);
  const std::string notes = notes_in(recorder.db());
  const auto refused = notes.find("link-refused");
  REQUIRE(refused != std::string::npos);
  const auto back = notes.find("takes connections again");
  REQUIRE(back != std::string::npos);
  CHECK(refused < back);
}

TEST_CASE("Statistics with the head come when asked for and at the end", "[recorder]") {
  Door door;
  Recorder recorder;
  recorder.start("watch", {"--server", "127.0.0.1:" + std::to_string(door.port())});
  Peer server = door.accept();
  let_in(server);
  REQUIRE(comes_true(
      [&] { return std::filesystem::exists(recorder.db()) && notes_in(recorder.db()) != ""; }));
  recorder.ask();
  CHECK(recorder.tells(" head=1:"));
  CHECK(recorder.end() == 0);
  CHECK(recorder.tells(" head=2:"));
  struct stat status {};
  REQUIRE(::stat(recorder.db().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("A command line that makes no sense ends with status 2", "[recorder]") {
  const ScratchFolder folder;
  const std::string db = (folder / "calls.db").string();
  ::unsetenv("DRACHTIO_SECRET");
  using Case = std::pair<std::vector<std::string>, std::string>;
  const std::vector<Case> cases{
      {{}, "subcommand"},
      {{"watch", "--db", db}, "--server"},
      {{"watch", "--db", db, "--server", "a"}, "DRACHTIO_SECRET"},
      {{"watch", "--db", "", "--server", "a"}, "name"},
      {{"watch", "--db", db, "--server", "::1"}, "brackets"},
      {{"watch", "--db", db, "--server", "a", "--secret", "x"}, "--secret"},
      {{"watch", "--db", db, "--server", "a", "--lost-after", "soon"}, "--lost-after"},
      {{"watch", "--db", db, "--server", "a", "--ca", "x.pem"}, "--tls"},
      {{"tap", "--db", db, "--listen", "127.0.0.1:0"}, "--server"},
      {{"tap", "--db", db, "--listen", "127.0.0.1:0", "--outbound"}, "--program"},
      {{"tap", "--db", db, "--listen", "127.0.0.1:0", "--server", "a", "--cert", "/none.pem"},
       "/none.pem"},
      {{"tap", "--db", db, "--listen", "127.0.0.1:0", "--server", "a", "--log-level", "loud"},
       "--log-level"},
  };
  for (const auto& [arguments, complaint] : cases) {
    const Ran ran = run("dialog-recorder", arguments);
    CAPTURE(complaint, ran.err);
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, contains(complaint));
  }
  CHECK_FALSE(std::filesystem::exists(db));
}

TEST_CASE("The help says what it takes to begin with", "[recorder]") {
  const Ran help = run("dialog-recorder", {"--help"});
  CHECK(help.status == 0);
  for (const char* what :
       {"Examples:", "DRACHTIO_SECRET", "Exit status: 0", "dialog-recorder tap"}) {
    CHECK_THAT(help.out, contains(what));
  }
  const Ran watch = run("dialog-recorder", {"watch", "--help"});
  CHECK_THAT(watch.out, contains("--no-verify ") && !contains("{false}"));
}

TEST_CASE("A log that cannot be written ends with status 3", "[recorder]") {
  Door door;
  Recorder recorder;
  const std::string server = "127.0.0.1:" + std::to_string(door.port());
  SECTION("because another recorder writes it") {
    recorder.start("watch", {"--server", server});
    door.accept();
    const Ran second = run("dialog-recorder", {"tap", "--db", recorder.db().string(), "--server",
                                               server, "--listen", "127.0.0.1:0"});
    CHECK(second.status == 3);
    CHECK_THAT(second.err, contains("process"));
  }
  SECTION("because somebody else got at it while it was being written") {
    recorder.start("watch", {"--server", server});
    Peer peer = door.accept();
    let_in(peer);
    REQUIRE(comes_true(
        [&] { return std::filesystem::exists(recorder.db()) && notes_in(recorder.db()) != ""; }));
    SQLite::Database rival{recorder.db().string(), SQLite::OPEN_READWRITE, 5000};
    rival.exec(
        "INSERT INTO event SELECT 2, NULL, NULL, 'gap', 0, recorded_at, '{}', 1, NULL, hash, "
        "zeroblob(32) FROM event WHERE position = 1");
    peer.finish_writing();
    CHECK(recorder.ends() == 3);
    CHECK_THAT(recorder.told(), contains("another writer"));
  }
  SECTION("because it was moved away") {
    recorder.start("watch", {"--server", server});
    Peer peer = door.accept();
    let_in(peer);
    REQUIRE(comes_true(
        [&] { return std::filesystem::exists(recorder.db()) && notes_in(recorder.db()) != ""; }));
    const std::string moved = recorder.db().string() + ".old";
    std::filesystem::rename(recorder.db(), moved);
    CHECK(recorder.ends() == 3);
    CHECK_THAT(recorder.told(), contains("was moved to " + moved));
    const Ran again =
        run("dialog-recorder", {"watch", "--db", recorder.db().string(), "--server", server});
    CHECK(again.status == 3);
    CHECK_THAT(again.err, contains(recorder.db().string() + "-wal"));
    std::filesystem::rename(moved, recorder.db());
    CHECK_THAT(notes_in(recorder.db()), contains("link-up"));
  }
  SECTION("because it is something else") {
    std::ofstream{recorder.db()} << "this is a text, and has been one for a long time";
    CHECK(run("dialog-recorder", {"watch", "--db", recorder.db().string(), "--server", server})
              .status == 3);
  }
}
