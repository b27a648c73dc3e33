// Tables in the text and in CSV files, scorecards, guard rails.
#include <algorithm>

#include "tests/reference/policy.h"

namespace duban::reference {

using model::Name;

Block PolicyMaker::table(int entity, int owner_case) {
  Sight sight;
  sight.entity = entity;
  sight.owner_case = owner_case;
  sight.time = sight.history = false;
  sight.references = false;
  sight.defines = false;
  const bool zh = write_.chinese();
  const int hit = random_.between(0, 2);  // first, unique, all
  model::Table made{name("table", "表"), entity, owner_case, {}, 0};
  write_.level = 0;
  std::vector<Readable> inputs;
  const std::vector<Readable> all = write_.readables(sight);
  for (int i = random_.between(1, 3), tries = 0; i > 0 && tries < 20; ++tries) {
    Readable r = random_.pick(all);
    if (r.type.kind == TypeKind::none || r.form == Readable::Form::builtin) continue;
    if (r.type.kind == TypeKind::duration) continue;  // of which kind, nobody knows
    inputs.push_back(std::move(r));
    --i;
  }
  // Rows of `unique match` differ in their first column.
  if (hit == 1) {
    for (const Readable& r : all) {
      if (r.type.kind == TypeKind::yes_no && r.path.size() == 1 && r.form == Readable::Form::bare)
        inputs[0] = r;
    }
    for (const Readable& r : all) {
      if (r.type.kind == TypeKind::choice && !r.type.set && random_.chance(70)) inputs[0] = r;
    }
  }
  for (const Readable& r : inputs) made.level = std::max(made.level, r.level);
  static const std::vector<std::pair<const char*, const char*>> kCollect{{"", ""},
                                                                         {", collect", "，收集"},
                                                                         {", union", "，并集"},
                                                                         {", sum", "，合计"},
                                                                         {", min", "，最小值"},
                                                                         {", max", "，最大值"}};
  const size_t collect = hit == 2 ? random_.below(kCollect.size()) : 0;
  struct Column {
    Name name;
    Type type;
    std::vector<Name> fresh;  // words that the table itself introduces
  };
  std::vector<Column> outputs;
  for (int i = random_.between(1, 2); i > 0; --i) {
    Column column;
    if (hit == 2 && collect >= 3) {
      column.type = {random_.chance(50) ? TypeKind::number : TypeKind::money};
    } else if (hit == 2 && collect == 2) {
      column.type = {TypeKind::choice, 0, true};
    } else if (hit == 2) {
      column.type = {random_.pick({TypeKind::number, TypeKind::text, TypeKind::choice})};
    } else {
      column.type = {random_.pick({TypeKind::number, TypeKind::money, TypeKind::duration,
                                   TypeKind::text, TypeKind::choice, TypeKind::choice})};
    }
    if (column.type.kind == TypeKind::choice && !column.type.set && random_.chance(50)) {
      model::Choice own;
      for (int j = random_.between(2, 3); j > 0; --j) own.values.push_back(name("word", "词"));
      column.fresh = own.values;
      column.type.id = static_cast<uint16_t>(model_.choices.size());
      model_.choices.push_back(std::move(own));
    }
    column.name = name("result", "结论");
    outputs.push_back(std::move(column));
  }
  std::string head = (zh ? "决策表 " : "table ") + write_.declare(made.name);
  const std::string of = owner_case >= 0
                             ? write_.spell(model_.cases[static_cast<size_t>(owner_case)].name)
                             : write_.spell(model_.entities[static_cast<size_t>(entity)].name);
  head += (zh ? " 对象 " : " of ") + of;
  head += zh ? (hit == 0   ? " 首条命中"
                : hit == 1 ? " 唯一命中"
                           : " 全部命中")
             : (hit == 0   ? " first match"
                : hit == 1 ? " unique match"
                           : " all matches");
  if (hit == 2) head += zh ? kCollect[collect].second : kCollect[collect].first;
  Block block(head);
  std::string heading;
  for (const Readable& r : inputs) heading += "| " + write_.spell(r) + " ";
  for (size_t i = 0; i < outputs.size(); ++i)
    heading += std::string("| ") + (i == 0 ? random_.pick({"=> ", "⇒ "}) : "") +
               write_.declare(outputs[i].name) + " ";
  block.inside.push_back(Block(heading + "|"));

  const auto any = [&] {
    return random_.chance(30) ? std::string("-") : write_.say("any", "任意");
  };
  const auto test = [&](Type type) -> std::string {
    type.optional = false;
    const bool number = type.kind != TypeKind::choice && type.kind != TypeKind::text &&
                        type.kind != TypeKind::yes_no && type.kind != TypeKind::reference &&
                        !type.set;
    if (type.set) {
      type.set = false;
      return write_.literal(type);
    }
    if (!number) {
      std::string out = random_.chance(20) ? write_.say("not ", "非 ") : "";
      out += write_.literal(type);
      if (random_.chance(25)) out += write_.comma() + write_.literal(type);
      return out;
    }
    const int form = random_.between(0, 6);
    if (form == 0) return write_.literal(type);
    if (form == 1) return write_.literal(type) + write_.say(" to ", " 至 ") + write_.literal(type);
    if (form == 2)
      return write_.say("between ", "介于 ") + write_.literal(type) + write_.say(" and ", " 至 ") +
             write_.literal(type);
    static const std::vector<std::string> kTests{
        ">= ", "< ", "> ", "<= ", "at least ", "不低于 ", "above ", "below ", "不超过 "};
    return random_.pick(kTests) + write_.literal(type);
  };
  size_t rows = static_cast<size_t>(random_.between(1, 5));
  std::vector<std::string> first_cells;
  if (hit == 1) {
    const Type& type = inputs[0].type;
    if (type.kind == TypeKind::yes_no) {
      first_cells = {write_.say("yes", "是"), write_.say("no", "否")};
    } else if (type.kind == TypeKind::choice && !type.set) {
      for (const Name& value : model_.choices[type.id].values)
        first_cells.push_back(write_.spell(value));
    } else {
      first_cells = {any()};
    }
    rows = random_.chance(60) ? first_cells.size() : 1 + random_.below(first_cells.size());
  }
  std::vector<bool> introduced(outputs.size(), false);
  for (size_t row = 0; row < rows; ++row) {
    std::string line;
    for (size_t i = 0; i < inputs.size(); ++i) {
      line += "| ";
      if (hit == 1 && i == 0) {
        line += first_cells[row];
      } else if (random_.chance(row + 1 == rows ? 75 : 35)) {
        line += any();
      } else {
        line += test(inputs[i].type);
      }
      line += " ";
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      Column& column = outputs[i];
      line += "| ";
      if (!column.fresh.empty()) {
        // Every row may say the alias; what no row says is not a value.
        line += write_.declare(column.fresh[row % column.fresh.size()]);
      } else if (row > 0 && hit != 2 && random_.chance(8)) {
        line += write_.say("none", "无");
      } else if ((column.type.kind == TypeKind::number || column.type.kind == TypeKind::money) &&
                 random_.chance(15)) {
        line += write_.expression(column.type, sight, 1, Writer::kSum);
      } else {
        line += write_.literal(column.type);
      }
      line += " ";
    }
    block.inside.push_back(Block(line + "|"));
  }
  for (Column& column : outputs) {
    if (!column.fresh.empty()) {  // only those that a row names
      auto& values = model_.choices[column.type.id].values;
      if (values.size() > rows) values.resize(rows);
    }
    Type type = column.type;
    if (hit == 2 && collect <= 1) type.set = true;
    type.optional = true;
    made.outputs.push_back({column.name, type});
  }
  made.level = std::max(made.level, write_.level);
  model_.tables.push_back(std::move(made));
  return block;
}

void PolicyMaker::make_tables() {
  for (int i = random_.between(0, 2); i > 0; --i) {
    Block block = table(random_.chance(75) || model_.entities.size() < 3 ? 1 : 2, -1);
    if (random_.chance(30)) put_in_file(block, "table" + std::to_string(i) + ".csv");
    words().push_back(std::move(block));
  }
}

// The rows of a table as a CSV file of the deployment.
void PolicyMaker::put_in_file(Block& table, const std::string& name) {
  std::string csv = random_.chance(30) ? "\xEF\xBB\xBF" : "";
  for (const Block& row : table.inside) {
    const std::string& line = row.line[0].text;  // `| a | b |`
    std::string cells;
    for (size_t at = 1; at < line.size();) {
      size_t end = line.find('|', at);
      if (end == std::string::npos) end = line.size();
      std::string cell = line.substr(at, end - at);
      cell.erase(0, cell.find_first_not_of(' '));
      cell.erase(cell.find_last_not_of(' ') + 1);
      std::string out;
      for (const char c : cell) out += c == '"' ? "\"\"" : std::string(1, c);
      const bool quoted = cell.find_first_of(",\"") != std::string::npos || random_.chance(10);
      cells += (at > 1 ? "," : "") + (quoted ? '"' + out + '"' : out);
      at = end + 1;
    }
    csv += cells + (random_.chance(50) ? "\n" : "\r\n");
  }
  draft_.data.push_back({name, std::move(csv)});
  table.inside.clear();
  const std::string from = write_.say("from ", "来自 ") + write_.quoted(name);
  if (random_.chance(50)) {
    table.inside.push_back(Block(from));
  } else {
    table.add((random_.chance(50) ? ", " : " ") + from);
  }
}

// Points for conditions, and grades of a choice that is declared or their own.
void PolicyMaker::make_scorecards() {
  for (int i = random_.between(-1, 1); i > 0; --i) {
    Sight sight;
    sight.entity = random_.chance(75) || model_.entities.size() < 3 ? 1 : 2;
    sight.time = random_.chance(40);
    sight.history = sight.time;
    sight.watched = random_.chance(60);
    model::Table made{name("card", "评分"), sight.entity, -1, {}, 0};
    made.timed = sight.time;
    made.history = sight.history;
    made.watchable = sight.watched || !sight.time;
    const auto points = [&] { return std::to_string(random_.pick({1, 5, 10, 20, 50})); };
    write_.level = 0;
    Block block(write_.say("scorecard ", "评分卡 ") + write_.declare(made.name) +
                write_.say(" of ", " 对象 ") +
                write_.spell(model_.entities[static_cast<size_t>(sight.entity)].name));
    if (random_.chance(70))
      block.inside.push_back(Block(write_.say("base ", "基础分 ") + points()));
    for (int n = random_.between(1, 4); n > 0; --n) {
      const std::string condition = write_.condition(sight, 1);
      std::string amount = points();
      if (random_.chance(20)) {
        Sight still = sight;
        still.time = still.history = false;
        amount = write_.expression({TypeKind::number}, still, 1, Writer::kSum);
      }
      const bool plus = random_.chance(50);
      block.inside.push_back(
          write_.chinese()
              ? Block("若 " + condition + "，" + (plus ? "加 " : "减 ") + amount + " 分")
              : Block((plus ? "+" : "-") + amount + (random_.chance(30) ? " points if " : " if ") +
                      condition));
    }
    Type grade{TypeKind::choice};
    std::vector<Name> grades;
    if (random_.chance(50)) {
      grades = model_.choices[0].values;  // a declared one, all of it
    } else {
      model::Choice own;
      for (int j = random_.between(2, 3); j > 0; --j) own.values.push_back(name("word", "词"));
      grades = own.values;
      grade.id = static_cast<uint16_t>(model_.choices.size());
      model_.choices.push_back(std::move(own));
    }
    int floor = random_.between(20, 60);
    for (size_t j = 0; j < grades.size(); ++j) {
      const std::string word = write_.declare(grades[j]);
      std::string line = write_.say("grade ", "等级 ") + word;
      if (j + 1 == grades.size()) {
        line += write_.say(" otherwise", " 其余");
      } else {
        line += write_.say(" at least ", " 不低于 ") + std::to_string(floor);
        model_.pool.numbers.push_back(Decimal::from_micro(floor * Decimal::kOne));
        floor -= random_.between(1, 6);
      }
      block.inside.push_back(Block(line));
    }
    made.outputs.push_back({{"points", "分数"}, {TypeKind::number, 0, false, true}});
    grade.optional = true;
    made.outputs.push_back({{"grade", "等级"}, grade});
    made.level = write_.level;
    words().push_back(std::move(block));
    model_.tables.push_back(std::move(made));
  }
}

void PolicyMaker::make_forbids() {
  for (int i = random_.between(0, 2); i > 0; --i) {
    const bool of_notice = !model_.notices.empty() && random_.chance(50);
    Sight sight;
    sight.time = random_.chance(30);
    sight.history = sight.time;
    Name target;
    size_t file = some_file();
    if (of_notice) {
      const model::Notice& notice = random_.pick(model_.notices);
      file = notice.file;
      target = notice.name;
      sight.entity = notice.entity;
    } else {
      std::vector<size_t> orders;
      for (size_t j = 0; j < model_.events.size(); ++j) {
        if (model_.events[j].kind == model::Event::Kind::outgoing) orders.push_back(j);
      }
      if (orders.empty()) continue;
      const size_t order = random_.pick(orders);
      target = model_.events[order].name;
      sight.entity = model_.events[order].entity;
      sight.event = static_cast<int>(order);
    }
    const std::string condition = write_.own_condition(sight, 1);
    Block block(write_.say("forbid ", "禁止 ") + write_.spell(target) +
                write_.say(" when ", " 当 ") + condition + write_.say(" because ", " 理由 ") +
                write_.quoted("R" + std::to_string(i)));
    if (random_.chance(25))
      block.inside.push_back(
          Block(write_.say("basis ", "依据 ") +
                write_.quoted(random_.pick<std::string>({"Art 98", "规则 第九十八条"}))));
    in_file(file).push_back(std::move(block));
  }
}

}  // namespace duban::reference
