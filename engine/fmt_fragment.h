// Text that is being put together, with the places where its author broke the line.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duban::formatter {

class Fragment {
 public:
  // One line of the file. The comments are those at its end and on lines of their own below it.
  struct Piece {
    std::string text;
    std::string comment;
    std::vector<std::string> below;
  };

  Fragment() = default;
  Fragment(std::string text) { pieces_[0].text = std::move(text); }  // NOLINT: a text is one
  Fragment(std::string_view text) : Fragment(std::string(text)) {}   // NOLINT
  Fragment(const char* text) : Fragment(std::string(text)) {}        // NOLINT

  const std::vector<Piece>& pieces() const { return pieces_; }
  bool empty() const { return pieces_.size() == 1 && pieces_[0].text.empty(); }

  Fragment& operator+=(std::string_view text) {
    pieces_.back().text += text;
    return *this;
  }
  Fragment& operator+=(const std::string& text) { return *this += std::string_view(text); }
  Fragment& operator+=(const char* text) { return *this += std::string_view(text); }
  Fragment& operator+=(const Fragment& other) {
    pieces_.back().text += other.pieces_[0].text;
    pieces_.back().comment += other.pieces_[0].comment;
    pieces_.back().below = other.pieces_[0].below;
    pieces_.insert(pieces_.end(), other.pieces_.begin() + 1, other.pieces_.end());
    return *this;
  }
  // What follows stands on the next line. Spaces at the end of this one are dropped.
  void end_line(std::string comment = {}, std::vector<std::string> below = {}) {
    Piece& last = pieces_.back();
    while (last.text.ends_with(' ')) last.text.pop_back();
    last.comment = std::move(comment);
    last.below = std::move(below);
    pieces_.emplace_back();
  }

  // All on one line, for what has no line to break.
  std::string flat() const {
    std::string out;
    for (const Piece& piece : pieces_) {
      if (!out.empty() && !out.ends_with("，") && !out.ends_with("、") && !out.ends_with("｜")) {
        out += ' ';
      }
      out += piece.text;
    }
    return out;
  }

 private:
  std::vector<Piece> pieces_ = std::vector<Piece>(1);
};

}  // namespace duban::formatter
