#include "dialog/session.hpp"

#include <boost/json.hpp>

namespace drachtio::dialog {

namespace {

namespace json = boost::json;

// RFC 7396 section 2.
void merge(json::value& target, const json::value& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = json::object{};
  json::object& object = target.get_object();
  for (const auto& [name, value] : patch.get_object()) {
    if (value.is_null()) {
      object.stable_erase(name);  // the others keep their order
    } else {
      merge(object[name], value);
    }
  }
}

}  // namespace

void merge_patch(std::string& session, std::string_view patch) {
  boost::system::error_code error;
  const json::value change = json::parse(patch, error);
  if (error || !change.is_object()) return;
  json::value target = json::parse(session, error);
  if (error) target = json::object{};
  merge(target, change);
  session = json::serialize(target);
}

}  // namespace drachtio::dialog
