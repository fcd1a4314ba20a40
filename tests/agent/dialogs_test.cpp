// Which dialogs an agent knows: the open ones, and the latest that have ended.
#include "agent/dialogs.hpp"

#include "catch.hpp"

#include <string>
#include <vector>

using drachtio::SipDialog;
using drachtio::State;
using drachtio::agent::Cell;
using drachtio::agent::Dialogs;
using drachtio::dialog::Dialog;

namespace {

std::shared_ptr<Cell> cell_in(std::int64_t number, State state, bool is_own = true) {
  Dialog dialog;
  dialog.number = number;
  dialog.dialog_id = "call-" + std::to_string(number / 100);
  dialog.state = state;
  // Another program's is known from its call records, which tell of no transaction.
  if (is_own) dialog.invite.transaction_id = "t";
  return std::make_shared<Cell>(std::make_shared<const Dialog>(dialog));
}

std::vector<std::int64_t> numbers(const std::vector<SipDialog>& dialogs) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(dialogs.size());
  for (const SipDialog& dialog : dialogs) numbers.push_back(dialog.snapshot()->number);
  return numbers;
}

}  // namespace

TEST_CASE("A program's dialogs are open that have not ended, in the order in which they began") {
  Dialogs dialogs;
  for (const std::int64_t number : {30, 10, 20}) dialogs.add(cell_in(number, State::stable));
  dialogs.add(cell_in(15, State::terminated));
  dialogs.add(cell_in(25, State::stable, false));
  CHECK(numbers(dialogs.open()) == std::vector<std::int64_t>{10, 20, 30});
}

TEST_CASE("A dialog is open by its id, and the latest where several have it") {
  Dialogs dialogs;
  for (const std::int64_t number : {10, 110, 150, 120}) {
    dialogs.add(cell_in(number, State::stable));
  }
  dialogs.add(cell_in(170, State::terminated));
  dialogs.add(cell_in(180, State::stable, false));
  CHECK(dialogs.open("call-0").snapshot()->number == 10);
  CHECK(dialogs.open("call-1").snapshot()->number == 150);
  CHECK_FALSE(dialogs.open("call-2"));
}

TEST_CASE("A dialog is known by its number") {
  Dialogs dialogs;
  const auto cell = cell_in(10, State::early);
  dialogs.add(cell);
  CHECK(dialogs.find(10) == cell);
  CHECK(dialogs.find(11) == nullptr);
}

TEST_CASE("The latest 1024 dialogs that have ended are kept, and no slot of one before") {
  Dialogs dialogs;
  const auto first = cell_in(1, State::terminated);
  const auto held = std::make_shared<int>(1);
  first->signals().on_refresh.connect([held](const SipDialog&) {});
  dialogs.add(first);
  dialogs.ended(1);
  for (std::int64_t number = 2; number <= std::int64_t{Dialogs::ended_kept}; ++number) {
    dialogs.add(cell_in(number, State::terminated));
    dialogs.ended(number);
  }
  CHECK(dialogs.find(1) == first);
  CHECK(held.use_count() == 2);
  dialogs.add(cell_in(2000, State::terminated));
  dialogs.ended(2000);
  CHECK(dialogs.find(1) == nullptr);
  CHECK(dialogs.find(2) != nullptr);
  CHECK(held.use_count() == 1);
}

TEST_CASE("A dialog that is open again when its turn to be forgotten comes is kept") {
  Dialogs dialogs;
  const auto cell = cell_in(1, State::terminated);
  dialogs.add(cell);
  dialogs.ended(1);
  cell->state = cell_in(1, State::stable)->state;
  for (std::size_t i = 0; i < Dialogs::ended_kept; ++i) dialogs.ended(5000);
  CHECK(dialogs.find(1) == cell);
}
