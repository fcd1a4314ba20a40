#include "replay/chosen_calls.hpp"

#include "projection/call_legs.hpp"
#include "replay/call_ladder.hpp"
#include "replay/find_call.hpp"
#include "replay/leg_overview.hpp"
#include "report/secrets.hpp"

#include <algorithm>
#include <unordered_set>

namespace drachtio::replay {

namespace {

class Visits {
 public:
  Visits(log::Reader& reader, const Choice& choice,
         const std::function<void(const ChosenCall&)>& visit)
      : reader_(reader), choice_(choice), visit_(visit) {}

  // Visits the call unless it, or with its related legs a call that has it, was visited before.
  void call(const projection::CallLegs& call) {
    if (call.empty() || known_.contains(call.front())) return;
    std::vector<RelatedLeg> legs;
    for (const std::int64_t number : call) legs.push_back({number, {}});
    if (choice_.related) legs = with_related(reader_, std::move(legs));
    for (const RelatedLeg& leg : legs) known_.insert(leg.number);
    ChosenCall chosen;
    chosen.legs = read_legs(reader_, legs);
    if (!choice_.secrets) mask(chosen.legs);
    chosen.ladder = ladder_of(reader_, chosen.legs, choice_.zone);
    visit_(chosen);
  }

 private:
  static void mask(std::vector<report::Leg>& legs) {
    for (report::Leg& leg : legs) {
      for (report::Leg::Entry& entry : leg.entries) {
        if (entry.evidence) entry.evidence->bytes = report::without_secrets(entry.evidence->bytes);
      }
    }
  }

  log::Reader& reader_;
  const Choice& choice_;
  const std::function<void(const ChosenCall&)>& visit_;
  std::unordered_set<std::int64_t> known_;  // legs that were visited
};

}  // namespace

bool each_chosen_call(log::Reader& reader, const Choice& choice,
                      const std::function<void(const ChosenCall&)>& visit) {
  Visits visits{reader, choice, visit};
  bool all_found = true;
  for (const std::string& name : choice.calls) {
    const auto dialogs = find_call_or_say(reader, name, choice.zone);
    all_found &= !dialogs.empty();
    for (const Call& call : calls_of(reader, dialogs)) visits.call(call.legs);
  }
  if (!choice.calls.empty()) return all_found;
  projection::LegFinder finder{reader};
  projection::each_dialog(reader, choice.selection, [&](const DialogState& dialog) {
    for (const projection::CallLegs& legs : finder.calls(dialog.server, dialog.call_id)) {
      if (std::ranges::find(legs, dialog.number) != legs.end()) visits.call(legs);
    }
  });
  return true;
}

}  // namespace drachtio::replay
