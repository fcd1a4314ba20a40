#include "record/store.hpp"

#include "projection/rebuild.hpp"

namespace drachtio::record {

Store::Store(log::EventLog log)
    : log_(std::move(log)), dialogs_(log_.database()), committed_(log_.head().position) {
  // A migration has emptied the table of dialogs.
  if (projection::is_missing(log_)) projection::rebuild(log_, {});
}

void Store::commit(const Batch& batch, const log::EventLog::Alongside& alongside) {
  log_.commit(batch.entries, [&](SQLite::Database& database) {
    for (const dialog::Dialog& leg : batch.legs) dialogs_.write(leg);
    for (const projection::OpenRow& row : batch.open_legs) dialogs_.write(row);
    if (alongside) alongside(database);
  });
  committed_ = log_.head().position;
}

void Store::drop_evidence(const Batch& batch, std::int64_t through) {
  log_.drop_evidence(batch.entries, through, {});
  committed_ = log_.head().position;
}

}  // namespace drachtio::record
