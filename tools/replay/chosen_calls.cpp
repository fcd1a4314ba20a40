#include "replay/chosen_calls.hpp"

#include "projection/call_legs.hpp"
#include "replay/call_ladder.hpp"
#include "replay/find_call.hpp"
#include "replay/leg_overview.hpp"
#include "report/secrets.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace drachtio::replay {

namespace {

class Visits {
 public:
  Visits(log::Reader& reader, const Choice& choice,
         const std::function<void(const ChosenCall&)>& visit)
      : reader_(reader),
        choice_(choice),
        visit_(visit),
        start_(reader.database(), "SELECT start_time FROM dialog WHERE id = ?") {}

  // Takes the call, unless it has been taken before.
  void choose(const projection::CallLegs& legs) {
    if (legs.empty() || !known_.insert(legs.front()).second) return;
    start_.reset();
    start_.bind(1, legs.front());
    const std::int64_t start = start_.executeStep() ? start_.getColumn(0).getInt64() : 0;
    start_.reset();
    calls_.push_back({start, legs});
  }

  // Visits all that were taken, in order of their start.
  void visit_all() {
    std::ranges::sort(calls_, {}, [](const Chosen& call) {
      return std::pair{call.start, call.legs.front()};
    });
    known_.clear();
    for (const Chosen& call : calls_) visit(call.legs);
  }

 private:
  struct Chosen {
    std::int64_t start = 0;  // of its first leg
    projection::CallLegs legs;
  };

  // With their related legs, calls overlap: each leg is in the first that has it.
  void visit(const projection::CallLegs& call) {
    std::vector<RelatedLeg> legs;
    for (const std::int64_t number : call) legs.push_back({number, {}});
    if (choice_.related) legs = with_related(reader_, std::move(legs));
    std::erase_if(legs, [&](const RelatedLeg& leg) { return !known_.insert(leg.number).second; });
    ChosenCall chosen;
    chosen.legs = read_legs(reader_, legs);
    if (chosen.legs.empty()) return;
    if (!choice_.secrets) mask(chosen.legs);
    chosen.ladder = ladder_of(reader_, chosen.legs, choice_.zone);
    visit_(chosen);
  }

  static void mask(std::vector<report::Leg>& legs) {
    for (report::Leg& leg : legs) {
      for (report::Leg::Entry& entry : leg.entries) {
        if (!entry.evidence) continue;
        std::string masked = report::without_secrets(entry.evidence->bytes);
        // A short secret can be guessed, and each guess tried against the hashes.
        if (masked != entry.evidence->bytes) entry.proof.reset();
        entry.evidence->bytes = std::move(masked);
      }
    }
  }

  log::Reader& reader_;
  const Choice& choice_;
  const std::function<void(const ChosenCall&)>& visit_;
  SQLite::Statement start_;
  std::vector<Chosen> calls_;
  std::unordered_set<std::int64_t> known_;  // first legs of calls, then legs that were visited
};

}  // namespace

bool each_chosen_call(log::Reader& reader, const Choice& choice,
                      const std::function<void(const ChosenCall&)>& visit) {
  Visits visits{reader, choice, visit};
  bool all_found = true;
  for (const std::string& name : choice.calls) {
    const auto dialogs = find_call_or_say(reader, name, choice.zone);
    all_found &= !dialogs.empty();
    for (const Call& call : calls_of(reader, dialogs)) visits.choose(call.legs);
  }
  if (!all_found) return false;
  if (!choice.calls.empty()) {
    visits.visit_all();
    return true;
  }
  projection::LegFinder finder{reader};
  projection::each_dialog(reader, choice.selection, [&](const dialog::Dialog& dialog) {
    for (const projection::CallLegs& legs : finder.calls(dialog.server, dialog.call_id)) {
      if (std::ranges::find(legs, dialog.number) != legs.end()) visits.choose(legs);
    }
  });
  visits.visit_all();
  return true;
}

}  // namespace drachtio::replay
