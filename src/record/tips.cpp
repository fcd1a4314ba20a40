#include "record/tips.hpp"

#include "dialog/identity.hpp"

#include <algorithm>

namespace drachtio::record {

namespace {

// A BYE's answer, a retried INVITE and a late CANCEL come within 64*T1 (RFC 3261 17.1.2.2), nearly
// all of them within a second. A leg that is not in memory by then is read from the log, which
// costs several times as much as all else about the message. So many legs are those of some seconds
// at the highest rate that there is.
constexpr std::size_t ended_kept = 16384;

std::uint64_t combined(std::uint64_t seed, std::uint64_t value) {
  return (seed ^ value) * 0x9E3779B97F4A7C15ULL;
}

std::uint64_t transaction_hash(std::string_view server, std::string_view transaction_id) {
  const std::hash<std::string_view> hash;
  return combined(hash(server), hash(transaction_id));
}

bool is_of_call(const dialog::Dialog& leg, std::string_view server, std::string_view call_id,
                std::string_view tag) {
  return leg.call_id == call_id && leg.server == server &&
         dialog::same_tag(dialog::creating_tag(leg), tag);
}

bool is_open(const dialog::Dialog& leg) { return leg.state != State::terminated; }

}  // namespace

std::uint64_t Tips::key_of_call(std::string_view server, std::string_view call_id,
                                std::string_view tag) {
  const std::hash<std::string_view> hash;
  std::uint64_t of_tag = 14695981039346656037ULL;  // FNV-1a, without regard to case
  for (const char c : tag) {
    of_tag ^= static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    of_tag *= 1099511628211ULL;
  }
  return combined(combined(hash(server), hash(call_id)), of_tag);
}

Tip& Tips::insert(dialog::Dialog&& state) {
  const std::int64_t number = state.number;
  Entry& entry = tips_[number];
  entry.call = key_of_call(state.server, state.call_id, dialog::creating_tag(state));
  entry.tip.state = std::move(state);
  std::vector<std::int64_t>& legs = calls_[entry.call].legs;
  legs.insert(std::ranges::lower_bound(legs, number), number);
  if (legs.size() > most_of_a_call_) crowded_.insert(entry.call);
  changed(entry.tip);
  if (!entry.counted_open) ended_.push_back(number);
  return entry.tip;
}

Tip* Tips::find(std::int64_t number) {
  const auto found = tips_.find(number);
  return found == tips_.end() ? nullptr : &found->second.tip;
}

void Tips::find_legs(std::string_view server, std::string_view call_id, std::string_view tag,
                     std::vector<Tip*>& found) {
  const auto call = calls_.find(key_of_call(server, call_id, tag));
  if (call == calls_.end()) return;
  for (const std::int64_t number : call->second.legs) {
    Tip& tip = tips_.at(number).tip;
    if (is_of_call(tip.state, server, call_id, tag)) found.push_back(&tip);
  }
}

Tip* Tips::find_pending(std::string_view server, std::string_view transaction_id) {
  const auto [begin, end] = pending_.equal_range(transaction_hash(server, transaction_id));
  Tip* latest = nullptr;
  for (auto found = begin; found != end; ++found) {
    Tip& tip = tips_.at(found->second).tip;
    if (tip.state.server != server || tip.state.invite.transaction_id != transaction_id) continue;
    if (latest == nullptr || tip.state.number > latest->state.number) latest = &tip;
  }
  return latest;
}

Tip* Tips::find_sole(std::string_view server, std::string_view dialog_id) {
  constexpr std::string_view separator = ";from-tag=";
  const std::size_t at = dialog_id.rfind(separator);
  if (at == std::string_view::npos) return nullptr;
  std::vector<Tip*> legs;
  find_legs(server, dialog_id.substr(0, at), dialog_id.substr(at + separator.size()), legs);
  return legs.size() == 1 ? legs.front() : nullptr;
}

bool Tips::has_all(std::string_view server, std::string_view call_id, std::string_view tag) const {
  const auto call = calls_.find(key_of_call(server, call_id, tag));
  return call != calls_.end() && call->second.has_all;
}

void Tips::all_are_here(std::string_view server, std::string_view call_id, std::string_view tag) {
  const auto call = calls_.find(key_of_call(server, call_id, tag));
  if (call != calls_.end()) call->second.has_all = true;
}

void Tips::changed(Tip& tip) {
  Entry& entry = tips_.at(tip.state.number);
  const dialog::Dialog& state = tip.state;
  const bool open = is_open(state);
  if (open && !entry.counted_open) ++open_;
  if (!open && entry.counted_open) --open_;
  if (!open && entry.counted_open) ended_.push_back(state.number);
  entry.counted_open = open;

  const std::string& transaction = state.invite.transaction_id;
  const bool pending = open && !state.times.connect_time && !transaction.empty();
  index_pending(
      entry, pending ? std::optional{transaction_hash(state.server, transaction)} : std::nullopt);
}

void Tips::index_pending(Entry& entry, std::optional<std::uint64_t> key) {
  if (entry.pending == key) return;
  const std::int64_t number = entry.tip.state.number;
  if (entry.pending) {
    const auto [begin, end] = pending_.equal_range(*entry.pending);
    pending_.erase(std::find_if(begin, end, [&](const auto& one) { return one.second == number; }));
  }
  if (key) pending_.emplace(*key, number);
  entry.pending = key;
}

std::vector<std::uint64_t> Tips::forget_ended(std::int64_t committed) {
  thin_out(committed);
  std::vector<std::uint64_t> calls;
  while (ended_.size() > ended_kept) {
    const std::int64_t number = ended_.front();
    const auto found = tips_.find(number);
    const bool gone = found == tips_.end() || found->second.counted_open;
    if (!gone && found->second.tip.state.last_position > committed) break;
    ended_.pop_front();
    if (gone) continue;
    calls.push_back(found->second.call);
    drop(found);
    if (const auto call = calls_.find(calls.back()); call != calls_.end()) {
      call->second.has_all = false;
    }
  }
  return calls;
}

// Nobody looks in the log for the legs that are dropped here: the call still has all that count.
void Tips::thin_out(std::int64_t committed) {
  for (auto key = crowded_.begin(); key != crowded_.end();) {
    const auto call = calls_.find(*key);
    const std::size_t legs = call == calls_.end() ? 0 : call->second.legs.size();
    std::size_t too_many = legs > most_of_a_call_ ? legs - most_of_a_call_ : 0;
    const auto numbers = too_many == 0 ? std::vector<std::int64_t>{} : call->second.legs;
    for (const std::int64_t number : numbers) {
      if (too_many == 0) break;
      const auto leg = tips_.find(number);
      if (leg->second.counted_open || leg->second.tip.state.last_position > committed) continue;
      drop(leg);
      --too_many;
    }
    key = too_many == 0 ? crowded_.erase(key) : std::next(key);
  }
}

void Tips::drop(std::unordered_map<std::int64_t, Entry>::iterator leg) {
  index_pending(leg->second, std::nullopt);
  const auto call = calls_.find(leg->second.call);
  std::erase(call->second.legs, leg->first);
  if (call->second.legs.empty()) calls_.erase(call);
  tips_.erase(leg);
}

void Tips::each(const std::function<void(Tip&)>& visit) {
  for (auto& [number, entry] : tips_) visit(entry.tip);
}

}  // namespace drachtio::record
