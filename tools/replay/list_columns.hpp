// A list of calls has these columns: this file says what each is called, and what stands in it.
#pragma once

#include "dialog/dialog.hpp"
#include "projection/call_legs.hpp"
#include "replay/call_record.hpp"
#include "replay/zone.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace drachtio::replay {

// A ListedLeg has all that is listed of a leg.
struct ListedLeg {
  const dialog::Dialog& dialog;
  CallRecord record;
  projection::LegPlace place;
  std::vector<std::string> problems;
};

struct ListColumn {
  std::string_view name;   // in CSV, in JSON and on the command line
  std::string_view title;  // in a table
  bool right = false;      // aligned, in a table
  Cell (*cell)(const ListedLeg& leg, Zone zone) = nullptr;
  // Shows the column in a table, where that is otherwise: one of several legs as "2/3". Else null.
  Cell (*table_cell)(const ListedLeg& leg) = nullptr;
};

// Returns all that there are, in the order of CSV.
const std::vector<ListColumn>& list_columns();

// Returns the names of those that a format has where none are chosen.
std::vector<std::string> usual_columns(Format format);

// Returns the columns of these names, each of which there must be.
std::vector<ListColumn> columns_named(const std::vector<std::string>& names);

}  // namespace drachtio::replay
