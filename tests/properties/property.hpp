// Properties, by RapidCheck: said with plain functions, so that its templates, which take a
// compiler half a minute a file, are met in one file only.
//
//   CHECK(holds([] {
//     const int x = pick(10);
//     must(x < 10, "x is below ten");
//   }));
//
// What is picked is picked again, smaller, until the smallest that still fails is found; note()
// says what it was.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace drachtio::test {

// Tries the property a hundred times; false, and prints how, where it fails.
bool holds(const std::function<void()>& property);

// In a property: fails it unless `true`.
void must(bool condition, std::string_view what);

// In a property: shown if it fails.
void note(std::string_view text);

// A number from 0 to `count` - 1; 0 is the simplest.
int pick(int count);

inline bool pick_bool() { return pick(2) == 1; }

template <typename Value>
Value pick_of(std::initializer_list<Value> values) {
  return values.begin()[pick(static_cast<int>(values.size()))];
}
inline std::string pick_text(std::initializer_list<std::string_view> values) {
  return std::string{pick_of(values)};
}

}  // namespace drachtio::test
