// Any bytes as rules: the lexer, the division of Chinese into words, the parser, and the formatter,
// which need not understand what it lays out.
#include "engine/fmt.h"
#include "engine/parse.h"
#include "tests/fuzz/fuzz.h"

namespace duban {

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Source source("a.rules", std::string(fuzz::text_of(data, size)));
  const auto length = static_cast<uint32_t>(source.code_points().size());
  std::vector<Token> comments;
  for (const Token& token : lex(source, {}, &comments)) {
    fuzz::require(token.begin <= token.end && token.end <= length, "a token lies outside the file");
  }
  std::vector<Diagnostic> diagnostics;
  const syntax::File file = parse(source, 0, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics) {
    fuzz::require(diagnostic.span.begin <= diagnostic.span.end && diagnostic.span.end <= length,
                  "a finding lies outside the file");
    for (const Language language : {Language::english, Language::chinese})
      render(diagnostic, {source}, language);
  }
  const std::string once = format_rules(source);
  const bool understood = diagnostics.empty() && file.unread.empty();
  if (!understood) return 0;
  const Source again("a.rules", once);
  std::vector<Diagnostic> later;
  parse(again, 0, later);
  fuzz::require(later.empty(), "what was laid out is no longer understood", once);
  const std::string twice = format_rules(again);
  fuzz::require(once == twice, "laying it out again changes it", once + "\n-----\n" + twice);
  return 0;
}

}  // namespace duban
