// What our programs say of a log that they cannot open, and of a condition that cannot be asked.
#include "catch.hpp"
#include "tools/replayed.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

using namespace drachtio;
using namespace drachtio::test;

namespace {

#if !defined(__SANITIZE_ADDRESS__)
// Programs are run as a user who owns nothing, where the tests run as one who may do everything.
class Unprivileged {
 public:
  Unprivileged() {
    if (::geteuid() == 0) changed_ = ::seteuid(65534) == 0;
  }
  ~Unprivileged() {
    if (changed_) (void)!::seteuid(0);
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  Unprivileged(Unprivileged&&) = delete;
  Unprivileged& operator=(Unprivileged&&) = delete;

 private:
  bool changed_ = false;
};

Ran run_unprivileged(const std::string& program, const std::vector<std::string>& arguments) {
  const Unprivileged user;
  return run(program, arguments);
}
#endif

const std::vector<std::vector<std::string>> readings{
    {"list"}, {"show", "x"}, {"state", "--at", "now"}, {"verify"},
    {"tail"}, {"gaps"},      {"sql", "SELECT 1"},      {"backup", "/nonexistent/copy.db"}};

}  // namespace

TEST_CASE("a log that cannot be opened is named, with what the operating system says") {
  const ScratchFolder folder;
  const std::string missing = (folder / "missing.db").string();
  const std::string directory = (folder / "folder.db").string();
  const std::string pipe = (folder / "pipe.db").string();
  std::filesystem::create_directory(directory);
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const std::vector<std::pair<std::string, std::string>> obstacles{
      {missing, "No such file or directory"},
      {directory, "Is a directory"},
      {pipe, "not a regular file"},
      {missing + "/calls.db", "No such file or directory"},
      {(folder / std::string(300, 'x')).string(), "File name too long"}};
  auto commands = readings;
  commands.push_back({"rebuild"});
  for (const auto& [db, reason] : obstacles) {
    for (std::vector<std::string> command : commands) {
      command.insert(command.end(), {"--db", db});
      const Ran ran = run("dialog-replay", command);
      CAPTURE(command, ran.err);
      CHECK(ran.status == 3);
      CHECK(has(ran.err, db));
      CHECK(has(ran.err, reason));
    }
  }
  const std::string capture = std::string{DRACHTIO_TEST_CAPTURES} + "/uas-normal.app.jsonl";
  for (const auto& db : {directory, pipe}) {
    const Ran ran = run("dialog-recorder", {"import", "--db", db, capture});
    CAPTURE(db, ran.err);
    CHECK(ran.status == 3);
    CHECK(has(ran.err, "cannot open the log " + db + ": "));
    CHECK_FALSE(std::filesystem::exists(db + ".lock"));
  }
  const Ran drop =
      run("dialog-recorder", {"drop-evidence", "--db", missing, "--through", "1", "--why", "x"});
  CHECK(drop.status == 3);
  CHECK(has(drop.err, missing + ": No such file or directory"));
  CHECK_FALSE(std::filesystem::exists(missing));
}

// LeakSanitizer fails in a program whose effective user is not its real one.
#if !defined(__SANITIZE_ADDRESS__)
TEST_CASE("a log that may not be read or written is named, with what is forbidden") {
  const Log log;
  const std::string db = log.path().string();
  const std::filesystem::path folder = log.path().parent_path();
  ::chmod(folder.c_str(), 0755);  // others may look into it
  ::chmod(db.c_str(), 0000);
  for (std::vector<std::string> command : readings) {
    command.insert(command.end(), {"--db", db});
    const Ran ran = run_unprivileged("dialog-replay", command);
    CAPTURE(command, ran.err);
    if (ran.status == 127) return;  // others may not run what was built here
    CHECK(ran.status == 3);
    CHECK(has(ran.err, "cannot read the log " + db + ": Permission denied"));
  }
  ::chmod(db.c_str(), 0444);
  CHECK(run_unprivileged("dialog-replay", {"list", "--db", db}).status == 0);
  const Ran rebuild = run_unprivileged("dialog-replay", {"rebuild", "--db", db});
  CHECK(rebuild.status == 3);
  CHECK(has(rebuild.err, "cannot open the log " + db + ": Permission denied"));
  {
    ::chmod(db.c_str(), 0644);
    const SampleLog writer{log.path()};  // as long as it runs there is a -wal
    ::chmod((db + "-wal").c_str(), 0000);
    const Ran ran = run_unprivileged("dialog-replay", {"list", "--db", db});
    CHECK(ran.status == 3);
    CHECK(has(ran.err, db + "-wal: Permission denied"));
  }
  ::chmod(folder.c_str(), 0000);
  const Ran ran = run_unprivileged("dialog-replay", {"list", "--db", db});
  ::chmod(folder.c_str(), 0700);
  ::chmod(db.c_str(), 0600);
  CHECK(ran.status == 3);
  CHECK(has(ran.err, db + ": Permission denied"));
}
#endif

TEST_CASE("a pattern that is too complex is a matter of usage, not of the log") {
  const Log log;
  const std::string asterisks(60000, '*');
  const std::vector<std::vector<std::string>> commands{
      {"list", "--caller", asterisks},
      {"list", "--callee", asterisks},
      {"list", "--server", asterisks},
      {"list", "--json", "--caller", std::string(20000, '?')},
      {"gaps", "--server", asterisks}};
  for (const auto& command : commands) {
    const Ran ran = log.replay(command);
    CAPTURE(command.front(), command.at(1), ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(has(ran.err, "is too complex: SQLite takes 50000 bytes at most, and this has 60000"));
    CHECK(ran.err.size() < 300);
  }
  CHECK(log.replay({"list", "--caller", std::string(50000, '*')}).status == 0);
}

TEST_CASE("an empty name or id is a matter of usage") {
  const Log log;
  CHECK(run("dialog-replay", {"list", "--db", ""}).status == 2);
  CHECK(log.replay({"show", ""}).status == 2);
  CHECK(log.replay({"backup", ""}).status == 2);
  CHECK(log.replay({"sql", ""}).status == 2);
}
