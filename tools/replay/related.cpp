#include "replay/related.hpp"

#include "projection/call_legs.hpp"
#include "projection/dialog_table.hpp"
#include "projection/fold.hpp"
#include "report/named_calls.hpp"
#include "text/timestamp.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <chrono>

namespace drachtio::replay {

namespace {

constexpr std::size_t most_related = 48;
constexpr int most_candidates = 2000;  // whose INVITE is looked into
constexpr int most_inferred = 4;
// A B2BUA sets the other leg up while the first is; one that calls back does so soon after.
constexpr std::chrono::seconds soon{5};
constexpr std::chrono::minutes longest_ringing{3};

class Search {
 public:
  Search(log::Reader& reader, std::vector<RelatedLeg> legs)
      : reader_(reader), finder_(reader), legs_(std::move(legs)), own_(legs_.size()) {}

  std::vector<RelatedLeg> search() {
    for (std::size_t i = 0; i < legs_.size() && legs_.size() < most_related; ++i) look_from(i);
    if (legs_.size() == own_) infer();
    return std::move(legs_);
  }

 private:
  void add(std::int64_t number, const std::string& why) {
    if (std::ranges::find(legs_, number, &RelatedLeg::number) != legs_.end()) return;
    legs_.push_back({number, why});
  }

  void look_from(std::size_t index) {
    const std::vector<log::Row> rows = reader_.of_dialog(legs_[index].number);
    if (rows.empty()) return;
    const dialog::Dialog leg = projection::fold(rows);
    add_siblings(leg);
    for (const log::Row& row : rows) {
      const Event event = projection::to_event(row);
      if (event.joined) add(*event.joined, "sessions joined");
      if (event.type != EventType::invited && event.method != "REFER") continue;
      for (const report::NamedCall& named : named_at(row.position)) {
        add_call(leg.server, named.call_id, "named by its " + named.header);
      }
    }
    add_those_that_name(leg);
  }

  std::vector<report::NamedCall> named_at(std::int64_t position) {
    const auto evidence = reader_.evidence(position);
    return evidence ? report::calls_named_by(evidence->bytes) : std::vector<report::NamedCall>{};
  }

  void add_siblings(const dialog::Dialog& leg) {
    for (const projection::CallLegs& call : finder_.calls(leg.server, leg.call_id)) {
      if (std::ranges::find(call, leg.number) == call.end()) continue;
      for (const std::int64_t sibling : call) add(sibling, "same Call-ID");
    }
  }

  void add_call(const std::string& server, const std::string& call_id, const std::string& why) {
    for (const projection::CallLegs& call : finder_.calls(server, call_id)) {
      for (const std::int64_t number : call) add(number, why);
    }
  }

  // Legs on the same server that began in this time.
  std::vector<std::int64_t> begun(const dialog::Dialog& leg, Instant from, Instant to,
                                  const char* condition, int most) {
    SQLite::Statement statement{reader_.database(),
                                std::string{"SELECT id FROM leg WHERE start_text >= :from AND "
                                            "start_text <= :to AND server = :server AND "} +
                                    condition + " ORDER BY start_text, id LIMIT :most"};
    statement.bind(":from", text::rfc3339(from));
    statement.bind(":to", text::rfc3339(to));
    statement.bind(":server", leg.server);
    statement.bind(":most", most);
    const auto bind_text = [&](const char* name, const std::optional<std::string>& value) {
      if (std::string_view{condition}.find(name) == std::string_view::npos || !value) return;
      statement.bind(name, *value);
    };
    bind_text(":caller", leg.calling_party.user);
    bind_text(":callee", leg.called_party.user);
    std::vector<std::int64_t> numbers;
    while (statement.executeStep()) numbers.push_back(statement.getColumn(0).getInt64());
    return numbers;
  }

  // The program that connects a call names it when it sets another up.
  void add_those_that_name(const dialog::Dialog& leg) {
    if (!leg.times.start_time) return;
    const Instant end = leg.times.end_time.value_or(leg.last_heard);
    for (const std::int64_t number :
         begun(leg, *leg.times.start_time, end + soon, "1", most_candidates)) {
      for (const report::NamedCall& named : named_at(number)) {
        if (named.call_id == leg.call_id) add(number, "names it in " + named.header);
      }
    }
  }

  void infer() {
    for (std::size_t i = 0; i < own_; ++i) {
      const dialog::Dialog leg = projection::fold(reader_.of_dialog(legs_[i].number));
      if (!leg.times.start_time) continue;
      const Times& times = leg.times;
      const Instant set_up =
          times.connect_time.value_or(times.end_time.value_or(leg.last_heard + longest_ringing));
      const bool is_called = leg.role == Role::uas;
      // The leg towards the caller begins first.
      const Instant from = is_called ? *leg.times.start_time : *leg.times.start_time - soon;
      const Instant to = is_called ? set_up : *leg.times.start_time;
      const char* condition =
          is_called ? "role = 'uac' AND (calling_user = :caller OR called_user = :callee)"
                    : "role = 'uas' AND (calling_user = :caller OR called_user = :callee)";
      for (const std::int64_t number : begun(leg, from, to, condition, most_inferred)) {
        add(number, "inferred from its time and its numbers");
      }
    }
  }

  log::Reader& reader_;
  projection::LegFinder finder_;
  std::vector<RelatedLeg> legs_;
  std::size_t own_;  // legs that were there from the beginning
};

}  // namespace

std::vector<RelatedLeg> with_related(log::Reader& reader, std::vector<RelatedLeg> legs) {
  return Search{reader, std::move(legs)}.search();
}

}  // namespace drachtio::replay
