#include "projection/dialog_table.hpp"

#include "dialog/identity.hpp"
#include "dialog/names.hpp"
#include "projection/tracking.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <string>

namespace drachtio::projection {

namespace {

// Binds columns from left to right. Texts must outlive the step: nothing is copied.
class Binder {
 public:
  explicit Binder(SQLite::Statement& statement) : statement_(statement) {}

  Binder& integer(std::int64_t value) {
    statement_.bind(++index_, value);
    return *this;
  }
  template <typename Number>
  Binder& optional_integer(const std::optional<Number>& value) {
    return value ? integer(static_cast<std::int64_t>(*value)) : null();
  }
  Binder& instant(const std::optional<Instant>& value) {
    return value ? integer(to_integer(*value)) : null();
  }
  Binder& text(const std::string& value) {
    statement_.bindNoCopy(++index_, value);
    return *this;
  }
  Binder& text(const std::optional<std::string>& value) { return value ? text(*value) : null(); }
  // Only for names, whose text is static and null-terminated.
  Binder& name(std::string_view value) {
    statement_.bindNoCopy(++index_, value.data());
    return *this;
  }

 private:
  Binder& null() {
    statement_.bind(++index_);
    return *this;
  }

  SQLite::Statement& statement_;
  int index_ = 0;
};

// Reads columns from left to right.
class Columns {
 public:
  explicit Columns(SQLite::Statement& statement) : statement_(statement) {}

  std::int64_t integer() { return statement_.getColumn(index_++).getInt64(); }
  std::string text() {
    const SQLite::Column column = statement_.getColumn(index_++);
    const char* text = column.getText();
    return {text, static_cast<std::size_t>(column.getBytes())};
  }
  std::optional<std::string> optional_text() {
    if (next_is_null()) return std::nullopt;
    return text();
  }
  template <typename Number>
  std::optional<Number> optional_integer() {
    if (next_is_null()) return std::nullopt;
    return static_cast<Number>(integer());
  }
  std::optional<Instant> optional_instant() {
    if (next_is_null()) return std::nullopt;
    return to_instant(integer());
  }

 private:
  bool next_is_null() {
    if (!statement_.getColumn(index_).isNull()) return false;
    ++index_;
    return true;
  }

  SQLite::Statement& statement_;
  int index_ = 0;
};

void bind_party(Binder& bind, const Party& party) {
  bind.text(party.user).text(party.display).text(party.privacy);
}

void bind_endpoint(Binder& bind, const Endpoint& endpoint) {
  bind.text(endpoint.tag).text(endpoint.sdp).text(endpoint.content_type).text(endpoint.user);
  bind.text(endpoint.signaling_address).optional_integer(endpoint.signaling_port);
}

Party read_party(Columns& columns) {
  Party party;
  party.user = columns.optional_text();
  party.display = columns.optional_text();
  party.privacy = columns.optional_text();
  return party;
}

Endpoint read_endpoint(Columns& columns) {
  Endpoint endpoint;
  endpoint.tag = columns.optional_text();
  endpoint.sdp = columns.optional_text();
  endpoint.content_type = columns.optional_text();
  endpoint.user = columns.optional_text();
  endpoint.signaling_address = columns.optional_text();
  endpoint.signaling_port = columns.optional_integer<std::uint16_t>();
  return endpoint;
}

std::string upsert_sql() {
  std::string columns{dialog_columns};
  std::string values = "?";
  std::string updates;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = columns.find(',', begin);
    const std::string column = columns.substr(begin, end - begin);
    if (column != "id") {
      updates.append(updates.empty() ? "" : ",").append(column).append("=excluded.").append(column);
    }
    if (end == std::string::npos) break;
    values += ",?";
    begin = end + 1;
  }
  return "INSERT INTO dialog (" + columns + ") VALUES (" + values +
         ") ON CONFLICT (id) DO UPDATE SET " + updates;
}

}  // namespace

const char* const dialog_columns =
    "id,server,dialog_id,call_id,call_key,role,state,"
    "calling_user,calling_display,calling_privacy,called_user,called_display,called_privacy,"
    "start_time,connect_time,end_time,"
    "local_tag,local_sdp,local_content_type,local_user,local_address,local_port,"
    "remote_tag,remote_sdp,remote_content_type,remote_user,remote_address,remote_port,"
    "hold,status,cause,reason,q850_cause,session,version,last_position,closed_at,last_heard,"
    "tracking";

std::int64_t call_key(std::string_view call_id) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : call_id) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return static_cast<std::int64_t>(hash);
}

DialogState read_dialog(SQLite::Statement& statement) {
  Columns columns{statement};
  DialogState dialog;
  dialog.number = columns.integer();
  dialog.server = columns.text();
  dialog.dialog_id = columns.text();
  dialog.call_id = columns.text();
  columns.integer();  // call_key
  dialog.role = dialog::parse_role(columns.text()).value_or(Role::uas);
  dialog.state = dialog::parse_state(columns.text()).value_or(State::pending);
  dialog.calling_party = read_party(columns);
  dialog.called_party = read_party(columns);
  dialog.times.start_time = columns.optional_instant();
  dialog.times.connect_time = columns.optional_instant();
  dialog.times.end_time = columns.optional_instant();
  dialog.local = read_endpoint(columns);
  dialog.remote = read_endpoint(columns);
  const std::string hold = columns.text();
  dialog.held_locally = hold == "local" || hold == "both";
  dialog.held_remotely = hold == "remote" || hold == "both";
  dialog.status = columns.optional_integer<int>();
  if (const auto cause = columns.optional_text()) dialog.cause = dialog::parse_cause(*cause);
  dialog.reason = columns.optional_text();
  dialog.q850_cause = columns.optional_integer<int>();
  dialog.session = columns.text();
  dialog.version = columns.integer();
  dialog.last_position = columns.integer();
  dialog.closed_at = columns.optional_integer<std::int64_t>();
  dialog.last_heard = to_instant(columns.integer());
  read_tracking(columns.text(), dialog);
  return dialog;
}

DialogTable::DialogTable(SQLite::Database& database) : database_(database) {}

DialogTable::~DialogTable() = default;
DialogTable::DialogTable(DialogTable&&) noexcept = default;

void DialogTable::upsert(const DialogState& dialog) {
  if (!upsert_) upsert_ = std::make_unique<SQLite::Statement>(database_, upsert_sql());
  SQLite::Statement& statement = *upsert_;
  statement.tryReset();  // a commit that failed may have left it half-way
  const std::string tracking = tracking_json(dialog);
  Binder bind{statement};
  bind.integer(dialog.number).text(dialog.server).text(dialog.dialog_id).text(dialog.call_id);
  bind.integer(call_key(dialog.call_id));
  bind.name(to_string(dialog.role)).name(to_string(dialog.state));
  bind_party(bind, dialog.calling_party);
  bind_party(bind, dialog.called_party);
  bind.instant(dialog.times.start_time);
  bind.instant(dialog.times.connect_time).instant(dialog.times.end_time);
  bind_endpoint(bind, dialog.local);
  bind_endpoint(bind, dialog.remote);
  bind.name(to_string(dialog.hold())).optional_integer(dialog.status);
  dialog.cause ? bind.name(to_string(*dialog.cause)) : bind.text(std::optional<std::string>{});
  bind.text(dialog.reason).optional_integer(dialog.q850_cause).text(dialog.session);
  bind.integer(dialog.version).integer(dialog.last_position);
  bind.optional_integer(dialog.closed_at).integer(to_integer(dialog.last_heard)).text(tracking);
  statement.exec();
  statement.reset();
}

std::optional<DialogState> DialogTable::find(std::int64_t number) {
  if (!by_number_) {
    by_number_ = std::make_unique<SQLite::Statement>(
        database_, std::string{"SELECT "} + dialog_columns + " FROM dialog WHERE id = ?");
  }
  by_number_->tryReset();
  by_number_->bind(1, number);
  std::optional<DialogState> dialog;
  if (by_number_->executeStep()) dialog = read_dialog(*by_number_);
  by_number_->reset();
  return dialog;
}

std::vector<DialogState> DialogTable::legs(std::string_view server, std::string_view call_id,
                                           std::string_view creating_tag) {
  if (!legs_) {
    legs_ = std::make_unique<SQLite::Statement>(
        database_, std::string{"SELECT "} + dialog_columns +
                       " FROM dialog WHERE call_key = ? AND dialog_id = ? COLLATE NOCASE "
                       "AND server = ? AND call_id = ? ORDER BY id");
  }
  const std::string id = dialog::dialog_id(call_id, creating_tag);
  legs_->tryReset();
  legs_->bind(1, call_key(call_id));
  legs_->bind(2, id);
  legs_->bind(3, std::string{server});
  legs_->bind(4, std::string{call_id});
  std::vector<DialogState> legs;
  while (legs_->executeStep()) legs.push_back(read_dialog(*legs_));
  legs_->reset();
  return legs;
}

void DialogTable::each_open(const Visit& visit) {
  each("state <> 'terminated' ORDER BY id", visit);
}

void DialogTable::each(const std::string& where, const Visit& visit) {
  SQLite::Statement statement{
      database_, std::string{"SELECT "} + dialog_columns + " FROM dialog WHERE " + where};
  while (statement.executeStep()) visit(read_dialog(statement));
}

}  // namespace drachtio::projection
