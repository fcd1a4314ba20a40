// The session as a program reads and writes it; RFC 7396 patches on their way to the log.
#include "dialog/session.hpp"

#include "agent/core.hpp"
#include "text/utf8.hpp"

#include <drachtio/session.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <stdexcept>

namespace drachtio {

namespace json = boost::json;
using agent::Cell;

namespace {

// {"a":{"b":<value>}} for the path a, b.
json::value patch_of(const std::vector<std::string>& path, json::value value) {
  std::for_each(path.rbegin(), path.rend(), [&](const std::string& name) {
    json::object object;
    object.emplace(name, std::move(value));
    value = std::move(object);
  });
  return value;
}

json::value read(const std::shared_ptr<Cell>& cell, const std::vector<std::string>& path) {
  if (!cell) return nullptr;
  std::string text;
  {
    const std::lock_guard lock{cell->mutex};
    text = cell->session;
  }
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error) return nullptr;
  for (const std::string& name : path) {
    const json::object* object = value.if_object();
    const json::value* member = object == nullptr ? nullptr : object->if_contains(name);
    if (member == nullptr) return nullptr;
    json::value inner = *member;
    value = std::move(inner);
  }
  return value;
}

// What is in the log must be read again, by us and by SQLite. `level` is how deep `value` stands.
void require_storable(const json::value& value, std::size_t level = 0) {
  if (const double* number = value.if_double(); number != nullptr && !std::isfinite(*number)) {
    throw std::invalid_argument{"the session takes finite numbers only"};
  }
  const json::object* object = value.if_object();
  const json::array* array = value.if_array();
  if (object == nullptr && array == nullptr) return;
  if (level == Session::deepest) {
    throw std::invalid_argument{"the session would be nested deeper than " +
                                std::to_string(Session::deepest) + " levels"};
  }
  if (object != nullptr) {
    for (const auto& [name, member] : *object) require_storable(member, level + 1);
  } else {
    for (const json::value& element : *array) require_storable(element, level + 1);
  }
}

void write(const std::shared_ptr<Cell>& cell, const json::value& patch) {
  const auto core = cell ? cell->core.lock() : nullptr;
  if (!core) throw std::logic_error{"this session can only be read"};
  require_storable(patch);
  core->patch(cell, json::serialize(patch));
}

void require_utf8(std::string_view text, const char* what) {
  if (!text::is_utf8(text)) {
    throw std::invalid_argument{std::string{"the session takes UTF-8 only: "} + what + " is not"};
  }
}

}  // namespace

SessionValue SessionValue::operator[](std::string_view name) const {
  require_utf8(name, "the name");
  auto path = path_;
  path.emplace_back(name);
  return {cell_, std::move(path)};
}

const SessionValue& SessionValue::operator=(const SessionValue& other) const {
  if (this == &other) return *this;
  write(cell_, patch_of(path_, read(other.cell_, other.path_)));
  return *this;
}

const SessionValue& SessionValue::operator=(std::string_view text) const {
  require_utf8(text, "the value");
  write(cell_, patch_of(path_, json::value(text)));
  return *this;
}

const SessionValue& SessionValue::operator=(bool value) const {
  write(cell_, patch_of(path_, value));
  return *this;
}

const SessionValue& SessionValue::operator=(double value) const {
  write(cell_, patch_of(path_, value));
  return *this;
}

const SessionValue& SessionValue::operator=(std::nullptr_t) const {
  write(cell_, patch_of(path_, nullptr));
  return *this;
}

const SessionValue& SessionValue::assign_integer(std::int64_t value) const {
  write(cell_, patch_of(path_, value));
  return *this;
}

const SessionValue& SessionValue::set_json(std::string_view json) const {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(json, error);
  if (error) throw std::invalid_argument{"the session takes JSON: " + error.message()};
  write(cell_, patch_of(path_, std::move(value)));
  return *this;
}

bool SessionValue::operator==(const SessionValue& other) const {
  return read(cell_, path_) == read(other.cell_, other.path_);
}

bool SessionValue::exists() const { return !read(cell_, path_).is_null(); }

std::string SessionValue::text() const {
  const json::value value = read(cell_, path_);
  if (value.is_null()) return {};
  if (const json::string* text = value.if_string()) return std::string{std::string_view{*text}};
  return json::serialize(value);
}

std::string SessionValue::json() const { return json::serialize(read(cell_, path_)); }

std::optional<std::int64_t> SessionValue::integer() const {
  boost::system::error_code error;
  const auto number = read(cell_, path_).to_number<std::int64_t>(error);
  return error ? std::nullopt : std::optional{number};
}

std::optional<double> SessionValue::number() const {
  boost::system::error_code error;
  const auto number = read(cell_, path_).to_number<double>(error);
  return error ? std::nullopt : std::optional{number};
}

std::optional<bool> SessionValue::boolean() const {
  const json::value value = read(cell_, path_);
  return value.is_bool() ? std::optional{value.get_bool()} : std::nullopt;
}

std::ostream& operator<<(std::ostream& out, const SessionValue& value) {
  return out << value.text();
}

SessionValue Session::operator[](std::string_view name) const {
  require_utf8(name, "the name");
  return {cell_, {std::string{name}}};
}

std::string Session::json() const {
  if (!cell_) return "{}";
  const std::lock_guard lock{cell_->mutex};
  return cell_->session;
}

void Session::merge(std::string_view patch) const {
  boost::system::error_code error;
  const json::value value = json::parse(patch, error);
  if (error || !value.is_object()) {
    throw std::invalid_argument{"a patch of the session is a JSON object: " + error.message()};
  }
  write(cell_, value);
}

void Session::join(const Session& other) const {
  const auto core = cell_ ? cell_->core.lock() : nullptr;
  if (!core || !other.cell_ || other.cell_->core.lock() != core) {
    throw std::logic_error{"only sessions of two dialogs of one Agent can be joined"};
  }
  if (cell_ != other.cell_) core->join(cell_, other.cell_);
}

namespace agent {

namespace {

record::Note session_event(const Cell& cell, const std::string& patch) {
  record::Note note;
  note.dialog = cell.number;
  note.event.type = EventType::session_set;
  note.event.occurred_at = drachtio::now();
  note.event.patch = patch;
  return note;
}

// Holds all of them, which it sorts: whoever locks several locks them in one order.
std::vector<std::unique_lock<std::mutex>> locked(std::vector<std::shared_ptr<Cell>>& cells) {
  std::ranges::sort(cells, std::less<>{}, [](const auto& one) { return one.get(); });
  cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
  std::vector<std::unique_lock<std::mutex>> locks;
  locks.reserve(cells.size());
  for (const auto& one : cells) locks.emplace_back(one->mutex);
  return locks;
}

std::shared_ptr<Cell> partner_of(const Cell& cell) {
  const std::lock_guard lock{cell.mutex};
  return cell.joined.lock();
}

// These and those they are joined with: all of them locked, and still joined so.
struct Joined {
  explicit Joined(const std::vector<std::shared_ptr<Cell>>& of) {
    while (true) {
      cells = of;
      for (const auto& one : of) {
        if (auto partner = partner_of(*one)) cells.push_back(std::move(partner));
      }
      locks = locked(cells);
      const bool still = std::ranges::all_of(of, [&](const auto& one) {
        const auto partner = one->joined.lock();
        return !partner || std::ranges::find(cells, partner) != cells.end();
      });
      if (still) return;
      locks.clear();
    }
  }

  std::vector<std::shared_ptr<Cell>> cells;
  std::vector<std::unique_lock<std::mutex>> locks;
};

}  // namespace

void Core::patch(const std::shared_ptr<Cell>& cell, const std::string& patch) {
  // Checked before anything changes, and posted in the order in which it is seen: under the lock.
  const Joined all{{cell}};
  const std::shared_ptr<Cell> partner = cell->joined.lock();
  std::vector<std::shared_ptr<Cell>> cells{cell};
  if (partner) cells.push_back(partner);
  std::vector<record::Note> notes;
  std::vector<std::string> after;
  for (const auto& one : cells) {
    notes.push_back(session_event(*one, patch));
    after.push_back(one->session);
    dialog::merge_patch(after.back(), patch);
    if (after.back().size() > Session::limit) {
      throw std::length_error{"the session would be " + std::to_string(after.back().size()) +
                              " bytes; it takes " + std::to_string(Session::limit)};
    }
  }
  append(std::move(notes), cells);
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i]->session = std::move(after[i]);
}

void Core::join(const std::shared_ptr<Cell>& cell, const std::shared_ptr<Cell>& other) {
  const Joined all{{cell, other}};
  std::string merged = other->session;
  dialog::merge_patch(merged, cell->session);
  if (merged.size() > Session::limit) {
    throw std::length_error{"the joined session would be " + std::to_string(merged.size()) +
                            " bytes; it takes " + std::to_string(Session::limit)};
  }
  record::Note to_other = session_event(*other, cell->session);
  to_other.event.type = EventType::session_joined;
  to_other.event.joined = cell->number;
  record::Note to_cell = session_event(*cell, "{}");
  to_cell.event.type = EventType::session_joined;
  to_cell.event.joined = other->number;
  append({std::move(to_other), std::move(to_cell)}, {cell, other});
  other->session = std::move(merged);
  for (const auto& one : all.cells) one->joined.reset();  // of a partner before this one
  cell->joined = other;
  other->joined = cell;
}

// What would never be on disk is refused.
void Core::append(std::vector<record::Note> notes, std::vector<std::shared_ptr<Cell>> cells) {
  const std::uint64_t ticket = outbox_.noted(std::move(cells));
  if (writer_->append(std::move(notes), ticket)) return;
  outbox_.settled(ticket);
  throw std::logic_error{"this session can only be read: the Agent has stopped"};
}

}  // namespace agent

}  // namespace drachtio
