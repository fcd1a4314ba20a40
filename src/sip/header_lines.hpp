// The header lines of a SIP message, one by one, without parsing what they say (RFC 3261 7.3.1).
#pragma once

#include <optional>
#include <string_view>

namespace drachtio::sip {

struct HeaderLine {
  std::string_view whole;  // as it stands, continuation lines and line end included
  std::string_view name;   // without blanks around it (some peers write "Via :")
  std::string_view value;  // likewise; may hold the line breaks of continuation lines
};

// Walks from after the start line to the empty line. Line ends are CRLF or LF; line breaks before
// the start line are passed over (RFC 3261 7.5).
class HeaderLines {
 public:
  explicit HeaderLines(std::string_view message);
  // Those of a part of a multipart body, which has no start line.
  static HeaderLines of_part(std::string_view part);

  [[nodiscard]] std::string_view start_line() const { return start_line_; }
  // The next one; nothing at the empty line, or where the message ends.
  std::optional<HeaderLine> next();
  // What follows the empty line; meaningful once next() gave nothing.
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  HeaderLines() = default;

  std::string_view start_line_;
  std::string_view rest_;
};

// Equal but for ASCII case, or equal to the compact form (RFC 3261 7.3.3), where there is one.
bool is_header(std::string_view name, std::string_view full, char compact = '\0');

}  // namespace drachtio::sip
