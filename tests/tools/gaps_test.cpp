// dialog-replay gaps: when the recorder was blind.
#include "catch.hpp"
#include "tools/replayed.hpp"

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE("gaps says that a recorder was killed, though none has started since") {
  const Log log;
  Event link;
  link.type = EventType::link_up;
  link.server = "10.0.0.1:9022";
  link.occurred_at = at_second(50);
  {
    SampleLog recorder{log.path()};
    recorder.append(link);
    CHECK(log.replay({"gaps"}).out == "no gaps\n");
  }
  const Ran ran = log.replay({"gaps", "--csv"});
  CHECK(lines(ran.out) == 2);
  CHECK(has(ran.out, ",no recorder is writing since the log's last event,"));
  CHECK(has(log.replay({"gaps", "--server", "10.0.0.1:9022"}).out, "no recorder is writing"));
  {
    SampleLog recorder{log.path()};
    CHECK(log.replay({"gaps"}).out == "no gaps\n");
    link.type = EventType::link_down;
    recorder.append(link);
  }
  CHECK(has(log.replay({"gaps", "--csv"}).out, ",link lost,"));
  CHECK_FALSE(has(log.replay({"gaps"}).out, "no recorder is writing"));
  std::filesystem::remove(log.path().string() + ".lock");
  CHECK(log.replay({"gaps"}).status == 0);
  CHECK_FALSE(std::filesystem::exists(log.path().string() + ".lock"));
}

TEST_CASE("gaps says when the recorder was blind") {
  const Log log;
  CHECK(log.replay({"gaps"}).out == "no gaps\n");
  CHECK(log.replay({"gaps", "--server", "10.0.0.1:9022"}).out == "no gaps on 10.0.0.1:9022\n");
  std::optional<SampleLog> sample{log.path()};
  {
    Event link;
    link.server = "10.0.0.1:9022";
    for (const EventType type : {EventType::link_up, EventType::link_down, EventType::link_up}) {
      link.type = type;
      link.occurred_at = at_second(100 + sample->log().head().position);
      sample->append(link);
    }
  }
  CHECK(lines(log.replay({"gaps", "--json"}).out) == 1);
  CHECK(has(log.replay({"gaps", "--server", "10.0.0.1:9022"}).out, "link lost"));
  CHECK(log.replay({"gaps", "--server", "10.0.0.1:9022"}).status == 0);
}

TEST_CASE(
    "a server's name is a pattern, and one that the log knows nothing of is told of as such") {
  const Log log;
  for (const char* command : {"gaps", "list"}) {
    for (const char* known : {"10.0.0.1:9022", "10.*", "*"}) {
      CHECK(log.replay({command, "--server", known}).status == 0);
    }
    for (const char* nothing : {"nope", "11.*", "10.0.0.?:9022", ""}) {
      const Ran unknown = log.replay({command, "--csv", "--server", nothing});
      CHECK(unknown.status == 1);
      CHECK(unknown.out.empty());
      CHECK(has(unknown.err, "knows of no server \"" + std::string{nothing} + "\""));
    }
  }
}
