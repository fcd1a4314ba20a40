#include "record/tips.hpp"

#include <limits>

namespace drachtio::record {

namespace {

// A BYE's answer, a retried INVITE and a late CANCEL come within 64*T1; this is many more.
constexpr std::size_t ended_kept = 4096;

std::uint64_t identity_hash(std::string_view server, std::string_view dialog_id, Role role) {
  const std::hash<std::string_view> hash;
  return (hash(dialog_id) * 31 + hash(server)) * 2 + (role == Role::uac ? 1 : 0);
}

bool is(const DialogState& state, std::string_view server, std::string_view dialog_id, Role role) {
  return state.role == role && state.dialog_id == dialog_id && state.server == server;
}

}  // namespace

Tip& Tips::insert(DialogState&& state) {
  const std::int64_t number = state.number;
  identities_.emplace(identity_hash(state.server, state.dialog_id, state.role), number);
  Entry& entry = tips_[number];
  entry.tip.state = std::move(state);
  changed(entry.tip);
  if (!entry.counted_open) ended_.push_back(number);
  return entry.tip;
}

Tip* Tips::find(std::string_view server, const dialog::Identity& identity) {
  return latest(server, identity.dialog_id, identity.role,
                std::numeric_limits<std::int64_t>::max());
}

Tip* Tips::find_before(const Tip& tip) {
  const DialogState& state = tip.state;
  return latest(state.server, state.dialog_id, state.role, state.number);
}

Tip* Tips::latest(std::string_view server, std::string_view dialog_id, Role role,
                  std::int64_t before) {
  const auto [begin, end] = identities_.equal_range(identity_hash(server, dialog_id, role));
  Tip* latest = nullptr;
  for (auto found = begin; found != end; ++found) {
    if (found->second >= before) continue;
    Tip& tip = tips_.at(found->second).tip;
    if (!is(tip.state, server, dialog_id, role)) continue;
    if (latest == nullptr || tip.state.number > latest->state.number) latest = &tip;
  }
  return latest;
}

Tip* Tips::find(std::int64_t number) {
  const auto found = tips_.find(number);
  return found == tips_.end() ? nullptr : &found->second.tip;
}

Tip* Tips::find_pending(std::string_view server, const std::string& transaction_id) {
  const auto found = pending_.find(transaction_id);
  if (found == pending_.end()) return nullptr;
  Tip& tip = tips_.at(found->second).tip;
  return tip.state.server == server ? &tip : nullptr;
}

Tip* Tips::find_sole(std::string_view server, std::string_view dialog_id) {
  Tip* as_uas = find(server, {std::string{dialog_id}, Role::uas});
  Tip* as_uac = find(server, {std::string{dialog_id}, Role::uac});
  if (as_uas != nullptr && as_uac != nullptr) return nullptr;
  return as_uas != nullptr ? as_uas : as_uac;
}

void Tips::changed(Tip& tip) {
  Entry& entry = tips_.at(tip.state.number);
  const DialogState& state = tip.state;
  const bool open = state.state != State::terminated;
  if (open && !entry.counted_open) ++open_;
  if (!open && entry.counted_open) --open_;
  if (!open && entry.counted_open) ended_.push_back(state.number);
  entry.counted_open = open;

  const std::string& transaction =
      tip.transaction_id.empty() ? state.invite.transaction_id : tip.transaction_id;
  const bool pending = open && !state.times.connect_time && !transaction.empty();
  if (pending) {
    pending_.insert_or_assign(transaction, state.number);
  } else if (entry.indexed_pending) {
    pending_.erase(transaction);
  }
  entry.indexed_pending = pending;
}

void Tips::forget_ended(std::int64_t committed) {
  while (ended_.size() > ended_kept) {
    const std::int64_t number = ended_.front();
    const auto found = tips_.find(number);
    const bool gone = found == tips_.end() || found->second.counted_open;
    if (!gone && found->second.tip.state.last_position > committed) return;
    ended_.pop_front();
    if (gone) continue;
    const DialogState& state = found->second.tip.state;
    const auto [begin, end] =
        identities_.equal_range(identity_hash(state.server, state.dialog_id, state.role));
    for (auto identity = begin; identity != end; ++identity) {
      if (identity->second == number) {
        identities_.erase(identity);
        break;
      }
    }
    tips_.erase(found);
  }
}

void Tips::each(const std::function<void(Tip&)>& visit) {
  for (auto& [number, entry] : tips_) visit(entry.tip);
}

}  // namespace drachtio::record
