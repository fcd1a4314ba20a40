// What a program wants to remember of a call: a JSON object, empty at first, durable.
//
// Each assignment is an event of the dialog (an RFC 7396 merge patch: a JSON object is merged into
// what is there, null removes), on disk before any frame is sent after it. Whoever assigns reads it
// at once.
#pragma once

#include <drachtio/export.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio {

namespace agent {
struct Cell;
}

// One member, or a member of a member: a reference, whose copies mean the same one. Reading does
// not throw; assigning throws std::invalid_argument for text that is not UTF-8, a number that is
// not finite, or more than Session::deepest levels of nesting, std::length_error if the session
// would grow beyond Session::limit, and std::logic_error where the session can only be read (a
// Subscription's). Thread-safe.
class DRACHTIO_EXPORT SessionValue {
 public:
  SessionValue(const SessionValue&) = default;
  ~SessionValue() = default;
  [[nodiscard]] SessionValue operator[](std::string_view name) const;

  // Assigns the value that `other` has now (an object is merged into an object that is there);
  // where it has none, removes this one.
  const SessionValue& operator=(const SessionValue& other) const;
  const SessionValue& operator=(std::string_view text) const;
  // A null pointer (of getenv(), say) removes it.
  const SessionValue& operator=(const char* text) const {
    if (text == nullptr) return *this = nullptr;
    return *this = std::string_view{text};
  }
  const SessionValue& operator=(bool value) const;
  const SessionValue& operator=(double value) const;
  const SessionValue& operator=(std::nullptr_t) const;  // removes it
  template <std::integral Number>
  const SessionValue& operator=(Number value) const {
    return assign_integer(static_cast<std::int64_t>(value));
  }
  // Any JSON value, as text.
  const SessionValue& set_json(std::string_view json) const;

  [[nodiscard]] bool exists() const;
  // A string as it is, anything else as JSON; empty where there is nothing.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string json() const;
  // Nothing where it is no number, no boolean.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] std::optional<double> number() const;
  [[nodiscard]] std::optional<bool> boolean() const;
  operator std::string() const { return text(); }
  bool operator==(std::string_view other) const { return text() == other; }
  bool operator==(const char* other) const {  // null: it does not exist
    return other == nullptr ? !exists() : text() == other;
  }
  bool operator==(std::nullptr_t) const { return !exists(); }
  template <std::integral Number>
  bool operator==(Number value) const {
    if constexpr (std::same_as<Number, bool>) {
      return boolean() == value;
    } else {
      return integer() == static_cast<std::int64_t>(value);
    }
  }
  // As JSON: the order of members is of no account.
  bool operator==(const SessionValue& other) const;

 private:
  friend class Session;
  SessionValue(std::shared_ptr<agent::Cell> cell, std::vector<std::string> path)
      : cell_(std::move(cell)), path_(std::move(path)) {}
  const SessionValue& assign_integer(std::int64_t value) const;

  std::shared_ptr<agent::Cell> cell_;
  std::vector<std::string> path_;
};

// Writes text().
DRACHTIO_EXPORT std::ostream& operator<<(std::ostream& out, const SessionValue& value);

// A handle: copies mean the same session. Thread-safe.
class DRACHTIO_EXPORT Session {
 public:
  static constexpr std::size_t limit = 64UL * 1024;  // bytes of JSON
  static constexpr std::size_t deepest = 24;         // objects and arrays within one another

  Session() = default;
  explicit Session(std::shared_ptr<agent::Cell> cell) : cell_(std::move(cell)) {}

  // Throws std::invalid_argument for a name that is not UTF-8.
  [[nodiscard]] SessionValue operator[](std::string_view name) const;
  // The whole of it, as JSON; "{}" where there is none.
  [[nodiscard]] std::string json() const;
  // An RFC 7396 patch, a JSON object as text. Throws as SessionValue does.
  void merge(std::string_view patch) const;
  // Copies this session to `other`; from then on what is assigned to either is assigned to both.
  // One partner each: a bond that one of them had is undone. Throws std::logic_error where they are
  // not of one Agent, and std::length_error.
  void join(const Session& other) const;

 private:
  std::shared_ptr<agent::Cell> cell_;
};

}  // namespace drachtio
