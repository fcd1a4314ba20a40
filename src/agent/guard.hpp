// Runs what a program has handed over. What that throws is printed, and goes no further.
#pragma once

#include <drachtio/each_slot.hpp>

#include <exception>
#include <utility>

namespace drachtio::agent {

template <typename Action>
void guard(Action&& action) {
  try {
    std::forward<Action>(action)();
  } catch (...) {
    EachSlot::print(std::current_exception());
  }
}

}  // namespace drachtio::agent
