#include "sample_log.hpp"

#include "dialog/apply.hpp"
#include "projection/dialog_table.hpp"
#include "projection/fold.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <stdexcept>

namespace drachtio::test {

namespace {

Event message(EventType type, Direction direction, const std::string& method, int status,
              std::int64_t second) {
  Event event;
  event.type = type;
  event.direction = direction;
  event.method = method;
  event.cseq = 1;
  event.status = status;
  event.occurred_at = at_second(second);
  event.from_tag = "caller-tag";
  if (status != 0) event.to_tag = "callee-tag";
  return event;
}

Event invite(const std::string& call_id, std::int64_t second) {
  Event event = message(EventType::invited, Direction::in, "INVITE", 0, second);
  Opening opening;
  opening.server = "10.0.0.1:9022";
  opening.dialog_id = call_id + ";from-tag=caller-tag";
  opening.call_id = call_id;
  opening.calling_party.user = "caller-" + call_id;
  opening.called_party.user = "callee-" + call_id;
  opening.from_user = opening.calling_party.user;
  opening.to_user = opening.called_party.user;
  event.opening = opening;
  event.branch = "z9hG4bK-" + call_id;
  event.sdp = Sdp{"v=0\r\nm=audio 6000 RTP/AVP 0\r\n", "application/sdp"};
  event.contact = HostPort{"192.0.2.1", 5060};
  return event;
}

struct Object {
  std::string type;
  std::string name;
  std::string sql;
};

std::vector<Object> objects(SQLite::Database& database, const std::string& where) {
  SQLite::Statement statement{database, "SELECT type, name, sql FROM sqlite_schema WHERE " + where};
  std::vector<Object> result;
  while (statement.executeStep()) {
    result.push_back({statement.getColumn(0).getString(), statement.getColumn(1).getString(),
                      statement.getColumn(2).getString()});
  }
  return result;
}

void set_table(const std::filesystem::path& path, const std::string& name, const std::string& sql) {
  SQLite::Database database{path.string(), SQLite::OPEN_READWRITE};
  database.exec("PRAGMA synchronous = OFF; PRAGMA writable_schema = ON");
  SQLite::Statement update{database, "UPDATE sqlite_schema SET sql = ? WHERE name = ?"};
  update.bind(1, sql);
  update.bind(2, name);
  update.exec();
}

}  // namespace

Instant at_second(std::int64_t second) {
  return to_instant(1767225600000000) + std::chrono::seconds{second};
}

SampleLog::SampleLog(const std::filesystem::path& path) : log_(path) {
  log_.database().exec("PRAGMA synchronous = OFF");  // no test cuts the power
}
SampleLog::~SampleLog() = default;

log::Entry SampleLog::entry_of(const Event& event, bool with_evidence) {
  digest::Sha256 hasher;
  log::Entry entry;
  entry.row = projection::to_row(event);
  if (with_evidence) {
    entry.evidence =
        log::Evidence{event.direction == Direction::out ? "out" : "in", "udp/192.0.2.1:5060",
                      "message " + std::to_string(event.position) + "\r\n\r\n"};
    entry.row.evidence_hash = log::evidence_hash(hasher, entry.evidence->direction,
                                                 entry.evidence->peer, entry.evidence->bytes);
  }
  entry.row.previous_hash = log_.head().hash;
  entry.row.hash = log::row_hash(hasher, entry.row);
  return entry;
}

std::int64_t SampleLog::append(Event event) {
  event.position = log_.head().position + 1;
  event.recorded_at = to_instant(log_.head().recorded_at + 1);
  if (event.dialog == 0 && event.opening) event.dialog = event.position;
  const bool of_dialog = event.dialog != 0;
  if (of_dialog) event.version = dialogs_[event.dialog].version + 1;
  const log::Entry entry = entry_of(event, of_dialog);
  if (of_dialog) dialog::apply(dialogs_[event.dialog], event);
  log_.commit(std::span{&entry, 1}, [&](SQLite::Database& database) {
    if (of_dialog) projection::DialogTable{database}.write(dialogs_[event.dialog]);
  });
  return event.dialog;
}

std::int64_t SampleLog::call(const std::string& call_id, std::int64_t start, int events,
                             std::int64_t length) {
  const std::int64_t number = append(invite(call_id, start));
  std::vector<Event> rest{
      message(EventType::progressed, Direction::out, "INVITE", 180, start + 1),
      message(EventType::answered, Direction::out, "INVITE", 200, start + 2),
      message(EventType::confirmed, Direction::in, "ACK", 0, start + 3),
      message(EventType::terminated, Direction::in, "BYE", 0, start + length),
      message(EventType::responded, Direction::out, "BYE", 200, start + length + 1)};
  rest[3].cause = Cause::far_end_release;
  rest[3].reason = "normal far end release";
  for (int i = 0; i + 1 < events; ++i) {
    rest[static_cast<std::size_t>(i)].dialog = number;
    append(rest[static_cast<std::size_t>(i)]);
  }
  return number;
}

std::int64_t SampleLog::challenged_call(const std::string& call_id, std::int64_t start) {
  const std::int64_t number = append(invite(call_id, start));
  Event challenge = message(EventType::challenged, Direction::out, "INVITE", 407, start + 1);
  challenge.cause = Cause::challenged;
  Event retry = invite(call_id, start + 2);
  retry.cseq = 2;
  Event bye = message(EventType::terminated, Direction::in, "BYE", 0, start + 5);
  bye.cause = Cause::far_end_release;
  for (Event event :
       {challenge, retry, message(EventType::answered, Direction::out, "INVITE", 200, start + 3),
        message(EventType::confirmed, Direction::in, "ACK", 0, start + 4), bye}) {
    event.dialog = number;
    append(event);
  }
  return number;
}

std::int64_t SampleLog::lost_call(const std::string& call_id, std::int64_t start,
                                  std::int64_t found) {
  const std::int64_t number = call(call_id, start, 4);
  Event lost;
  lost.type = EventType::lost;
  lost.dialog = number;
  lost.occurred_at = at_second(found);
  lost.cause = Cause::lost;
  lost.reason = "not heard of";
  append(lost);
  return number;
}

void SampleLog::drop_evidence(std::int64_t position) {
  Event event;
  event.type = EventType::evidence_dropped;
  event.position = log_.head().position + 1;
  event.recorded_at = to_instant(log_.head().recorded_at + 1);
  event.occurred_at = event.recorded_at;
  event.count = position;
  event.detail = "as the law wants it";
  const log::Entry entry = entry_of(event, false);
  log_.drop_evidence(std::span{&entry, 1}, position, {});
}

void forge(const std::filesystem::path& path, const std::string& sql) {
  SQLite::Database database{path.string(), SQLite::OPEN_READWRITE};
  const std::vector<Object> triggers = objects(database, "type = 'trigger'");
  database.exec("PRAGMA synchronous = OFF");
  for (const Object& trigger : triggers) database.exec("DROP TRIGGER " + trigger.name);
  database.exec(sql);
  for (const Object& trigger : triggers) database.exec(trigger.sql);
}

void forge_anything(const std::filesystem::path& path, const std::string& sql) {
  std::vector<Object> tables;
  {
    SQLite::Database database{path.string(), SQLite::OPEN_READWRITE};
    tables = objects(
        database, "type = 'table' AND name IN ('event', 'sip_message', 'dialog', 'open_dialog')");
    for (const Object& table : tables) {
      SQLite::Statement columns{database, "SELECT name, pk FROM pragma_table_info(?)"};
      columns.bind(1, table.name);
      std::string list;
      while (columns.executeStep()) {
        list += (list.empty() ? "" : ", ") + columns.getColumn(0).getString();
        if (columns.getColumn(1).getInt() != 0) list += " INTEGER PRIMARY KEY";
      }
      columns.reset();
      set_table(path, table.name, "CREATE TABLE " + table.name + " (" + list + ")");
    }
  }
  forge(path, sql);
  for (const Object& table : tables) set_table(path, table.name, table.sql);
}

std::vector<std::string> dump(const std::filesystem::path& path, const std::string& sql) {
  SQLite::Database database{path.string(), SQLite::OPEN_READONLY};
  SQLite::Statement statement{database, sql};
  std::vector<std::string> rows;
  while (statement.executeStep()) {
    std::string row;
    for (int i = 0; i < statement.getColumnCount(); ++i) {
      const SQLite::Column column = statement.getColumn(i);
      row += std::to_string(column.getType()) + ':' + column.getString() + '|';
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace drachtio::test
