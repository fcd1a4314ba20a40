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

void DialogTable::write(const dialog::Dialog& leg) {
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

std::optional<dialog::Dialog> DialogTable::find(std::int64_t number) {
  if (!by_number_) {
    by_number_ = std::make_unique<SQLite::Statement>(
        database_, std::string{"SELECT "} + leg_columns + " FROM leg WHERE id = ?");
  }
  by_number_->tryReset();
  by_number_->bind(1, number);
  std::optional<dialog::Dialog> leg;
  if (by_number_->executeStep()) leg = read_leg(*by_number_);
  by_number_->reset();
  if (leg) fetch_sdp(*leg);
  return leg;
}

std::vector<dialog::Dialog> DialogTable::legs(std::string_view server, std::string_view call_id,
                                              std::string_view creating_tag,
                                              std::optional<Instant> since,
                                              std::optional<std::size_t> limit) {
  std::vector<dialog::Dialog> legs;
  const std::string dialog_id = dialog::dialog_id(call_id, creating_tag);
  std::vector<std::int64_t> numbers = calls().find(call_id, since);
  std::ranges::reverse(numbers);  // the latest count
  for (const std::int64_t number : numbers) {
    if (limit && legs.size() == *limit) break;
    SQLite::Statement& leg = of_call(number, call_id);
    leg.bind(3, dialog_id);
    leg.bind(4, std::string{server});
    if (leg.executeStep()) legs.push_back(read_leg(leg));
    leg.reset();
  }
  std::ranges::reverse(legs);
  for (dialog::Dialog& leg : legs) fetch_sdp(leg);
  return legs;
}

void DialogTable::each_of_call(const std::string& call_id, const Visit& visit) {
  for (const std::int64_t number : calls().find(call_id)) {
    SQLite::Statement& statement = of_call(number, call_id);
    statement.bind(3);
    statement.bind(4);
    std::optional<dialog::Dialog> leg;
    if (statement.executeStep()) leg = read_leg(statement);
    statement.reset();
    if (!leg) continue;
    fetch_sdp(*leg);
    visit(std::move(*leg));
  }
}

CallIndex& DialogTable::calls() {
  if (!calls_) calls_ = std::make_unique<CallIndex>(database_);
  return *calls_;
}

// Returns a statement that selects the leg if it is of that Call-ID, and of the dialog id and the
// server that are bound as 3 and 4, unless those are null.
SQLite::Statement& DialogTable::of_call(std::int64_t number, std::string_view call_id) {
  if (!of_call_) {
    of_call_ = std::make_unique<SQLite::Statement>(
        database_, std::string{"SELECT "} + leg_columns +
                       " FROM leg WHERE id = ?1 AND call_id = ?2 "
                       "AND (?3 IS NULL OR dialog_id = ?3 COLLATE NOCASE) "
                       "AND (?4 IS NULL OR server = ?4)");
  }
  of_call_->tryReset();
  of_call_->bind(1, number);
  of_call_->bind(2, std::string{call_id});
  return *of_call_;
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
    dialog::Dialog leg = read_leg(statement);
    fetch_sdp(leg);
    visit(std::move(leg));
  }
}

void DialogTable::fetch_sdp(dialog::Dialog& leg) {
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
