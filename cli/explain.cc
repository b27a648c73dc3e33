#include <algorithm>
#include <boost/json.hpp>
#include <memory>

#include "cli/names.h"
#include "cli/options.h"
#include "cli/reference.h"

namespace duban::cli {
namespace {

constexpr size_t kWidth = 90;

std::string indented(const std::string& text) {
  std::string out = "  ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "  ";
  }
  while (out.ends_with(' ') || out.ends_with('\n')) out.pop_back();
  return out + "\n";
}

std::string words_of(const Session& session, const ReferencePage& page) {
  const PageParts parts = parts_of(page);
  const std::string& title = session.chinese() ? parts.chinese_title : parts.english_title;
  const std::string& meaning = session.chinese() ? parts.chinese : parts.english;
  std::string out = std::string(page.code) + (session.chinese() ? "：" : ": ") + title + "\n\n" +
                    wrapped(meaning, kWidth) + "\n";
  for (const PageParts::Block& block : parts.blocks) {
    out += "\n" +
           (block.corrected ? session.say("Corrected:", "改正：")
                            : session.say("Example:", "示例：")) +
           "\n\n" + indented(block.text);
  }
  return out;
}

boost::json::object json_of(const Session& session, const ReferencePage& page) {
  const PageParts parts = parts_of(page);
  boost::json::object out;
  out["code"] = page.code;
  out["title"] = session.chinese() ? parts.chinese_title : parts.english_title;
  out["meaning"] = session.chinese() ? parts.chinese : parts.english;
  for (const PageParts::Block& block : parts.blocks) {
    const char* name = block.corrected ? "corrected" : "example";
    if (!out.contains(name)) out[name] = block.text;
  }
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

Exit explain(Session& session, const std::vector<std::string>& codes) {
  std::vector<const ReferencePage*> pages;
  std::vector<std::string> known;
  for (const ReferencePage& page : reference_pages()) known.emplace_back(page.code);
  for (const std::string& code : codes) {
    const auto& all = reference_pages();
    const auto page = std::find_if(all.begin(), all.end(), [&](const ReferencePage& each) {
      return each.code == upper(code);
    });
    if (page == all.end()) {
      const std::string near = nearest(upper(code), known);
      return session.misused(session.say("there is no code `{}`", "没有代码“{}”", code),
                             near.empty() ? session.say("`duban explain` lists them all",
                                                        "`duban explain` 列出全部代码")
                                          : session.say("did you mean {}?", "是否指 {}？", near));
    }
    pages.push_back(&*page);
  }
  const bool list = codes.empty();
  for (const ReferencePage& page : reference_pages()) {
    if (list) pages.push_back(&page);
  }
  boost::json::array json;
  std::string text;
  for (const ReferencePage* page : pages) {
    if (session.format == Format::json) {
      json.emplace_back(json_of(session, *page));
    } else if (list) {
      const PageParts parts = parts_of(*page);
      text += std::string(page->code) + "  " +
              (session.chinese() ? parts.chinese_title : parts.english_title) + "\n";
    } else {
      text += (text.empty() ? "" : "\n") + words_of(session, *page);
    }
  }
  session.out.write(session.format == Format::json ? boost::json::serialize(json) + "\n" : text);
  return Exit::ok;
}

}  // namespace

void add_explain(CLI::App& app, Session& session) {
  auto codes = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      add_command(app, session, "explain", "What a finding's code means, with an example.",
                  "说明提示代码的含义，并举例。");
  add_texts(*command, "CODE", "CODE", *codes,
            session.say("such as E101 (default: list them all)", "如 E101（默认列出全部代码）"));
  add_format(*command, session);
  add_examples(*command, session,
               {{"explain W103", "one code: meaning, example, and how it is put right",
                 "一个代码：含义、示例及改正"},
                {"explain", "all codes, a line each", "全部代码，每行一个"}});
  command->callback([&session, codes] {
    session.action = [&session, codes] { return explain(session, *codes); };
  });
}

}  // namespace duban::cli
