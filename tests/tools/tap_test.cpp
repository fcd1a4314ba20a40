// dialog-recorder tap between a program and a server that this test plays, with real traffic.
#include "net/contains.hpp"
#include "tools/recorded.hpp"

#include <sys/stat.h>

#include <map>
#include <thread>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

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

TEST_CASE("tap --cdrs: one log has what the program's connection and the call records tell",
          "[recorder]") {
  const ScratchFolder folder;
  Door door;
  Recorder recorder;
  recorder.start("tap", {"--server", "pbx=127.0.0.1:" + std::to_string(door.port()), "--listen",
                         "127.0.0.1:0", "--cdrs", "--capture", recorder.capture().string()});
  Peer records = door.accept();
  let_in(records);
  Peer program{recorder.port()};
  Peer server = door.accept();
  const auto ended = [&] {
    const SQLite::Database database{recorder.db().string(), SQLite::OPEN_READONLY};
    SQLite::Statement query{database,
                            "SELECT group_concat(disposition || ' ' || cause) FROM call_record"};
    query.executeStep();
    return query.getColumn(0).getString();
  };
  // The program dies while its first call is up.
  for (const auto& chunk : read_capture(capture_path("uas-normal.app")).chunks) {
    Peer& from = chunk.from == wire::Sender::client ? program : server;
    Peer& to = chunk.from == wire::Sender::client ? server : program;
    from.send(chunk.bytes);
    REQUIRE(to.read_exactly(chunk.bytes.size()) == chunk.bytes);
    if (chunk.bytes.find("ACK sip:") != std::string::npos) break;
  }
  program.close();
  CHECK(server.read_to_end().empty());
  for (const std::string& frame : call_records("uas-normal.cdr")) records.send_frame(frame);
  const std::string answered = "answered far-end-release";
  CHECK(comes_true([&] { return ended() == answered + ',' + answered + ',' + answered; }));
  CHECK(recorder.end() == 0);
  const std::string notes = notes_in(recorder.db());
  CHECK_THAT(notes, contains("tap listening") && contains("v0.9.4"));
  CHECK_FALSE(recorder.leaks());
  // An import of what was written of both ways makes the same log: each call once.
  const std::string copy = (folder / "imported.db").string();
  const Ran imported =
      run("dialog-recorder", {"import", "--db", copy, recorder.capture().string()});
  INFO(imported.out << imported.err);
  CHECK(imported.status == 0);
  CHECK(events_in_full(copy) == events_in_full(recorder.db()));
  const std::string renamed = (folder / "renamed.db").string();
  CHECK(run("dialog-recorder",
            {"import", "--db", renamed, "--server", "other", recorder.capture().string()})
            .status == 0);
  CHECK_THAT(run("dialog-replay", {"list", "--db", renamed, "--json"}).out,
             contains(R"("server":"other")") && !contains(R"("server":"pbx")"));
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
