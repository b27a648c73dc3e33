#include <cstdio>

#include "cli/cli.h"

namespace duban::cli {

void Session::complain(const std::string& message, const std::string& hint) const {
  std::string text = chinese() ? "错误：" : "error: ";
  text += message;
  if (!hint.empty()) text += (chinese() ? "\n提示：" : "\nhint: ") + hint;
  remark(text);
}

void Session::complain(const Error& error) const {
  complain(error.placed(chinese()), error.hint_in(chinese()));
}

void Session::remark(const std::string& message) const {
  out.flush();  // in their order
  std::fputs((message + "\n").c_str(), stderr);
}

Exit Session::fail(const Error& error) const {
  complain(error);
  return error.is_misuse ? Exit::usage : Exit::failure;
}

Exit Session::misused(const std::string& message, const std::string& hint) const {
  complain(message, hint);
  return Exit::usage;
}

std::string count_of(uint64_t count, std::string_view noun) {
  std::string out = with_separators(count) + " ";
  out += noun;
  if (count != 1) out += 's';
  return out;
}

std::string with_separators(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

Result<std::vector<std::pair<std::string, std::string>>> split_pairs(
    const Session& session, const std::vector<std::string>& pairs) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& pair : pairs) {
    const size_t at = pair.find('=');
    if (at == std::string::npos || at == 0) {
      return misuse(
          {session.say("`{}` is not name=value", "“{}”不是“名称=值”的形式", pair), {}, {}});
    }
    out.emplace_back(pair.substr(0, at), pair.substr(at + 1));
  }
  return out;
}

}  // namespace duban::cli
