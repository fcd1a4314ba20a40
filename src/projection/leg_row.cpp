#include "projection/leg_row.hpp"

#include "dialog/names.hpp"
#include "projection/tracking.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace drachtio::projection {

namespace {

// Binds columns from left to right. Texts must outlive the step: nothing is copied.
class Binder {
 public:
  explicit Binder(SQLite::Statement& statement) : statement_(statement) {}

  void integer(std::int64_t value) { statement_.bind(++index_, value); }
  void text(const std::string& value) { statement_.bindNoCopy(++index_, value); }
  // Only for names, whose text is static and null-terminated.
  void name(std::string_view value) { statement_.bindNoCopy(++index_, value.data()); }
  void null() { statement_.bind(++index_); }

 private:
  SQLite::Statement& statement_;
  int index_ = 0;
};

// The same columns, to a number.
class Digest {
 public:
  void integer(std::int64_t value) { add(static_cast<std::uint64_t>(value)); }
  void text(std::string_view value) { add(std::hash<std::string_view>{}(value)); }
  void name(std::string_view value) { add(std::hash<const char*>{}(value.data())); }
  void null() { add(0x9B05688C2B3E6C1FULL); }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  void add(std::uint64_t value) {
    value_ = (value_ ^ value) * 0x9E3779B97F4A7C15ULL ^ value_ >> 29U;
  }

  std::uint64_t value_ = 0;
};

template <typename Columns>
void put(Columns& columns, const std::optional<std::string>& text) {
  text ? columns.text(*text) : columns.null();
}

template <typename Columns, typename Number>
void put_number(Columns& columns, const std::optional<Number>& number) {
  number ? columns.integer(static_cast<std::int64_t>(*number)) : columns.null();
}

template <typename Columns>
void put_instant(Columns& columns, const std::optional<Instant>& instant) {
  instant ? columns.integer(to_integer(*instant)) : columns.null();
}

template <typename Columns>
void put_party(Columns& columns, const Party& party) {
  put(columns, party.user);
  put(columns, party.display);
  put(columns, party.privacy);
}

template <typename Columns, typename Side>  // Side is Endpoint or OpenRow::Side
void put_endpoint(Columns& columns, const Side& endpoint) {
  put(columns, endpoint.tag);
  endpoint.sdp_position != 0 ? columns.integer(endpoint.sdp_position) : columns.null();
  put(columns, endpoint.user);
  put(columns, endpoint.signaling_address);
  put_number(columns, endpoint.signaling_port);
}

// These columns of `dialog` have their values from the opening of the leg on; its id is one more.
template <typename Columns>
void put_identity(Columns& columns, const dialog::Dialog& leg) {
  columns.text(leg.server);
  columns.text(leg.dialog_id);
  columns.text(leg.call_id);
  columns.integer(call_key(leg.call_id));
  columns.name(to_string(leg.role));
  put_party(columns, leg.calling_party);
  put_party(columns, leg.called_party);
  put_instant(columns, leg.times.start_time);
}

// These columns have their values once the leg has ended; `tracking` is one more.
template <typename Columns>
void put_outcome(Columns& columns, const dialog::Dialog& leg) {
  put_instant(columns, leg.times.connect_time);
  put_instant(columns, leg.times.end_time);
  put_number(columns, leg.closed_at);
  put_number(columns, leg.status);
  leg.cause ? columns.name(to_string(*leg.cause)) : columns.null();
  put(columns, leg.reason);
  put_number(columns, leg.q850_cause);
  put_endpoint(columns, leg.local);
  put_endpoint(columns, leg.remote);
  columns.name(to_string(leg.hold()));
  columns.text(leg.session);
  columns.integer(to_integer(leg.last_heard));
}

constexpr int outcome_columns = 20;

constexpr std::string_view dialog_columns =
    "id,server,dialog_id,call_id,call_key,role,"
    "calling_user,calling_display,calling_privacy,called_user,called_display,called_privacy,"
    "start_time,invite,connect_time,end_time,closed_at,status,cause,reason,q850_cause,"
    "local_tag,local_sdp_at,local_user,local_address,local_port,"
    "remote_tag,remote_sdp_at,remote_user,remote_address,remote_port,"
    "hold,session,last_heard,tracking";

constexpr std::string_view open_dialog_columns =
    "id,state,connect_time,status,"
    "local_tag,local_sdp_at,local_user,local_address,local_port,"
    "remote_tag,remote_sdp_at,remote_user,remote_address,remote_port,"
    "hold,session,version,last_position,last_heard,tracking";

// These never change; being indexed, they would cost a look-up in their index if they were set.
bool is_fixed(std::string_view column) {
  return column == "id" || column == "call_id" || column == "call_key" || column == "start_time";
}

std::string write_sql(const std::string& table, std::string_view columns) {
  std::string values;
  std::string updates;
  for (std::string_view rest = columns; !rest.empty();) {
    const std::string column{rest.substr(0, rest.find(','))};
    rest.remove_prefix(std::min(rest.size(), column.size() + 1));
    values += values.empty() ? "?" : ",?";
    if (is_fixed(column)) continue;
    updates.append(updates.empty() ? "" : ",").append(column).append("=excluded.").append(column);
  }
  return "INSERT INTO " + table + " (" + std::string{columns} + ") VALUES (" + values +
         ") ON CONFLICT (id) DO UPDATE SET " + updates;
}

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
  endpoint.sdp_position = columns.optional_integer<std::int64_t>().value_or(0);
  endpoint.user = columns.optional_text();
  endpoint.signaling_address = columns.optional_text();
  endpoint.signaling_port = columns.optional_integer<std::uint16_t>();
  return endpoint;
}

}  // namespace

std::int64_t call_key(std::string_view call_id) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : call_id) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return static_cast<std::int64_t>(hash);
}

std::string write_dialog_sql() { return write_sql("dialog", dialog_columns); }

std::string write_open_dialog_sql() { return write_sql("open_dialog", open_dialog_columns); }

void bind_dialog(SQLite::Statement& statement, const dialog::Dialog& leg, const std::string& invite,
                 const std::string& tracking) {
  Binder columns{statement};
  columns.integer(leg.number);
  put_identity(columns, leg);
  columns.text(invite);
  if (leg.state == State::terminated) {
    put_outcome(columns, leg);
    columns.text(tracking);
  } else {
    for (int i = 0; i < outcome_columns + 1; ++i) columns.null();
  }
}

void bind_open_dialog(SQLite::Statement& statement, const OpenRow& row) {
  Binder columns{statement};
  columns.integer(row.id);
  columns.name(to_string(row.state));
  put_instant(columns, row.connect_time);
  put_number(columns, row.status);
  put_endpoint(columns, row.local);
  put_endpoint(columns, row.remote);
  columns.name(to_string(row.hold));
  columns.text(row.session);
  columns.integer(row.version);
  columns.integer(row.last_position);
  columns.integer(to_integer(row.last_heard));
  columns.text(row.tracking);
}

bool may_change_row(const Event& event) {
  // These tell of the INVITE or of the parties; a call record also lets go of what was handed on.
  return event.opening || event.called_party || !event.transaction_id.empty() ||
         event.from_call_record;
}

std::uint64_t digest_of_row(const dialog::Dialog& leg) {
  Digest columns;
  put_identity(columns, leg);
  columns.integer(leg.invite.cseq);
  columns.text(leg.invite.branch);
  columns.text(leg.invite.transaction_id);
  columns.integer(to_integer(leg.invite.at));
  columns.integer(leg.invite.from_call_record ? 1 : 0);
  if (leg.state == State::terminated) {
    put_outcome(columns, leg);
    columns.text(tracking_json(leg));
  }
  return columns.value();
}

const char* const leg_columns =
    "id,server,dialog_id,call_id,role,state,"
    "calling_user,calling_display,calling_privacy,called_user,called_display,called_privacy,"
    "start_time,connect_time,end_time,"
    "local_tag,local_sdp_at,local_user,local_address,local_port,"
    "remote_tag,remote_sdp_at,remote_user,remote_address,remote_port,"
    "hold,status,cause,reason,q850_cause,session,version,last_position,closed_at,last_heard,"
    "invite,tracking";

dialog::Dialog read_leg(SQLite::Statement& statement) {
  Columns columns{statement};
  dialog::Dialog dialog;
  dialog.number = columns.integer();
  dialog.server = columns.text();
  dialog.dialog_id = columns.text();
  dialog.call_id = columns.text();
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
  read_invite(columns.text(), dialog);
  read_tracking(columns.text(), dialog);
  return dialog;
}

}  // namespace drachtio::projection
