// dialog-recorder as its users run it: its command line, its statistics, its exit status.
#include "net/contains.hpp"
#include "tools/recorded.hpp"

#include <sys/stat.h>

#include <map>
#include <thread>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

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
      {{"tap", "--db", db, "--listen", "127.0.0.1:9023", "--server", "pbx=localhost:9023"},
       "--server localhost:9023: this is where the tap itself listens"},
      {{"tap", "--db", db, "--listen", "0.0.0.0:9023", "--server", "127.0.0.1:9023"},
       "give the address of the drachtio-server"},
      {{"tap", "--db", db, "--listen", "[::]:9023", "--server", "127.0.0.1:9023"}, "itself"},
      {{"tap", "--db", db, "--listen", "127.0.0.1:9023", "--outbound", "--program",
        "127.0.0.1:9023"},
       "--program 127.0.0.1:9023: this is where the tap itself listens"},
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
