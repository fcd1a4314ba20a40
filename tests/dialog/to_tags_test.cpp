// The callee's tags that a leg has learnt: by these its later messages are known (RFC 3261 12.1.1).
#include "catch.hpp"
#include "dialog/apply.hpp"
#include "dialog/identity.hpp"

using namespace drachtio;

TEST_CASE("A leg learns the callee's tag from an answer to the callee's own re-INVITE",
          "[dialog]") {
  dialog::Dialog leg;
  Event invited;
  invited.type = EventType::invited;
  invited.position = invited.dialog = invited.version = 1;
  invited.method = "INVITE";
  invited.cseq = 1;
  invited.from_tag = "a";
  invited.opening = Opening{.server = "pbx",
                            .dialog_id = dialog::dialog_id("c", "a"),
                            .call_id = "c",
                            .role = Role::uas,
                            .calling_party = {},
                            .called_party = {},
                            .from_user = {},
                            .to_user = {}};
  dialog::apply(leg, invited);
  Event refused;
  refused.type = EventType::responded;
  refused.position = refused.version = 2;
  refused.dialog = 1;
  refused.method = "INVITE";
  refused.cseq = 1;
  refused.status = 488;
  refused.from_tag = "b";  // of the re-INVITE
  refused.to_tag = "a";
  refused.callee_tag = "b";
  dialog::apply(leg, refused);
  CHECK(leg.to_tags == std::vector<std::string>{"b"});
}
