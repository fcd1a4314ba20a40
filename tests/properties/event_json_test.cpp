// For any event: it is restored from what is stored of it, and what is stored is UTF-8.
#include "dialog/event_json.hpp"

#include "catch.hpp"
#include "dialog/apply.hpp"
#include "projection/fold.hpp"
#include "properties/arbitrary.hpp"
#include "properties/property.hpp"
#include "text/utf8.hpp"

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE("Property: any event is restored from its row", "[property]") {
  CHECK(holds([] {
    Event event = arbitrary_event();
    const log::Row row = projection::to_row(event);
    if (event.dialog == 0) event.version = 0;  // there is none without a dialog
    must(text::is_utf8(row.data), "stored as UTF-8");
    must(projection::to_event(row) == event, "restored");
  }));
}

TEST_CASE("Property: apply takes any events in any order, and folds them alike", "[property]") {
  CHECK(holds([] {
    dialog::Dialog live;
    dialog::Dialog folded;
    for (int count = pick(30); count > 0; --count) {
      Event event = arbitrary_event();
      event.dialog = 7;
      dialog::apply(live, event);
      dialog::apply(folded, projection::to_event(projection::to_row(event)));
      must(live == folded, "lived = folded");
      must(live.offers.size() <= 8 && live.early_answers.size() <= 16 &&
               live.early_agreements.size() <= 16 && live.early_dialogs.size() <= 16,
           "bounded memory");
    }
  }));
}

TEST_CASE("Property: from_json takes any text, or says that it does not", "[property]") {
  CHECK(holds([] {
    std::string data = dialog::to_json(arbitrary_event());
    for (int count = pick(3) + 1; count > 0; --count) {
      data[static_cast<std::size_t>(pick(static_cast<int>(data.size())))] =
          pick_of({'"', '{', '}', ',', ':', '[', '9', '\\', '\0', '\xFF'});
    }
    note(data);
    Event event;
    try {
      dialog::from_json(data, event);
    } catch (const dialog::EventFormatError&) {
      return;
    }
    must(text::is_utf8(dialog::to_json(event)), "stored as UTF-8");
  }));
}
