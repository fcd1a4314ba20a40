// Payloads from a server, one after the other, each after its length as two bytes: whatever they
// say, a dialog's live state is the fold of what would be stored of its events.
#include "dialog/apply.hpp"
#include "dialog/identity.hpp"
#include "dialog/observe.hpp"
#include "projection/fold.hpp"
#include "record/conversation.hpp"
#include "text/utf8.hpp"

#include <cstdlib>
#include <map>

namespace {

using namespace drachtio;

struct Known {
  dialog::Dialog state;
  std::vector<log::Row> rows;
};
using Legs = std::map<std::int64_t, Known>;

void require(bool condition) {
  if (!condition) std::abort();
}

dialog::Placement place(const Legs& legs, const dialog::Observation& seen) {
  std::vector<dialog::Leg> of_call;
  for (const auto& [number, known] : legs) {
    if (known.state.call_id == seen.message.call_id) of_call.push_back({&known.state});
  }
  return dialog::place(of_call, seen);
}

void hear(Legs& legs, const dialog::Observation& seen, std::int64_t position) {
  const dialog::Placement placed = place(legs, seen);
  auto event = dialog::observe(placed, seen);
  if (!event) return;
  require(event->opening.has_value() || placed.leg != nullptr);
  Known* known = &legs[placed.leg != nullptr ? placed.leg->number : position];
  event->position = position;
  event->dialog = known->rows.empty() ? position : known->state.number;
  event->version = known->state.version + 1;
  dialog::apply(known->state, *event);
  known->rows.push_back(projection::to_row(*event));
  require(text::is_utf8(known->rows.back().data));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  record::Conversation conversation;
  Legs legs;
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  for (std::int64_t position = 1; rest.size() > 2; ++position) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
    const std::size_t length = static_cast<std::size_t>(byte(0) << 8U | byte(1));
    rest.remove_prefix(2);
    const record::Frame frame{"pbx", 1, wire::Sender::server, std::string{rest.substr(0, length)},
                              to_instant(1'800'000'000'000'000 + position)};
    rest.remove_prefix(std::min(length, rest.size()));
    const record::Sighting sighting = conversation.read(frame);
    if (sighting.unreadable) require(text::is_utf8(sighting.unreadable->why));
    if (sighting.observation) hear(legs, *sighting.observation, position);
  }
  for (const auto& [number, known] : legs) {
    require(projection::fold(known.rows) == known.state);
  }
  return 0;
}
