// Tables whose rows stand in a CSV file of the deployment.
#include <map>

#include "engine/files.h"
#include "engine/parse.h"
#include "engine/resolve.h"

namespace duban::compiler {
namespace {

// The file's place among the sources, where it is put when it is first named.
class TableSources {
 public:
  explicit TableSources(Program& program) : program_(program) {
    for (const DeploymentFile& file : program.input.files) paths_.push_back(file.path);
  }

  std::optional<uint16_t> find(uint16_t file, const std::string& path) {
    const size_t found = find_path(paths_, program_.sources[file].path(), path);
    if (found == paths_.size()) return std::nullopt;
    const auto [at, is_new] =
        known_.try_emplace(found, static_cast<uint16_t>(program_.sources.size()));
    if (is_new) {
      program_.table_files.push_back(file);
      program_.sources.emplace_back(paths_[found], program_.input.files[found].text);
    }
    return at->second;
  }

 private:
  Program& program_;
  std::vector<std::string> paths_;
  std::map<size_t, uint16_t> known_;
};

void read_table(Program& program, TableSources& sources, const syntax::File& file,
                syntax::TableDecl& table) {
  const auto source = sources.find(file.index, table.from.text);
  if (!source) {
    program.error(table.from.span, "E106",
                  {"the file " + quoted(table.from.text) + " is not among the deployment's",
                   "部署中没有文件" + quoted(table.from.text),
                   "a path is relative to the file that names it; a bare name must be unique",
                   "路径相对于写明它的文件；只写文件名时须唯一"});
    return;
  }
  const size_t before = program.diagnostics.size();
  parse_table(program.sources[*source], {&program.vocabulary, file.index}, *source, table,
              program.diagnostics);
  if (program.diagnostics.size() != before || !table.rows.empty()) return;
  program.error(table.from.span, "E176",
                {"the file " + quoted(table.from.text) + " has no rows",
                 "文件" + quoted(table.from.text) + "没有数据行",
                 "its first row names the columns, the others are the table's",
                 "首行为列名，其后各行为表的内容"});
}

}  // namespace

void read_table_files(Program& program) {
  TableSources sources(program);
  for (syntax::File& file : program.files) {
    for (syntax::TableDecl& table : file.tables) {
      if (!table.from.text.empty()) read_table(program, sources, file, table);
    }
  }
}

}  // namespace duban::compiler
