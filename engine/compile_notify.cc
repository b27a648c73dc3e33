// `notify`: who, by which channels, and the notice's text in the scope of its use.
#include <utility>

#include "engine/check.h"

namespace duban::compiler {
namespace {

std::string list_names(const std::vector<const Names*>& names, bool chinese) {
  std::string out;
  for (const Names* one : names) {
    out += (out.empty() ? "" : (chinese ? "、" : ", ")) + quoted(one->in(chinese));
  }
  return out;
}

// The recipient's addresses on the channels asked for.
void build_channels_of(Program& program, const std::vector<syntax::Word>& words, uint16_t file,
                       uint16_t recipient, Span span, Action& action) {
  const Layout::Entity& entity = program.plan.layout.entities[recipient];
  std::vector<const Names*> asked;
  std::vector<std::string> addresses;
  for (const syntax::Word& word : words) {
    const Index found = program.find_channel(word, file);
    if (found == kNone) return;
    const Index id = program.channels[found].id;
    const Channel& channel = program.plan.channels[id];
    asked.push_back(&channel.names);
    if (channel.address.empty()) return;  // reported at the channel
    addresses.push_back(channel.address);
    Action::ChannelUse use;
    use.channel = static_cast<uint16_t>(id);
    if (entity.key.matches(channel.address)) {
      use.address_is_key = true;
    } else if (const auto slot = find_attribute(program, recipient, channel.address)) {
      const Type type = entity.attributes[*slot].type;
      if (type.kind != TypeKind::text || type.set) continue;
      use.slot = *slot;
    } else {
      continue;
    }
    action.channels.push_back(use);
  }
  if (!action.channels.empty() || asked.empty()) return;
  std::string list;
  for (const std::string& address : addresses) list += (list.empty() ? "" : ", ") + quoted(address);
  program.error(
      span, "E116",
      {quoted(entity.names.name) + " has no address for " + list_names(asked, false),
       quoted(entity.names.in(true)) + "没有" + list_names(asked, true) + "的地址",
       "the address is a text attribute called " + list, "地址是名为" + list + "的文本型属性"});
}

}  // namespace

bool build_notify(Program& program, const syntax::Action& decl, StepContext& context,
                  Action& action) {
  const Typed who = compile_key(program, decl.who.get(), context.scope);
  action.who = who.node;
  const Index found = program.find_notice(decl.notice, context.scope.file);
  if (found == kNone) return false;
  const auto& notice = program.notices[found];
  action.notice = notice.id;
  action.even_if_late = decl.even_if_late;
  action.once = build_once(program, decl.once, context.scope);

  Scope scope = context.scope;
  if (decl.listing) {
    const Typed listing = compile_expression(program, decl.listing.get(), scope);
    action.listing = listing.node;
    if (listing.ok() && !listing.type.set) {
      program.error(decl.listing->span, "E104",
                    {"`listing` takes a set; this is " + describe(program, listing.type, false),
                     "`列明`须为集合，此处是" + describe(program, listing.type, true)});
    } else if (listing.ok()) {
      scope.list = listing.type;
    }
    if (!scope.list) return false;  // `{list}` would only repeat the message
  }
  if (who.ok()) {
    const bool own = decl.channels.empty();
    build_channels_of(program, own ? notice.syntax->channels : decl.channels,
                      own ? notice.file : context.scope.file, who.type.id,
                      decl.who ? decl.who->span : decl.span, action);
  }
  action.body = compile_template(program, notice.syntax->body, scope);
  return true;
}

}  // namespace duban::compiler
