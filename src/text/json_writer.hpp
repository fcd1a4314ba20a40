// Writes a JSON object into a string, member by member: compact, valid UTF-8, no tree in between.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drachtio::text {

// Appends `text` as a JSON string, quotes included; invalid bytes become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// `json`, which must be JSON in UTF-8, with what text::unprintable() finds in its strings escaped
// (\u009b, \u202e), which JSON lets stand: the same value, fit to be printed. Not for what is
// stored.
std::string printable_json(std::string json);

// One object: opens at construction, closes at close() or destruction. Objects nest by child().
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  ~JsonObject() { close(); }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;
  JsonObject(JsonObject&&) = delete;
  JsonObject& operator=(JsonObject&&) = delete;

  void string(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void string(std::string_view name, const char* value) { string(name, std::string_view{value}); }
  // Left out where there is no value.
  void string(std::string_view name, const std::optional<std::string>& value) {
    if (value) string(name, std::string_view{*value});
  }
  // null where there is no value.
  void string_or_null(std::string_view name, const std::optional<std::string>& value) {
    value ? string(name, std::string_view{*value}) : raw(name, "null");
  }
  void number(std::string_view name, std::int64_t value) {
    key(name);
    out_ += std::to_string(value);
  }
  void boolean(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
  // `json` is JSON already.
  void raw(std::string_view name, std::string_view json) {
    key(name);
    out_ += json;
  }
  // Close the child before the next member of this object is written.
  JsonObject child(std::string_view name) {
    key(name);
    return JsonObject{out_};
  }
  void close() {
    if (open_) out_ += '}';
    open_ = false;
  }

 private:
  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;  // names are our own words: nothing to escape
    out_ += "\":";
  }

  std::string& out_;
  bool first_ = true;
  bool open_ = true;
};

}  // namespace drachtio::text
