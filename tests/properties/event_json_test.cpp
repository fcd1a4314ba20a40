// For any event: it is restored from what is stored of it, and what is stored is UTF-8.
#include "dialog/event_json.hpp"

#include "catch.hpp"
#include "dialog/apply.hpp"
#include "projection/fold.hpp"
#include "properties/arbitrary_event.hpp"
#include "text/utf8.hpp"

using namespace drachtio;
using namespace drachtio::test;

TEST_CASE("Property: any event is restored from its row", "[property]") {
  CHECK(rc::check([] {
    Event event = *any_event();
    const log::Row row = projection::to_row(event);
    if (event.dialog == 0) event.version = 0;  // there is none without a dialog
    RC_ASSERT(text::is_utf8(row.data));
    RC_ASSERT(projection::to_event(row) == event);
  }));
}

TEST_CASE("Property: apply takes any events in any order, and folds them alike", "[property]") {
  CHECK(rc::check([] {
    DialogState live;
    DialogState folded;
    for (Event event : *rc::gen::container<std::vector<Event>>(any_event())) {
      event.dialog = 7;
      dialog::apply(live, event);
      dialog::apply(folded, projection::to_event(projection::to_row(event)));
      RC_ASSERT(live == folded);
      RC_ASSERT(live.offers.size() <= 8U);
      RC_ASSERT(live.early_answers.size() <= 16U);
    }
  }));
}

TEST_CASE("Property: from_json takes any text, or says that it does not", "[property]") {
  CHECK(rc::check([] {
    std::string data = dialog::to_json(*any_event());
    const auto at = *rc::gen::inRange<std::size_t>(0, data.size());
    data[at] = *rc::gen::oneOf(rc::gen::arbitrary<char>(), rc::gen::element('"', '{', '}', ','));
    Event event;
    try {
      dialog::from_json(data, event);
    } catch (const dialog::EventFormatError&) {
      return;
    }
    RC_ASSERT(text::is_utf8(dialog::to_json(event)));
  }));
}
