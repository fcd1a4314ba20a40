#include "record/staging.hpp"

#include "projection/fold.hpp"

namespace drachtio::record {

void Staging::add(const Event& event, const Sighting* evidence) {
  log::Entry entry;
  entry.row = projection::to_row(event);
  entry.row.previous_hash = head_.hash;
  if (evidence != nullptr) {
    entry.evidence = log::Evidence{std::string{to_string(event.direction)}, evidence->peer,
                                   std::string{evidence->bytes}};
    entry.row.evidence_hash = log::evidence_hash(hasher_, entry.evidence->direction,
                                                 entry.evidence->peer, entry.evidence->bytes);
  }
  entry.row.hash = log::row_hash(hasher_, entry.row);
  head_ = {entry.row.position, entry.row.hash, entry.row.recorded_at};
  rows_.push_back(std::move(entry));
}

}  // namespace drachtio::record
