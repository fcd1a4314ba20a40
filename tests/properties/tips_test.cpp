// For any sequence of changes: each index beside the legs in memory says the same as the legs.
#include "record/tips.hpp"

#include "catch.hpp"
#include "dialog/identity.hpp"
#include "properties/property.hpp"

using namespace drachtio;
using namespace drachtio::test;
using record::Tip;
using record::Tips;

namespace {

const std::initializer_list<std::string_view> servers{"east", "west"};
const std::initializer_list<std::string_view> calls{"c1", "C1", "c2"};
const std::initializer_list<std::string_view> tags{"a", "A", "b"};
const std::initializer_list<std::string_view> transactions{"", "tx1", "tx2", "tx3"};

dialog::Dialog any_leg(std::int64_t number) {
  dialog::Dialog leg;
  leg.number = number;
  leg.last_position = number;
  leg.server = pick_text(servers);
  leg.call_id = pick_text(calls);
  leg.dialog_id = dialog::dialog_id(leg.call_id, pick_text(tags));
  leg.invite.transaction_id = pick_text(transactions);
  leg.state = pick_bool() ? State::pending : State::terminated;
  return leg;
}

// Changes a leg as events do: it is tried again, answered, ended or reopened.
void change(Tip& tip) {
  switch (pick(5)) {
    case 0: tip.state.invite.transaction_id = pick_text(transactions); break;
    case 1: tip.state.state = State::terminated; break;
    case 2: tip.state.state = State::pending; break;
    case 3: tip.state.times.connect_time = Instant{}; break;
    default: tip.state.times.connect_time.reset(); break;
  }
}

void compare(Tips& tips) {
  std::vector<Tip*> all;
  tips.each([&](Tip& tip) { all.push_back(&tip); });
  std::ranges::sort(all, {}, [](const Tip* tip) { return tip->state.number; });
  std::size_t open = 0;
  for (const Tip* tip : all) open += tip->state.state == State::terminated ? 0U : 1U;
  must(tips.open() == open, "the open legs are counted");
  for (const std::string_view server : servers) {
    for (const std::string_view call : calls) {
      for (const std::string_view tag : tags) {
        std::vector<Tip*> found;
        tips.find_legs(server, call, tag, found);
        std::vector<Tip*> expected;
        for (Tip* tip : all) {
          if (tip->state.server == server && tip->state.call_id == call &&
              dialog::same_tag(dialog::creating_tag(tip->state), tag)) {
            expected.push_back(tip);
          }
        }
        must(found == expected, "the legs of a call are found, in their order");
      }
    }
    for (const std::string_view transaction : transactions) {
      Tip* expected = nullptr;
      for (Tip* tip : all) {
        const std::string& own = tip->state.invite.transaction_id;
        const bool pending =
            tip->state.state != State::terminated && !tip->state.times.connect_time && !own.empty();
        if (pending && tip->state.server == server && own == transaction) expected = tip;
      }
      must(tips.find_pending(server, transaction) == expected,
           "an unanswered leg is found by its transactionId, and by no former one");
    }
  }
}

}  // namespace

TEST_CASE("Property: the indexes of the legs in memory agree with the legs", "[property]") {
  CHECK(holds([] {
    Tips tips;
    std::int64_t last = 0;
    for (int count = pick(60); count > 0; --count) {
      if (last == 0 || pick(3) == 0) {
        tips.insert(any_leg(++last));
      } else if (Tip* tip = tips.find(1 + pick(static_cast<int>(last)))) {
        change(*tip);
        tips.changed(*tip);
      }
      compare(tips);
    }
  }));
}

TEST_CASE("Legs are forgotten with all that leads to them", "[record]") {
  Tips tips;
  constexpr std::int64_t many = 20'000;
  for (std::int64_t number = 1; number <= many; ++number) {
    dialog::Dialog leg;
    leg.number = number;
    leg.last_position = number;
    leg.server = "pbx";
    leg.call_id = "c" + std::to_string(number);
    leg.dialog_id = dialog::dialog_id(leg.call_id, "a");
    leg.invite.transaction_id = "first";
    Tip& tip = tips.insert(std::move(leg));
    // A retry changes the transactionId that it stands in the index by.
    tip.state.invite.transaction_id = "tx" + std::to_string(number);
    tips.changed(tip);
    tip.state.state = State::terminated;
    tips.changed(tip);
    tips.forget_ended(many);
  }
  CHECK(tips.size() == 16384);
  CHECK(tips.open() == 0);
  CHECK(tips.find_pending("pbx", "first") == nullptr);
  CHECK(tips.find(1) == nullptr);
  CHECK(tips.find_sole("pbx", "c1;from-tag=a") == nullptr);
  CHECK(tips.find_sole("pbx", "c20000;from-tag=a") != nullptr);
}

TEST_CASE(
    "Of a call whose ids are used again and again, the latest legs are kept and all open ones",
    "[record]") {
  Tips tips;
  tips.keep_of_a_call(64);
  constexpr std::int64_t many = 1000;
  const auto begin = [&](std::int64_t number) -> Tip& {
    dialog::Dialog leg;
    leg.number = number;
    leg.last_position = number;
    leg.server = "pbx";
    leg.call_id = "c";
    leg.dialog_id = dialog::dialog_id(leg.call_id, "a");
    return tips.insert(std::move(leg));
  };
  begin(1);
  tips.all_are_here("pbx", "c", "a");
  for (std::int64_t number = 2; number <= many; ++number) {
    Tip& tip = begin(number);
    tip.state.state = State::terminated;
    tips.changed(tip);
    tips.forget_ended(number - 100);  // what came after is not on disk yet
    CHECK(tips.size() <= 64 + 100);
  }
  tips.forget_ended(many);
  std::vector<Tip*> legs;
  tips.find_legs("pbx", "c", "a", legs);
  REQUIRE(legs.size() == 64);
  CHECK(legs.front()->state.number == 1);
  CHECK(legs[1]->state.number == many - 62);
  CHECK(tips.size() == 64);
  CHECK(tips.open() == 1);
  CHECK(tips.has_all("pbx", "c", "a"));
}
