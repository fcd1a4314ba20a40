#include "projection/dialog_table.hpp"

#include "dialog/event_json.hpp"
#include "dialog/identity.hpp"
#include "projection/tracking.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace drachtio::projection {

// The index dialog_by_call, probed bucket by bucket, the newest first. A bucket before the one that
// was begun at ?2 or earlier is not looked at.
const char* const call_leg_table =
    "RECURSIVE bucket (number) AS ("
    "SELECT max(id) >> 15 FROM dialog "
    "UNION ALL SELECT number - 1 FROM bucket WHERE number > 0 AND (?2 IS NULL OR "
    "(SELECT recorded_at FROM event WHERE position = number << 15) > ?2)), "
    "call_leg (id) AS (SELECT dialog.id FROM bucket CROSS JOIN dialog "
    "ON dialog.id >> 15 = bucket.number AND dialog.call_key = ?1) ";

DialogTable::DialogTable(SQLite::Database& database) : database_(database) {}

DialogTable::~DialogTable() = default;
DialogTable::DialogTable(DialogTable&&) noexcept = default;

void DialogTable::prepare_to_write() {
  if (write_) return;
  write_ = std::make_unique<SQLite::Statement>(database_, write_dialog_sql());
  write_open_ = std::make_unique<SQLite::Statement>(database_, write_open_dialog_sql());
  delete_open_ =
      std::make_unique<SQLite::Statement>(database_, "DELETE FROM open_dialog WHERE id = ?");
}

void DialogTable::write(const DialogState& leg) {
  prepare_to_write();
  write_->tryReset();  // a commit that failed may have left it half-way
  const std::string invite = invite_json(leg);
  const bool is_over = leg.state == State::terminated;
  const std::string outcome = is_over ? tracking_json(leg) : std::string{};
  bind_dialog(*write_, leg, invite, outcome);
  write_->exec();
  write_->reset();
  if (!is_over) return write(open_row(leg));
  delete_open_->tryReset();
  delete_open_->bind(1, leg.number);
  delete_open_->exec();
  delete_open_->reset();
}

void DialogTable::write(const OpenRow& row) {
  prepare_to_write();
  write_open_->tryReset();
  bind_open_dialog(*write_open_, row);
  write_open_->exec();
  write_open_->reset();
}

std::optional<DialogState> DialogTable::find(std::int64_t number) {
  if (!by_number_) {
    by_number_ = std::make_unique<SQLite::Statement>(
        database_, std::string{"SELECT "} + leg_columns + " FROM leg WHERE id = ?");
  }
  by_number_->tryReset();
  by_number_->bind(1, number);
  std::optional<DialogState> leg;
  if (by_number_->executeStep()) leg = read_leg(*by_number_);
  by_number_->reset();
  if (leg) fetch_sdp(*leg);
  return leg;
}

std::vector<DialogState> DialogTable::legs(std::string_view server, std::string_view call_id,
                                           std::string_view creating_tag,
                                           std::optional<Instant> since,
                                           std::optional<std::size_t> limit) {
  if (!legs_) {
    legs_ = std::make_unique<SQLite::Statement>(
        database_, std::string{"WITH "} + call_leg_table + "SELECT " + leg_columns +
                       " FROM leg WHERE id IN (SELECT id FROM call_leg) "
                       "AND dialog_id = ?3 COLLATE NOCASE "
                       "AND server = ?4 AND call_id = ?5 ORDER BY id DESC LIMIT ?6");
  }
  legs_->tryReset();
  legs_->bind(1, call_key(call_id));
  since ? legs_->bind(2, to_integer(*since)) : legs_->bind(2);
  legs_->bind(3, dialog::dialog_id(call_id, creating_tag));
  legs_->bind(4, std::string{server});
  legs_->bind(5, std::string{call_id});
  legs_->bind(6, limit ? static_cast<std::int64_t>(*limit) : -1);
  std::vector<DialogState> legs;
  while (legs_->executeStep()) legs.push_back(read_leg(*legs_));
  legs_->reset();
  std::ranges::reverse(legs);
  for (DialogState& leg : legs) fetch_sdp(leg);
  return legs;
}

void DialogTable::each_of_call(const std::string& call_id, const Visit& visit) {
  SQLite::Statement statement{
      database_,
      std::string{"WITH "} + call_leg_table + "SELECT " + leg_columns +
          " FROM leg WHERE id IN (SELECT id FROM call_leg) AND call_id = ?3 ORDER BY id"};
  statement.bind(1, call_key(call_id));
  statement.bind(3, call_id);
  each(statement, visit);
}

void DialogTable::each_open(const Visit& visit) {
  each("id IN (SELECT id FROM open_dialog) ORDER BY id", visit);
}

void DialogTable::each(const std::string& where, const Visit& visit) {
  SQLite::Statement statement{database_,
                              std::string{"SELECT "} + leg_columns + " FROM leg WHERE " + where};
  each(statement, visit);
}

void DialogTable::each(SQLite::Statement& statement, const Visit& visit) {
  while (statement.executeStep()) {
    DialogState leg = read_leg(statement);
    fetch_sdp(leg);
    visit(std::move(leg));
  }
}

void DialogTable::fetch_sdp(DialogState& leg) {
  for (Endpoint* endpoint : {&leg.local, &leg.remote}) {
    if (endpoint->sdp_position == 0) continue;
    Sdp sdp = sdp_of_event(endpoint->sdp_position);
    endpoint->sdp = std::move(sdp.text);
    endpoint->content_type = std::move(sdp.content_type);
  }
  const auto fetch = [this](Sdp& sdp) { sdp = sdp_of_event(sdp.position); };
  for (EarlyAnswer& answer : leg.early_answers) fetch(answer.sdp);
  for (EarlyAgreement& agreement : leg.early_agreements) {
    if (agreement.of_caller) fetch(*agreement.of_caller);
  }
  for (FormerStream& former : leg.former_streams) fetch(former.sdp);
  for (WaitingOffer& offer : leg.offers) {
    if (offer.of_requester) fetch(*offer.of_requester);
    if (offer.of_responder) fetch(*offer.of_responder);
  }
}

Sdp DialogTable::sdp_of_event(std::int64_t position) {
  if (!data_) {
    data_ =
        std::make_unique<SQLite::Statement>(database_, "SELECT data FROM event WHERE position = ?");
  }
  data_->tryReset();
  data_->bind(1, position);
  Event event;
  if (data_->executeStep()) {
    const SQLite::Column data = data_->getColumn(0);
    dialog::from_json({data.getText(), static_cast<std::size_t>(data.getBytes())}, event);
  }
  data_->reset();
  if (!event.sdp) {
    throw std::runtime_error("the event at position " + std::to_string(position) +
                             " carries no SDP, as a dialog says it does");
  }
  event.sdp->position = position;
  return std::move(*event.sdp);
}

}  // namespace drachtio::projection
