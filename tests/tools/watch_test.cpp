// dialog-recorder watch, beside a server that this test plays, with the records of a real one.
#include "net/contains.hpp"
#include "tools/recorded.hpp"

#include <sys/stat.h>

#include <map>
#include <thread>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

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
