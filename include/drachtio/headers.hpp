// The header fields of a SIP message, in order, as text (RFC 3261 section 7.3). A plain value.
#pragma once

#include <drachtio/export.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drachtio {

// A plain value. Names are compared as SIP does: in any case, and a compact form is its long one
// ("m" is Contact, RFC 3261 section 7.3.3).
class DRACHTIO_EXPORT Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  // The first value of that name; empty where there is none. Good until the next change.
  [[nodiscard]] std::string_view operator[](std::string_view name) const;
  // Every value of that name, in order.
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;

  void add(std::string name, std::string value);
  // Replaces every value of that name, or adds one.
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);

  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  bool operator==(const Headers&) const = default;

 private:
  std::vector<Field> fields_;
};

}  // namespace drachtio
