// dialog-replay sql: reading and nothing else, and not for ever.
#include "catch.hpp"
#include "tools/replayed.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE("sql allows reading, one statement at a time, and nothing else") {
  const Log log;
  const std::string other = (log / "other.db").string();
  const std::vector<std::string> refused{"SELECT 1; SELECT 2",
                                         "SELECT 1;; SELECT 2",
                                         "ATTACH '" + other + "' AS other",
                                         "VACUUM INTO '" + other + "'",
                                         "VACUUM",
                                         "PRAGMA journal_mode",
                                         "PRAGMA query_only = 0",
                                         "SELECT * FROM pragma_table_info('event')",
                                         "INSERT INTO import VALUES (x'00', '', 0, 0, 0)",
                                         "DELETE FROM dialog",
                                         "UPDATE dialog SET session = '{}'",
                                         "CREATE TEMP TABLE t (x)",
                                         "BEGIN",
                                         "ANALYZE",
                                         "SELECT load_extension('x')",
                                         "SELECT LOAD_EXTENSION('x')",
                                         "SELECT nonsense",
                                         "SELEC",
                                         "",
                                         "-- no"};
  for (const std::string& statement : refused) {
    INFO(statement);
    const Ran ran = log.replay({"sql", statement});
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK_FALSE(ran.err.empty());
  }
  CHECK_FALSE(std::filesystem::exists(other));
  const std::vector<std::pair<std::string, std::string>> words{
      {"DELETE FROM dialog", "DELETE"},
      {"UPDATE dialog SET session = '{}'", "UPDATE"},
      {"CREATE TABLE t (x)", "INSERT sqlite_master"},
      {"PRAGMA query_only = 0", "PRAGMA query_only"},
      {"ATTACH '" + other + "' AS other", "ATTACH"},
      {"BEGIN", "a transaction BEGIN"},
      {"SELECT load_extension('x')", "the function load_extension"}};
  for (const auto& [statement, what] : words) {
    const Ran ran = log.replay({"sql", statement});
    CAPTURE(statement, ran.err);
    CHECK(has(ran.err, "only reading is allowed here, not " + what));
  }
  CHECK(log.replay({"sql", "SELECT 1; -- and that is all"}).status == 0);
  CHECK(log.replay({"sql", "SELECT value FROM json_each('[1,2]')"}).status == 0);
}

TEST_CASE("sql is stopped when its time is up") {
  const Log log;
  const Ran ran = log.replay({"sql", "--timeout", "0.2",
                              "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                              "SELECT count(*) FROM n"});
  CHECK(ran.status == 1);
  CHECK(has(ran.err, "stopped after 0.2 s"));
}

TEST_CASE("sql is stopped in the middle of a function too, and when nobody reads what it prints") {
  const Log log;
  const auto began = std::chrono::steady_clock::now();
  const Ran ran =
      log.replay({"sql", "--timeout", "0.2",
                  "SELECT instr(hex(zeroblob(15000000)), hex(zeroblob(7000000)) || '1')"});
  CHECK(ran.status == 1);
  CHECK(has(ran.err, "stopped after 0.2 s"));
  ScratchFolder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  const int unread = ::open((folder / "pipe").c_str(), O_RDWR | O_CLOEXEC);
  const int pid = start("dialog-replay",
                        {"--db", log.path().string(), "sql", "--timeout", "0.2", "--csv",
                         "SELECT hex(zeroblob(1000000))"},
                        folder / "pipe");
  CHECK(wait_for(pid) == 1);
  ::close(unread);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{15});
}

TEST_CASE("sql makes no values of more than 32 MiB") {
  const Log log;
  CHECK(log.replay({"sql", "SELECT length(hex(zeroblob(15000000)))", "--csv"}).status == 0);
  const Ran ran = log.replay({"sql", "SELECT length(hex(zeroblob(20000000)))"});
  CHECK(ran.status == 2);
  CHECK(has(ran.err, "too big"));
}

TEST_CASE("sql prints values by their type, and no control characters") {
  const Log log;
  const std::string select =
      "SELECT 1 AS n, 0.1 AS f, NULL AS nil, x'00ff' AS b, 'a,\"b' AS t, char(27) AS esc";
  CHECK(log.replay({"sql", select, "--csv"}).out ==
        "n,f,nil,b,t,esc\r\n1,0.1,,00ff,\"a,\"\"b\",\\x1B\r\n");
  CHECK(log.replay({"sql", select, "--json"}).out ==
        "{\"n\":1,\"f\":0.1,\"nil\":null,\"b\":\"00ff\",\"t\":\"a,\\\"b\","
        "\"esc\":\"\\u001b\"}\n");
  CHECK(has(log.replay({"sql", select}).out, "1  0.1       00ff  a,\"b  \\x1B"));
}
