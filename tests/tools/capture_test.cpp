// --capture: the traffic that tap and watch write down, and what an import makes of it.
#include "net/contains.hpp"
#include "tools/recorded.hpp"

#include <sys/stat.h>

#include <map>

using namespace drachtio;
using namespace drachtio::test;

namespace {

// Returns the events that an import of the recorder's capture makes, which tells what the server is
// called.
std::string events_of_capture(const Recorder& recorder) {
  const ScratchFolder folder;
  const std::string db = (folder / "imported.db").string();
  const Ran ran = run("dialog-recorder", {"import", "--db", db, recorder.capture().string()});
  INFO(ran.out << ran.err);
  CHECK(ran.status == 0);
  return events_in_full(db);
}

// Plays a recorded connection through a tap, in pieces that cut the login in two.
void relay(const Recorder& recorder, Door& door, const std::string& name) {
  std::map<std::uint64_t, std::pair<Peer, Peer>> connections;
  for (const auto& chunk : cut(read_capture(capture_path(name)), 51).chunks) {
    auto found = connections.find(chunk.connection);
    if (found == connections.end()) {
      Peer program{recorder.port()};
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

}  // namespace

TEST_CASE("a capture written by tap is imported to the log that tap wrote", "[recorder]") {
  Door door;
  Recorder recorder;
  recorder.start("tap", {"--server", "pbx=127.0.0.1:" + std::to_string(door.port()), "--listen",
                         "127.0.0.1:0", "--capture", recorder.capture().string()});
  for (const std::string& name : captures_ending(".app")) relay(recorder, door, name);
  // Written as it is read, not only at the end.
  CHECK(comes_true([&] { return text_of(recorder.capture()).size() > 10'000; }));
  CHECK(recorder.end() == 0);

  struct stat status {};
  REQUIRE(::stat(recorder.capture().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  bool has_login = false;
  for (const auto& chunk : read_capture(recorder.capture()).chunks) {
    CHECK(chunk.bytes.find(secret) == std::string::npos);
    has_login = has_login || chunk.bytes.find("|authenticate|*****|") != std::string::npos;
  }
  CHECK(has_login);
  CHECK_FALSE(events_in_full(recorder.db()).empty());
  CHECK(events_of_capture(recorder) == events_in_full(recorder.db()));
}

TEST_CASE("a capture written by watch is imported to the log that watch wrote", "[recorder]") {
  const auto names = captures_ending(".cdr");
  Door door;
  Recorder recorder;
  recorder.start("watch", {"--server", "pbx=127.0.0.1:" + std::to_string(door.port()), "--capture",
                           recorder.capture().string()});
  Peer server = door.accept();
  let_in(server);
  for (const std::string& name : names) {
    for (const std::string& frame : call_records(name)) server.send_frame(frame);
  }
  const std::string expected = imported(names);
  CHECK(comes_true([&] { return events_in(recorder.db()) == expected; }));
  CHECK(recorder.end() == 0);
  CHECK(read_capture(recorder.capture()).chunks.back().closed);
  CHECK(events_of_capture(recorder) == events_in_full(recorder.db()));
}

TEST_CASE("a capture never overwrites a file, and then nothing is begun", "[recorder]") {
  const ScratchFolder folder;
  const std::string db = (folder / "calls.db").string();
  const std::string capture = (folder / "old.jsonl").string();
  std::ofstream{capture} << "kept";
  ::setenv("DRACHTIO_SECRET", secret, 1);
  for (std::vector<std::string> arguments :
       std::vector<std::vector<std::string>>{{"tap", "--listen", "127.0.0.1:0"}, {"watch"}}) {
    arguments.insert(arguments.end(),
                     {"--db", db, "--server", "127.0.0.1:1", "--capture", capture});
    const Ran ran = run("dialog-recorder", arguments);
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, contains(capture + " exists already") && contains("name another file"));
  }
  CHECK(text_of(capture) == "kept");
  CHECK_FALSE(std::filesystem::exists(db));
}

TEST_CASE("a capture that cannot be written is warned of once, and recording goes on",
          "[recorder]") {
  Door door;
  Recorder recorder;
  recorder.start("tap", {"--server", "pbx=127.0.0.1:" + std::to_string(door.port()), "--listen",
                         "127.0.0.1:0", "--capture", recorder.capture().string()});
  REQUIRE(recorder.port() != 0);
  recorder.limit_files(2000);
  relay(recorder, door, "uas-normal.app");
  REQUIRE(recorder.tells("ends here, and recording goes on without it"));
  recorder.limit_files(RLIM_INFINITY);
  relay(recorder, door, "uas-cancel.app");
  CHECK(recorder.end() == 0);
  CHECK(events_in(recorder.db()) == imported({"uas-normal.app", "uas-cancel.app"}));
  const std::string told = recorder.told();
  CHECK(told.find("the capture ") == told.rfind("the capture "));
  const std::string written = text_of(recorder.capture());
  CHECK(written.size() <= 2000);
  CHECK(written.ends_with("}\n"));
}
