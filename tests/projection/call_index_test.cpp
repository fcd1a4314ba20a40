// Legs are found by their Call-ID in each bucket of the log, or in the newest ones alone.
#include "projection/call_index.hpp"

#include "catch.hpp"
#include "log/migrate.hpp"
#include "projection/leg_row.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace drachtio;

namespace {

// Legs is a database as it is shipped, without the rules of the log: legs stand where a test wants.
class Legs {
 public:
  Legs() {
    log::migrate(database_);
    database_.exec("DROP TRIGGER event_append");
  }

  void leg(std::int64_t number, const std::string& call_id) {
    SQLite::Statement row{database_,
                          "INSERT INTO dialog (id, server, dialog_id, call_id, call_key, role, "
                          "invite) VALUES (?, 'pbx', '', ?, ?, 'uas', '')"};
    row.bind(1, number);
    row.bind(2, call_id);
    row.bind(3, projection::call_key(call_id));
    row.exec();
  }

  void event(std::int64_t position, std::int64_t recorded_at) {
    SQLite::Statement row{database_,
                          "INSERT INTO event VALUES (?, NULL, NULL, 'alive', 0, ?, '', 1, NULL, "
                          "x'', x'')"};
    row.bind(1, position);
    row.bind(2, recorded_at);
    row.exec();
  }

  [[nodiscard]] SQLite::Database& database() { return database_; }

 private:
  SQLite::Database database_{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
};

using Numbers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("A Call-ID's legs are found wherever they are in the log, in order") {
  Legs legs;
  projection::CallIndex index{legs.database()};
  CHECK(index.find("one").empty());
  for (const std::int64_t number : {40000, 7, 3, 32767, 32768, 200000}) legs.leg(number, "one");
  for (const std::int64_t number : {8, 40001, 199999}) legs.leg(number, "two");
  CHECK(index.find("one") == Numbers{3, 7, 32767, 32768, 40000, 200000});
  CHECK(index.find("two") == Numbers{8, 40001, 199999});
  CHECK(index.find("three").empty());
}

TEST_CASE("Buckets that were begun earlier are not looked at, but for the one that covers then") {
  Legs legs;
  for (const std::int64_t number : {3, 32769, 65537, 98305}) legs.leg(number, "one");
  for (const std::int64_t bucket : {0, 1, 2, 3}) legs.event(bucket << 15, 1000 * bucket);
  projection::CallIndex index{legs.database()};
  const auto since = [&](std::int64_t time) { return index.find("one", to_instant(time)); };
  CHECK(since(5000) == Numbers{98305});
  CHECK(since(3000) == Numbers{98305});
  CHECK(since(2999) == Numbers{65537, 98305});
  CHECK(since(2000) == Numbers{65537, 98305});
  CHECK(since(1500) == Numbers{32769, 65537, 98305});
  CHECK(since(-1) == Numbers{3, 32769, 65537, 98305});
}

TEST_CASE("Of many Call-IDs, those are found that more than one leg has, in whichever buckets") {
  Legs legs;
  projection::CallIndex index{legs.database()};
  const auto repeated = [&](const std::vector<std::string>& call_ids) {
    Numbers keys;
    for (const std::string& one : call_ids) keys.push_back(projection::call_key(one));
    std::set<std::string> found;
    const Numbers all = index.repeated(keys);
    for (const std::string& one : call_ids) {
      if (std::ranges::find(all, projection::call_key(one)) != all.end()) found.insert(one);
    }
    CHECK(all.size() == found.size());
    return found;
  };
  using Found = std::set<std::string>;
  CHECK(repeated({"one", "two"}).empty());
  for (const std::int64_t number : {3, 7}) legs.leg(number, "in one bucket");
  for (const std::int64_t number : {8, 200000}) legs.leg(number, "in two");
  for (const std::int64_t number : {9, 40000, 70000, 100001}) legs.leg(number, "in four");
  legs.leg(10, "sole");
  CHECK(repeated({"in one bucket", "in two", "in four", "sole", "none", "sole"}) ==
        Found{"in one bucket", "in two", "in four"});
  CHECK(repeated({"sole", "none"}).empty());
  CHECK(repeated({}).empty());
}

TEST_CASE("A look-up that fails anywhere leaves no transaction open") {
  Legs legs;
  for (const std::int64_t number : {3, 32769, 65537}) legs.leg(number, "one");
  for (const std::int64_t bucket : {0, 1, 2}) legs.event(bucket << 15, 1000 * bucket);
  projection::CallIndex index{legs.database()};
  sqlite3* handle = legs.database().getHandle();
  bool has_failed = false;
  bool has_found = false;
  for (int steps = 0; !has_found; ++steps) {
    REQUIRE(steps < 10'000);
    int left = steps;
    sqlite3_progress_handler(
        handle, 1, [](void* steps_left) { return (*static_cast<int*>(steps_left))-- == 0 ? 1 : 0; },
        &left);
    try {
      has_found = index.find("one", to_instant(-1)).size() == 3;
    } catch (const SQLite::Exception&) {
      has_failed = true;
    }
    sqlite3_progress_handler(handle, 0, nullptr, nullptr);
    CHECK(sqlite3_txn_state(handle, "main") == SQLITE_TXN_NONE);
    for (sqlite3_stmt* statement = sqlite3_next_stmt(handle, nullptr); statement != nullptr;
         statement = sqlite3_next_stmt(handle, statement)) {
      CHECK(sqlite3_stmt_busy(statement) == 0);
    }
  }
  CHECK(has_failed);
}
