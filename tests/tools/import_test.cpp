// dialog-recorder import as its user meets it: what it says of a capture, and its exit status.
#include "capture_file.hpp"
#include "catch.hpp"
#include "log/reader.hpp"
#include "net/contains.hpp"
#include "program.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;

namespace {

const std::string header =
    R"({"format": "drachtio-wire-capture", "version": 1, "started_at": 1800000000.5})";
const std::string not_a_frame =
    R"({"t": 0.1, "conn": 1, "from": "server", "data": "enojYmFk"})";  // zz#bad
const std::string half_a_frame =
    R"({"t": 0.1, "conn": 1, "from": "server", "data": "MTAwI2lk"})";  // 100#id
const std::string closed = R"({"t": 0.2, "conn": 1, "from": "server", "closed": true})";

class Folder {
 public:
  Ran import(const std::string& capture) const {
    return run("dialog-recorder", {"import", "--db", db(), (folder_ / capture).string()});
  }
  void write_lines(const std::vector<std::string>& lines) const {
    std::ofstream file{folder_ / "capture"};
    for (const std::string& line : lines) file << line << '\n';
  }
  Ran import_lines(const std::vector<std::string>& lines) const {
    write_lines(lines);
    return import("capture");
  }
  [[nodiscard]] std::string db() const { return (folder_ / "calls.db").string(); }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return folder_ / name;
  }

 private:
  ScratchFolder folder_;
};

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream file{capture_path(name)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("import says what there was in a capture that added nothing", "[import]") {
  const Folder folder;
  CHECK_THAT(folder.import_lines({header}).out, contains("there is no whole frame in it"));
  CHECK_THAT(folder.import_lines({header, not_a_frame}).out,
             contains("there is no whole frame in it"));
  const Ran no_calls = folder.import_lines(
      {header, R"({"t": 0.1, "conn": 1, "from": "client", "data": "NyNjMXxwaW5n"})"});  // 7#c1|ping
  CHECK_THAT(no_calls.out, contains("none of its frames is of a call"));
  CHECK(no_calls.status == 0);

  CHECK(folder.import_lines(lines_of("uas-normal.app")).status == 0);
  auto same_call = lines_of("uas-normal.app");
  same_call.emplace(same_call.begin() + 1);  // another file, if not for its meaning
  const Ran twice = folder.import_lines(same_call);
  CHECK(twice.status == 0);
  CHECK_THAT(twice.out, contains("nothing new: all of it was in the log"));
  CHECK_THAT(folder.import_lines(same_call).out, contains("already imported, nothing added"));
}

TEST_CASE("import tells a capture's faults each time, with status 1", "[import]") {
  auto lines = lines_of("uas-normal.app");
  std::string complaint;
  SECTION("bytes that are no frames") {
    lines.emplace_back(R"({"t": 9.1, "conn": 99, "from": "server", "data": "enojYmFk"})");
    complaint = "connection 99, from the server: frame length is not a number at byte 0";
  }
  SECTION("a direction closed in the middle of a frame") {
    lines = {header, half_a_frame, closed};
    complaint = "it is closed in the middle of a frame, begun at byte 0";
  }
  SECTION("an end in the middle of a frame") {
    lines.emplace_back(R"({"t": 9.1, "conn": 99, "from": "server", "data": "MTAwI2lk"})");
    complaint = "connection 99, from the server: the capture ends in the middle of a frame";
  }
  SECTION("a line that is none of a capture's") {
    lines.emplace_back("what is this?");
    complaint = "line " + std::to_string(lines.size()) +
                ": not JSON: syntax error; what came before it is in the log";
  }
  const Folder folder;
  for (int i = 0; i < 3; ++i) {
    const Ran ran = folder.import_lines(lines);
    INFO(ran.out);
    CHECK(ran.status == 1);
    CHECK_THAT(ran.err, contains(complaint));
    if (i > 0) CHECK_THAT(ran.out, contains("already imported, nothing added"));
  }
}

TEST_CASE("import warns of a message that cannot be read, and keeps it", "[import]") {
  const Folder folder;  // an INVITE without Call-ID, From and To
  const Ran ran = folder.import_lines(
      {header, R"({"t": 0.1, "conn": 1, "from": "server", "data": ")"
               "MTE2I2lkfHNpcHxuZXR3b3JrfDl8dWRwfDE5Mi4wLjIuMXw1MDYwfDEyOjAwOjAwLjAwMDAwMHx0eDF8fDE"
               "5Mi4wLjIuOXw1MDYwfA0KSU5WSVRFIHNpcDphQGIgU0lQLzIuMA0KQ1NlcTogMSBJTlZJVEUNCg0K\"}"});
  CHECK(ran.status == 0);
  CHECK_THAT(ran.err, contains("warning: unknown: a message cannot be read: no Call-ID"));
  log::Reader reader{folder.db()};
  CHECK(reader.at(1)->type == "unreadable");
  CHECK(reader.evidence(1)->bytes.find("INVITE sip:a@b") == 0);
}

TEST_CASE("an import of a capture that has grown goes on where it had ended", "[import]") {
  const bool without_line_end = GENERATE(false, true);
  const Folder folder;
  auto lines = lines_of("uas-normal.app");
  const std::string last = lines.back();
  lines.back() =  // id|telepathy|x: of no dialog
      R"({"t": 4.0, "conn": 77, "from": "server", "data": "MTQjaWR8dGVsZXBhdGh5fHg="})";
  folder.write_lines(lines);
  if (without_line_end) {
    std::filesystem::resize_file(folder / "capture",
                                 std::filesystem::file_size(folder / "capture") - 1);
  }
  CHECK_THAT(folder.import("capture").err, contains("cannot be read"));
  SECTION("with nothing of a call") { lines.emplace_back(); }
  SECTION("with more of it") { lines.push_back(last); }
  const Ran grown = folder.import_lines(lines);
  CHECK(grown.status == 0);
  CHECK(grown.err.empty());
  std::int64_t unreadable = 0;
  for (const log::Row& row : log::Reader{folder.db()}.after(0)) {
    unreadable += row.type == "unreadable" ? 1 : 0;
  }
  CHECK(unreadable == 1);
}

TEST_CASE("an excerpt of what cannot be read is escaped once, wherever it is shown", "[import]") {
  const Folder folder;  // a frame whose verb clears a screen
  const Ran ran = folder.import_lines(
      {header, R"({"t": 0.1, "conn": 1, "from": "server", "data": "OSNpZHwbWzJKfHg="})"});
  const std::string excerpt = R"(near "\x1B[2J")";
  CHECK_THAT(ran.err, contains(excerpt));
  CHECK_THAT(run("dialog-replay", {"tail", "--db", folder.db()}).out, contains(excerpt));
}

TEST_CASE("import tells of nothing before the fault where there is nothing", "[import]") {
  const Folder folder;
  for (const std::vector<std::string>& lines : std::vector<std::vector<std::string>>{
           {}, {"", " "}, {"hello"}, {"", header}, {R"({"format": "other"})"}}) {
    const Ran ran = folder.import_lines(lines);
    CAPTURE(lines.size(), ran.err);
    CHECK(ran.status == 1);
    CHECK_THAT(ran.err, !contains("what came before"));
  }
  CHECK_THAT(folder.import_lines({}).err, contains("capture: the file is empty"));
}

TEST_CASE("import refuses a capture of before 1970", "[import]") {
  const Folder folder;
  const Ran began = folder.import_lines(
      {R"({"format": "drachtio-wire-capture", "version": 1, "started_at": -0.001})"});
  CHECK(began.status == 1);
  CHECK_THAT(began.err, contains("line 1: \"started_at\" is before 1970"));
  const Ran then =
      folder.import_lines({R"({"format": "drachtio-wire-capture", "version": 1, "started_at": 5})",
                           R"({"t": -6, "conn": 1, "from": "client", "data": "NyNjMXxwaW5n"})"});
  CHECK(then.status == 1);
  CHECK_THAT(then.err, contains("line 2: its time is before 1970"));
  for (const char* no_time : {"1e999", "NaN", "1800000000000", "null", "\"1800000000\""}) {
    const Ran ran = folder.import_lines(
        {std::string{R"({"format": "drachtio-wire-capture", "version": 1, "started_at": )"} +
         no_time + "}"});
    CAPTURE(no_time, ran.err);
    CHECK(ran.status == 1);
    CHECK_THAT(ran.err, contains("line 1: "));
  }
}

TEST_CASE("import makes no log for captures that cannot be opened, and imports those that can",
          "[import]") {
  const Folder folder;
  CHECK(folder.import("nosuch").status == 3);
  CHECK_FALSE(std::filesystem::exists(folder.db()));
  const Ran ran =
      run("dialog-recorder", {"import", "--db", folder.db(), (folder / "nosuch").string(),
                              capture_path("uas-normal.app").string()});
  CHECK(ran.status == 3);
  CHECK_THAT(ran.err, contains("cannot open the capture") && contains("nosuch"));
  CHECK(log::Reader{folder.db()}.head().position == 15);
}

TEST_CASE("import lets a killed recorder's blindness begin where it was killed", "[import]") {
  const Folder folder;
  std::int64_t last = 0;
  {
    SampleLog killed{folder.db()};
    Event link;
    link.type = EventType::link_up;
    link.server = "pbx";
    killed.append(link);
    last = killed.log().head().recorded_at;
  }
  const Ran ran = folder.import_lines(lines_of("uas-normal.app"));
  CHECK_THAT(ran.out, contains(": 15 events"));
  const auto down = log::Reader{folder.db()}.at(2);
  CHECK(down->type == "link-down");
  CHECK(down->occurred_at == last);
}

TEST_CASE("import whose outcome cannot be told ends with status 3, but does its work", "[import]") {
  const Folder folder;
  folder.write_lines(lines_of("uas-normal.app"));
  const int pid =
      start("dialog-recorder", {"import", "--db", folder.db(), (folder / "capture").string()},
            "/dev/full");
  CHECK(wait_for(pid) == 3);
  CHECK(log::Reader{folder.db()}.head().position == 15);
}

TEST_CASE("import says what to do about a capture in a pipe", "[import]") {
  const Folder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  const Ran ran = folder.import("pipe");
  CHECK(ran.status == 3);
  CHECK_THAT(ran.err, contains("write it to a file first"));
}

TEST_CASE("import that is interrupted commits what it read, tells the head, and goes on later",
          "[import]") {
  const int signal = GENERATE(SIGTERM, SIGINT);
  const Folder folder;
  write_capture(folder / "long.jsonl", repeated(5000));
  const int pid =
      start("dialog-recorder", {"import", "--db", folder.db(), (folder / "long.jsonl").string()},
            folder / "told");
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  bool begun = false;
  while (!begun && std::chrono::steady_clock::now() < deadline) {
    try {
      begun = log::Reader{folder.db()}.head().position > 0;
    } catch (const log::Error&) {
      std::this_thread::yield();  // not there yet
    }
  }
  ::kill(pid, signal);
  CHECK(wait_for(pid) == 128 + signal);
  std::ostringstream told;
  told << std::ifstream{folder / "told"}.rdbuf();
  CHECK_THAT(told.str(), contains("interrupted after ") && !contains("\033"));
  const log::Head head = log::Reader{folder.db()}.head();
  CHECK_THAT(told.str(), contains("log head: position " + std::to_string(head.position) +
                                  ", hash " + digest::to_hex(head.hash)));
  CHECK(head.position > 0);

  const Ran rest = folder.import("long.jsonl");
  CHECK(rest.status == 0);
  CHECK_THAT(rest.out, contains("resumed, "));
  const Ran verified = run("dialog-replay", {"verify", "--db", folder.db()});
  CHECK_THAT(verified.out, contains(" 5000 dialogs (0 open)"));
}
