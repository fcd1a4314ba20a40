// From libosip2's addresses to ours. For message.cpp alone: nobody else knows libosip2.
#pragma once

#include "sip/message.hpp"

#include <osipparser2/osip_parser.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::sip {

// libosip2's text as ours: valid UTF-8, empty for null.
std::string text_of(const char* text);

std::optional<std::string> parameter(const osip_list_t& parameters, std::string_view name);

Address address_of(const osip_from_t* from);

// libosip2 undoes %-escapes, and what comes after a %00 is lost: the user is to be as it stands in
// `value`, the header's.
void keep_user_as_written(Address& address, std::string_view value);

// Returns the first of the values of a header, which commas separate outside of quotes and angle
// brackets.
std::string_view first_value(std::string_view values);

// libosip2 would take seconds over `text`: it holds more parameters or values than any real
// message.
bool has_too_many_parts(std::string_view text);

// Adds the addresses of a P-Asserted-Identity or Remote-Party-ID header (several, comma separated,
// folds and all). Those that libosip2 refuses, or that have no sip:, sips: or tel: URI, are passed
// over.
void read_identities(std::string_view values, std::vector<Identity>& identities);

}  // namespace drachtio::sip
