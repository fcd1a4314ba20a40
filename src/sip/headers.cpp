#include "sip/header_lines.hpp"
#include "sip/header_value.hpp"

#include <drachtio/headers.hpp>

#include <algorithm>
#include <array>

namespace drachtio {

namespace {

// RFC 3261 20, RFC 3265, RFC 3515, RFC 3892, RFC 4028, RFC 6665.
constexpr std::array<std::pair<char, std::string_view>, 17> compact_forms{{
    {'a', "accept-contact"},
    {'b', "referred-by"},
    {'c', "content-type"},
    {'d', "request-disposition"},
    {'e', "content-encoding"},
    {'f', "from"},
    {'i', "call-id"},
    {'j', "reject-contact"},
    {'k', "supported"},
    {'l', "content-length"},
    {'m', "contact"},
    {'o', "event"},
    {'r', "refer-to"},
    {'s', "subject"},
    {'t', "to"},
    {'u', "allow-events"},
    {'v', "via"},
}};

std::string_view long_form(std::string_view name) {
  if (name.size() != 1) return name;
  if (name == "x" || name == "X") return "session-expires";
  const char letter = static_cast<char>(name.front() | 0x20);
  const auto* found =
      std::ranges::find(compact_forms, letter, &decltype(compact_forms)::value_type::first);
  return found == compact_forms.end() ? name : found->second;
}

bool same_name(std::string_view a, std::string_view b) {
  return sip::same_ignoring_case(long_form(a), long_form(b));
}

}  // namespace

std::string_view Headers::operator[](std::string_view name) const {
  for (const Field& field : fields_) {
    if (same_name(field.first, name)) return field.second;
  }
  return {};
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Field& field : fields_) {
    if (same_name(field.first, name)) values.emplace_back(field.second);
  }
  return values;
}

bool Headers::has(std::string_view name) const {
  return std::ranges::any_of(fields_,
                             [&](const Field& field) { return same_name(field.first, name); });
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string_view name, std::string value) {
  std::string as_written{name};
  remove(name);
  fields_.emplace_back(std::move(as_written), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return same_name(field.first, name); });
}

}  // namespace drachtio
